//! Overlap and surface metrics of masks, here and in MONAI and medpy.
//!
//! Our side is entered by an ignored test: no command takes two masks alone.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use super::python;
use crate::tasks::cargo_with;

/// Largest difference, relative or of values below one absolute. MONAI computes in 32
/// bits, the place of a percentile among distances, too.
const TOLERANCE: f64 = 2e-5;

pub(crate) fn run(root: &Path) -> Result<()> {
    let python = python::with_masks()?;
    let script = root.join("benches/peer/masks.py");
    let scratch = std::env::temp_dir().join(format!("transfolio-masks-{}", std::process::id()));
    fs::create_dir_all(&scratch)?;
    let compared = compare(root, &python, &script, &scratch);
    let _ = fs::remove_dir_all(&scratch);
    compared
}

fn compare(root: &Path, python: &Path, script: &Path, scratch: &Path) -> Result<()> {
    let folder = scratch.to_string_lossy();
    python::json(python, script, &["make", &folder])?;
    let test = [
        "test",
        "--lib",
        "--",
        "--ignored",
        "--exact",
        "stats::segmentation::peers::masks_of_a_peer",
    ];
    cargo_with(root, &test, &[("TRANSFOLIO_PEER_MASKS", &folder)])?;
    let found = python::json(python, script, &["compare", &folder])?;
    let worst = found["worst"].as_object().context("no metric was compared")?;
    let mut beyond = Vec::new();
    for (metric, apart) in worst {
        let apart = apart.as_f64().unwrap_or(f64::NAN);
        println!("{metric:<28} {apart:.1e}");
        // A NaN is beyond, too.
        if !matches!(apart.partial_cmp(&TOLERANCE), Some(order) if order.is_le()) {
            beyond.push(metric.as_str());
        }
    }
    ensure!(beyond.is_empty(), "beyond {TOLERANCE:.0e}: {}", beyond.join(", "));
    println!(
        "{} metrics of {} pairs of masks within {TOLERANCE:.0e} of {}",
        worst.len(),
        found["pairs"],
        python::MASKS.join(" and ")
    );
    Ok(())
}
