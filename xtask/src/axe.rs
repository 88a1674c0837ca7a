//! Puts axe-core, which checks pages for accessibility, into the per-user cache.
//!
//! It is other people's code (MPL 2.0), so it is fetched and not kept here: npm
//! gets the tarball, which must have the SHA-256 below. Without npm or network
//! the test that needs it says that it was skipped.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use sha2::{Digest, Sha256};

use crate::libtorch::cache_dir;

const VERSION: &str = "4.14.1";
const SHA256: &str = "e6b0ce02b84d892e2e33e403485e7f3d6c29e2be6df65daf44d89ba564139745";
/// The member of the tarball that is used.
const MEMBER: &str = "package/axe.min.js";

/// Fetches axe-core where it is not there yet; a reason in words where it
/// cannot be had.
pub(crate) fn ensure_present() -> Result<PathBuf> {
    let folder = cache_dir()?;
    let file = folder.join(format!("axe-core-{VERSION}.min.js"));
    if file.is_file() {
        return Ok(file);
    }
    let partial = folder.join(format!("axe-core.partial-{}", std::process::id()));
    fs::create_dir_all(&partial).with_context(|| format!("cannot create {}", partial.display()))?;
    let result = fetch(&partial).and_then(|script| {
        fs::rename(script, &file).with_context(|| format!("cannot write {}", file.display()))
    });
    let _ = fs::remove_dir_all(&partial);
    result.map(|()| file)
}

fn fetch(folder: &Path) -> Result<PathBuf> {
    let name = format!("axe-core-{VERSION}.tgz");
    run(Command::new("npm").arg("pack").arg(format!("axe-core@{VERSION}")).current_dir(folder))?;
    let bytes = fs::read(folder.join(&name)).with_context(|| format!("npm left no {name}"))?;
    let found: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    ensure!(found == SHA256, "{name} has SHA-256 {found}, expected {SHA256}");
    run(Command::new("tar").args(["xzf", &name, MEMBER]).current_dir(folder))?;
    Ok(folder.join(MEMBER))
}

fn run(command: &mut Command) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().with_context(|| format!("cannot start {name}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{name} failed ({}): {}", output.status, said.trim());
    Ok(())
}
