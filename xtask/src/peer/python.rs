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

/// Only for what needs it: its dependencies are many.
pub(super) const TIMM: &str = "timm==1.0.31";

/// The environment with timm.
pub(super) fn with_timm() -> Result<PathBuf> {
    let python = ensure_present()?;
    let stamp = cache_dir()?.join("peer-python/timm.txt");
    if fs::read_to_string(&stamp).is_ok_and(|have| have == TIMM) {
        return Ok(python);
    }
    println!("peers: installing {TIMM}");
    // The pinned packages are named again, so that none is replaced.
    install(&python, &[&PACKAGES[..], &[TIMM]].concat())?;
    fs::write(&stamp, TIMM)?;
    Ok(python)
}

/// The interpreter of the environment; made on the first call (a download of
/// up to 3 GB, because the wheel of torch on PyPI brings CUDA along).
pub(super) fn ensure_present() -> Result<PathBuf> {
    let home = cache_dir()?.join("peer-python");
    let python = home.join("bin/python");
    let stamp = home.join("packages.txt");
    let wanted = PACKAGES.join("\n");
    if python.is_file() && fs::read_to_string(&stamp).is_ok_and(|have| have == wanted) {
        return Ok(python);
    }
    println!("peers: installing {} into {}", PACKAGES.join(", "), home.display());
    let made = Command::new("python3").args(["-m", "venv"]).arg(&home).status();
    let made = made.context("cannot start `python3 -m venv`; install Python 3 with venv")?;
    ensure!(made.success(), "`python3 -m venv {}` failed ({made})", home.display());
    install(&python, &PACKAGES)?;
    fs::write(&stamp, wanted)?;
    // It may have gone with an older environment.
    let _ = fs::remove_file(home.join("timm.txt"));
    Ok(python)
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
pub(super) fn json(python: &Path, script: &Path, args: &[&str]) -> Result<Value> {
    let output = Command::new(python)
        .arg(script)
        .args(args)
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
