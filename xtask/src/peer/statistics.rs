//! Statistics: the same computations here and in numpy, scipy and scikit-learn.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::ratio::{Better, Figure};
use super::{Options, python};
use crate::tasks::{cargo, target_dir};

const COMPUTATIONS: [(&str, &str); 3] = [
    ("delong", "paired DeLong, n 100,000"),
    ("bootstrap_auc", "bootstrap AUC, n 1,000, B 10,000"),
    ("bca", "BCa of a mean, n 200, B 10,000"),
];

pub(super) fn run(root: &Path, python: &Path, options: &Options) -> Result<()> {
    cargo(root, &["build", "--release", "--package", "transfolio-benches", "--bin", "peer"])?;
    let mut figures: Vec<Figure> =
        COMPUTATIONS.iter().map(|(_, name)| Figure::new(*name, "ms", Better::Lower)).collect();
    let script = root.join("benches/peer/compute.py");
    for _ in 0..options.rounds {
        let ours = ours(&target_dir(root).join("release/peer"), options.threads)?;
        let theirs = python::json(python, &script, &[])?;
        for ((key, _), figure) in COMPUTATIONS.iter().zip(&mut figures) {
            let read = |side: &Value| {
                side[*key].as_f64().with_context(|| format!("{key} is missing in {side}"))
            };
            figure.add(read(&ours)? * 1e3, read(&theirs)? * 1e3);
        }
    }
    for figure in &figures {
        println!("{figure}");
    }
    println!(
        "(transfolio, {} threads, against numpy 2.4.6, scikit-learn 1.9.1 and scipy 1.17.1; median of {} rounds)",
        options.threads, options.rounds
    );
    Ok(())
}

fn ours(program: &Path, threads: usize) -> Result<Value> {
    let output = Command::new(program)
        .env("RAYON_NUM_THREADS", threads.to_string())
        .output()
        .with_context(|| format!("cannot start {}", program.display()))?;
    ensure!(output.status.success(), "{} failed", program.display());
    Ok(serde_json::from_slice(&output.stdout)?)
}
