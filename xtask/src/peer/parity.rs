//! Each network with random weights in torchvision or timm and here: the
//! largest difference of logits and features.
//!
//! Apart from the test suite, which uses weights that are defined by a hash and
//! needs no Python.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use super::python;
use crate::tasks::{cargo, target_dir};

/// Largest difference, over the standard deviation of the reference.
const TOLERANCE: f64 = 1e-4;

/// Compares the named networks, or all.
pub(crate) fn run(root: &Path, networks: &[&str]) -> Result<()> {
    let python = python::with_timm()?;
    cargo(root, &["build", "--bin", "transfolio"])?;
    let script = root.join("benches/peer/parity.py");
    let all = python::json(&python, &script, &["list"])?;
    let all: Vec<&str> = all.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    if let Some(unknown) = networks.iter().find(|name| !all.contains(name)) {
        bail!("there is no network {unknown:?} to compare; there are {}", all.join(", "));
    }
    let chosen = if networks.is_empty() { &all[..] } else { networks };
    let scratch = std::env::temp_dir().join(format!("transfolio-parity-{}", std::process::id()));
    let mut beyond = Vec::new();
    let compared: Result<()> = chosen.iter().try_for_each(|name| {
        let _ = fs::remove_dir_all(&scratch);
        fs::create_dir_all(&scratch)?;
        let folder = scratch.to_string_lossy();
        python::json(&python, &script, &["make", name, &folder])?;
        for what in ["logits", "features"] {
            ours(root, name, &scratch, what)?;
        }
        let found = python::json(&python, &script, &["compare", &folder])?;
        let read =
            |what: &str| found[what].as_f64().with_context(|| format!("{what} is not in {found}"));
        let (logits, features) = (read("logits")?, read("features")?);
        println!("{name:<16} logits {logits:.1e}, features {features:.1e}");
        // A NaN is beyond, too.
        if !(logits <= TOLERANCE && features <= TOLERANCE) {
            beyond.push(*name);
        }
        Ok(())
    });
    let _ = fs::remove_dir_all(&scratch);
    compared?;
    ensure!(beyond.is_empty(), "beyond {TOLERANCE:.0e}: {}", beyond.join(", "));
    println!(
        "{} networks within {TOLERANCE:.0e} of torchvision 0.26.0 and timm {} (f32, largest \
         difference over the standard deviation of the reference)",
        chosen.len(),
        python::TIMM.trim_start_matches("timm==")
    );
    Ok(())
}

fn ours(root: &Path, network: &str, folder: &Path, what: &str) -> Result<()> {
    let file = |name: &str| folder.join(name);
    let said = Command::new(target_dir(root).join("debug/transfolio"))
        .args(["predict", "--device", "cpu", "--arch", network, "--what", what])
        .arg("--weights")
        .arg(file("weights.pth"))
        .arg("--input")
        .arg(file("input.npy"))
        .arg("--output")
        .arg(file(&format!("{what}.npy")))
        .output()?;
    ensure!(
        said.status.success(),
        "`transfolio predict --arch {network}` failed: {}",
        String::from_utf8_lossy(&said.stderr)
    );
    Ok(())
}
