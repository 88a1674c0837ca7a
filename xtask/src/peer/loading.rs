//! A checkpoint of 350 MB into its network, here and by `torch.load`.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::ratio::{Better, Figure};
use super::{Options, python};
use crate::tasks::{cargo, target_dir};

pub(super) fn run(root: &Path, options: &Options) -> Result<()> {
    let python = python::with_timm()?;
    cargo(
        root,
        &["build", "--package", "transfolio-benches", "--features", "torch", "--bin", "load"],
    )?;
    let scratch = std::env::temp_dir().join(format!("transfolio-loading-{}", std::process::id()));
    fs::create_dir_all(&scratch)?;
    let measured = measure(root, &python, &scratch, options);
    let _ = fs::remove_dir_all(&scratch);
    measured
}

fn measure(root: &Path, python: &Path, scratch: &Path, options: &Options) -> Result<()> {
    let folder = scratch.to_string_lossy();
    python::json(
        python,
        &root.join("benches/peer/parity.py"),
        &["make", "convnext_base", &folder],
    )?;
    let file = scratch.join("weights.pth");
    let size = file.metadata()?.len() as f64 / f64::from(1 << 20);
    let mut seconds = Figure::new("loading of ConvNeXt-B", "s", Better::Lower);
    let mut memory = Figure::new("  memory beyond the network's", "MiB", Better::Less);
    let mut most = 0.0f64;
    for _ in 0..options.rounds {
        let ours = ours(root, &file)?;
        let theirs = python::json(
            python,
            &root.join("benches/peer/loading.py"),
            &[&file.to_string_lossy()],
        )?;
        let read = |side: &Value, key: &str| {
            side[key].as_f64().with_context(|| format!("{key} is missing in {side}"))
        };
        seconds.add(read(&ours, "seconds")?, read(&theirs, "seconds")?);
        memory.add(read(&ours, "memory_mib")?, read(&theirs, "memory_mib")?);
        most = most.max(read(&ours, "memory_mib")?);
    }
    println!("{seconds}");
    println!("{memory}");
    println!(
        "  network and loading: at most {:.2} times the file of {size:.0} MiB",
        1.0 + most / size
    );
    println!(
        "(transfolio against PyTorch 2.11.0's torch.load and load_state_dict with {}; median of {} \
         rounds)",
        python::TIMM,
        options.rounds
    );
    Ok(())
}

fn ours(root: &Path, file: &Path) -> Result<Value> {
    let program = target_dir(root).join("debug/load");
    let output = Command::new(&program)
        .arg(file)
        .output()
        .with_context(|| format!("cannot start {}", program.display()))?;
    ensure!(
        output.status.success(),
        "{} failed: {}",
        program.display(),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(serde_json::from_slice(&output.stdout)?)
}
