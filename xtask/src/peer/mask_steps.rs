//! Twenty steps of a U-Net from equal weights, here and in segmentation_models.pytorch.
//!
//! Our side is the training loop itself, entered by an ignored test: only there can a
//! run begin with weights of a whole network.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use super::python;
use crate::tasks::cargo_with;

/// Largest relative difference of a loss.
const TOLERANCE: f64 = 1e-3;

pub(crate) fn run(root: &Path) -> Result<()> {
    let python = python::with_smp()?;
    let script = root.join("benches/peer/mask_steps.py");
    let scratch = std::env::temp_dir().join(format!("transfolio-steps-{}", std::process::id()));
    fs::create_dir_all(&scratch)?;
    let compared = compare(root, &python, &script, &scratch);
    let _ = fs::remove_dir_all(&scratch);
    compared
}

fn compare(root: &Path, python: &Path, script: &Path, scratch: &Path) -> Result<()> {
    let folder = scratch.to_string_lossy();
    python::json(python, script, &["make", &folder])?;
    let test =
        ["test", "--lib", "--", "--ignored", "--exact", "train::run::tests::steps_of_a_peer"];
    cargo_with(root, &test, &[("TRANSFOLIO_PEER_STEPS", &folder)])?;
    let found = python::json(python, script, &["compare", &folder])?;
    let read =
        |name: &str| found[name].as_f64().with_context(|| format!("{name} is missing in {found}"));
    let largest = read("largest")?;
    println!(
        "U-Net on MobileNetV2 from equal weights, {} steps: losses from {:.4} to {:.4}, largest \
         relative difference {largest:.1e} ({})",
        read("steps")?,
        read("first")?,
        read("last")?,
        python::SMP
    );
    ensure!(largest <= TOLERANCE, "beyond {TOLERANCE:.0e}");
    Ok(())
}
