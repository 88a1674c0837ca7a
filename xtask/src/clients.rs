//! The clients that people run notebooks with, in an environment of their own.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::libtorch::cache_dir;

/// Pinned, so that a failing test is ours.
const PACKAGES: [&str; 4] =
    ["jupyterlab==4.6.6", "nbclient==0.11.0", "papermill==2.7.0", "jupyter-console==6.6.3"];

/// The folder of the environment; made on the first call (a download of about
/// 100 MB).
pub(crate) fn ensure_present() -> Result<PathBuf> {
    let home = cache_dir()?.join("notebook-clients");
    let python = home.join("bin/python");
    let stamp = home.join("packages.txt");
    let wanted = PACKAGES.join("\n");
    if python.is_file() && fs::read_to_string(&stamp).is_ok_and(|have| have == wanted) {
        return Ok(home);
    }
    println!("installing {} into {}", PACKAGES.join(", "), home.display());
    let made = Command::new("python3").args(["-m", "venv"]).arg(&home).status();
    let made = made.context("cannot start `python3 -m venv`; install Python 3 with venv")?;
    ensure!(made.success(), "`python3 -m venv {}` failed ({made})", home.display());
    let status = Command::new(&python)
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
        .args(PACKAGES)
        .status()
        .with_context(|| format!("cannot start {}", python.display()))?;
    ensure!(status.success(), "pip could not install them ({status}); check the network");
    fs::write(&stamp, wanted)?;
    Ok(home)
}
