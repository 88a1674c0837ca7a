//! Twenty steps of training from equal weights, here and in torchvision, timm and
//! segmentation_models.pytorch: the losses, step by step.
//!
//! Our side is the training loop itself, entered by an ignored test: only there can a
//! run begin with the weights of a whole network and draw nothing in its steps.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use super::python;
use crate::tasks::cargo_with;

/// Largest relative difference of a loss: of a U-Net, whose steps multiply rounding,
/// and of any other network.
const OF_UNET: f64 = 1e-3;
const TOLERANCE: f64 = 1e-4;

/// Compares the named networks, or all.
pub(crate) fn run(root: &Path, networks: &[&str]) -> Result<()> {
    let python = python::with_smp()?;
    let script = root.join("benches/peer/steps.py");
    let all = python::json(&python, &script, &["list"])?;
    let all: Vec<&str> = all.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    if let Some(unknown) = networks.iter().find(|name| !all.contains(name)) {
        bail!("there is no network {unknown:?} to compare; there are {}", all.join(", "));
    }
    let chosen = if networks.is_empty() { &all[..] } else { networks };
    let scratch = std::env::temp_dir().join(format!("transfolio-steps-{}", std::process::id()));
    let compared = compare(root, &python, &script, &scratch, chosen);
    let _ = fs::remove_dir_all(&scratch);
    compared
}

fn compare(
    root: &Path,
    python: &Path,
    script: &Path,
    scratch: &Path,
    networks: &[&str],
) -> Result<()> {
    for name in networks {
        let folder = scratch.join(name);
        fs::create_dir_all(&folder)?;
        python::json(python, script, &["make", name, &folder.to_string_lossy()])?;
    }
    let test =
        ["test", "--lib", "--", "--ignored", "--exact", "train::run::tests::steps_of_a_peer"];
    cargo_with(root, &test, &[("TRANSFOLIO_PEER_STEPS", &scratch.to_string_lossy())])?;
    let mut beyond = Vec::new();
    for name in networks {
        let folder = scratch.join(name);
        let found = python::json(python, script, &["compare", &folder.to_string_lossy()])?;
        let read = |what: &str| {
            found[what].as_f64().with_context(|| format!("{what} is missing in {found}"))
        };
        let largest = read("largest")?;
        println!(
            "{name:<16} {} steps, losses from {:.4} to {:.4}, largest relative difference \
             {largest:.1e}",
            read("steps")?,
            read("first")?,
            read("last")?
        );
        let most = if *name == "unet" { OF_UNET } else { TOLERANCE };
        // A NaN is beyond, too.
        if !matches!(largest.partial_cmp(&most), Some(order) if order.is_le()) {
            beyond.push(*name);
        }
    }
    ensure!(beyond.is_empty(), "beyond {TOLERANCE:.0e} ({OF_UNET:.0e}): {}", beyond.join(", "));
    println!(
        "{} networks within {TOLERANCE:.0e} (a U-Net within {OF_UNET:.0e}) of torchvision 0.26.0, \
         {} and {}, in 64 bits",
        networks.len(),
        python::TIMM,
        python::SMP
    );
    Ok(())
}
