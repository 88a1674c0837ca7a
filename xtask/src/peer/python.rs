//! The Python environment of the peers.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::libtorch::cache_dir;

/// Pinned: a ratio is against these versions.
const PACKAGES: [&str; 5] = [
    "torch==2.11.0",
    "torchvision==0.26.0",
    "numpy==2.4.6",
    "scipy==1.17.1",
    "scikit-learn==1.9.1",
];

/// What runs a notebook of figures and turns it into a page; apart from the
/// others, because it needs no torch.
const NOTEBOOKS: [&str; 6] = [
    "nbconvert==7.17.2",
    "ipykernel==7.4.0",
    "matplotlib==3.11.2",
    "pandas==3.1.1",
    "numpy==2.4.6",
    "scipy==1.17.1",
];

/// Only for what needs it: its dependencies are many.
pub(super) const TIMM: &str = "timm==1.0.31";

/// The library of segmentation networks; it needs timm.
pub(super) const SMP: &str = "segmentation-models-pytorch==0.6.0";

/// What measures masks; MONAI without its many extras.
pub(super) const MASKS: [&str; 2] = ["monai==1.5.1", "medpy==0.5.2"];

/// The environment with what measures masks.
pub(super) fn with_masks() -> Result<PathBuf> {
    with(&MASKS.join(" and "), &MASKS)
}

/// The environment with timm.
pub(crate) fn with_timm() -> Result<PathBuf> {
    with(TIMM, &[TIMM])
}

/// The environment with networks for masks.
pub(super) fn with_smp() -> Result<PathBuf> {
    with(SMP, &[TIMM, SMP])
}

fn with(wanted: &str, packages: &[&str]) -> Result<PathBuf> {
    let python = ensure_present()?;
    // Of several packages the first one names the stamp.
    let name = wanted.split("==").next().unwrap_or(wanted);
    let stamp = cache_dir()?.join(format!("peer-python/{name}.txt"));
    if fs::read_to_string(&stamp).is_ok_and(|have| have == wanted) {
        return Ok(python);
    }
    println!("peers: installing {wanted}");
    // The pinned packages are named again, so that none is replaced.
    install(&python, &[&PACKAGES[..], packages].concat())?;
    fs::write(&stamp, wanted)?;
    Ok(python)
}

/// The interpreter of the environment; made on the first call (a download of
/// up to 3 GB, because the wheel of torch on PyPI brings CUDA along).
pub(super) fn ensure_present() -> Result<PathBuf> {
    let (python, made) = environment("peer-python", &PACKAGES)?;
    if made {
        // They went with the older environment.
        for name in ["timm", "segmentation-models-pytorch"] {
            let _ = fs::remove_file(cache_dir()?.join(format!("peer-python/{name}.txt")));
        }
    }
    Ok(python)
}

/// The interpreter of the environment for notebooks (150 MB on the first call).
pub(super) fn notebooks() -> Result<PathBuf> {
    Ok(environment("peer-notebooks", &NOTEBOOKS)?.0)
}

/// The packages of [`notebooks`], for the line under the figures.
pub(super) fn notebook_packages() -> String {
    NOTEBOOKS.join(", ").replace("==", " ")
}

/// An environment of the cache with exactly these packages, and whether it was
/// made just now.
fn environment(name: &str, packages: &[&str]) -> Result<(PathBuf, bool)> {
    let home = cache_dir()?.join(name);
    let python = home.join("bin/python");
    let stamp = home.join("packages.txt");
    let wanted = packages.join("\n");
    if python.is_file() && fs::read_to_string(&stamp).is_ok_and(|have| have == wanted) {
        return Ok((python, false));
    }
    println!("peers: installing {} into {}", packages.join(", "), home.display());
    let made = Command::new("python3").args(["-m", "venv"]).arg(&home).status();
    let made = made.context("cannot start `python3 -m venv`; install Python 3 with venv")?;
    ensure!(made.success(), "`python3 -m venv {}` failed ({made})", home.display());
    install(&python, packages)?;
    fs::write(&stamp, wanted)?;
    Ok((python, true))
}

fn install(python: &Path, packages: &[&str]) -> Result<()> {
    let status = Command::new(python)
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
        .args(packages)
        .status()?;
    ensure!(status.success(), "pip could not install the peers ({status}); check the network");
    Ok(())
}

/// Runs a script and reads the JSON of its last line.
pub(crate) fn json(python: &Path, script: &Path, args: &[&str]) -> Result<Value> {
    json_with(python, script, args, &[])
}

/// The same with variables of its environment.
pub(super) fn json_with(
    python: &Path,
    script: &Path,
    args: &[&str],
    variables: &[(&str, &str)],
) -> Result<Value> {
    let output = Command::new(python)
        .arg(script)
        .args(args)
        .envs(variables.iter().copied())
        .output()
        .with_context(|| format!("cannot start {}", python.display()))?;
    ensure!(
        output.status.success(),
        "{} failed: {}",
        script.display(),
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text.lines().last().unwrap_or_default();
    serde_json::from_str(line)
        .with_context(|| format!("{} printed {line:?}, expected a line of JSON", script.display()))
}
