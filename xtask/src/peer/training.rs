//! Training: images per second and peak memory of a whole run against a
//! PyTorch loop over the same network, batch, threads and number of images.
//!
//! Our side is the product itself: `transfolio run` on the study file, figures
//! from the run's record. Both sides count training steps only (no start, no
//! validation) and the peak resident memory of the whole process.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::ratio::{Better, Figure};
use super::{Options, python};
use crate::tasks::{cargo, target_dir};

/// Study files of `benches/peer`, and the library of the other side's network.
const STUDIES: [(&str, &str); 5] = [
    ("resnet18-224", "torchvision 0.26.0"),
    ("mobilenet_v2-64", "torchvision 0.26.0"),
    ("resnet50-224", "torchvision 0.26.0"),
    ("swin_tiny-224", TIMM),
    ("convnext_tiny-224", TIMM),
];

const TIMM: &str = "timm 1.0.31";

pub(super) fn run(root: &Path, python: &Path, options: &Options) -> Result<()> {
    let studies = chosen(&options.networks)?;
    if studies.iter().any(|(_, library)| *library == TIMM) {
        python::with_timm()?;
    }
    cargo(root, &["build", "--bin", "transfolio"])?;
    let scratch = std::env::temp_dir().join(format!("transfolio-peer-{}", std::process::id()));
    let result = studies.iter().try_for_each(|(name, library)| {
        let study = root.join(format!("benches/peer/{name}.toml"));
        let (mut speed, mut memory) = (
            Figure::new(format!("{name} training"), "images/s", Better::Higher),
            Figure::new(format!("{name} peak memory"), "MiB", Better::Less),
        );
        for round in 0..options.rounds {
            let ours = || ours(root, &study, &scratch, options.threads);
            let theirs = || theirs(root, python, &study, options.threads);
            // Who goes first alternates too.
            let (ours, theirs) = if round % 2 == 0 {
                let ours = ours()?;
                (ours, theirs()?)
            } else {
                let theirs = theirs()?;
                (ours()?, theirs)
            };
            speed.add(ours.images_per_second, theirs.images_per_second);
            memory.add(ours.peak_memory / MIB, theirs.peak_memory / MIB);
        }
        println!("{speed}\n{memory}\n  the other network is {library}'s");
        Ok(())
    });
    let _ = fs::remove_dir_all(&scratch);
    println!(
        "(transfolio against PyTorch 2.11.0 eager; CPU, {} threads, f32, AdamW, median of {} rounds)",
        options.threads, options.rounds
    );
    result
}

/// The studies of the named networks, as `swin_tiny` or `swin_tiny-224`.
fn chosen(networks: &[String]) -> Result<Vec<(&'static str, &'static str)>> {
    let is = |study: &str, name: &str| {
        study == name || study.rsplit_once('-').is_some_and(|(network, _)| network == name)
    };
    let known: Vec<&str> = STUDIES.iter().map(|(study, _)| *study).collect();
    for name in networks {
        ensure!(
            known.iter().any(|study| is(study, name)),
            "there is no training benchmark of {name:?}; there are {}",
            known.join(", ")
        );
    }
    let wanted = |study: &str| networks.is_empty() || networks.iter().any(|name| is(study, name));
    Ok(STUDIES.into_iter().filter(|(study, _)| wanted(study)).collect())
}

const MIB: f64 = 1024.0 * 1024.0;

struct Measured {
    images_per_second: f64,
    peak_memory: f64,
}

impl Measured {
    fn read(value: &Value) -> Result<Self> {
        let field = |name: &str| {
            value[name].as_f64().with_context(|| format!("{name} is missing in {value}"))
        };
        Ok(Self {
            images_per_second: field("images_per_second")?,
            peak_memory: field("peak_memory")?,
        })
    }
}

fn ours(root: &Path, study: &Path, scratch: &Path, threads: usize) -> Result<Measured> {
    let output = scratch.join("run");
    let _ = fs::remove_dir_all(&output);
    let said = Command::new(target_dir(root).join("debug/transfolio"))
        .arg("run")
        .arg(study)
        .args(["--device", "cpu", "--threads", &threads.to_string()])
        .arg("--output")
        .arg(&output)
        .arg("--cache")
        .arg(scratch.join("cache"))
        .output()?;
    ensure!(
        said.status.success(),
        "`transfolio run {}` failed: {}",
        study.display(),
        String::from_utf8_lossy(&said.stderr)
    );
    let run = fs::read_dir(output.join("runs"))?.next().context("the study has no run")??.path();
    let record: Value = serde_json::from_slice(&fs::read(run.join("record.json"))?)?;
    Measured::read(&record["provenance"])
}

fn theirs(root: &Path, python: &Path, study: &Path, threads: usize) -> Result<Measured> {
    let study = study.to_string_lossy();
    let threads = threads.to_string();
    let script = root.join("benches/peer/train.py");
    Measured::read(&python::json(python, &script, &[&study, "--threads", &threads])?)
}
