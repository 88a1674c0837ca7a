//! What each task runs.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::libtorch;

const HELP: &str = "\
cargo xtask <TASK>

  setup        fetch libtorch into the per-user cache and point the build at it
  demo         setup, build, run the built-in phantom study, write its report
  test         setup, build, run the whole test suite
  help         this list
";

/// Runs the task named by the first argument.
pub(crate) fn run(args: &[String]) -> Result<()> {
    let root = workspace_root()?;
    match args.first().map(String::as_str) {
        Some("setup") => libtorch::ensure_present(&root),
        None | Some("help" | "--help" | "-h") => {
            println!("{HELP}");
            Ok(())
        }
        Some(other) => bail!("there is no task {other:?}\n\n{HELP}"),
    }
}

fn workspace_root() -> Result<PathBuf> {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .map(Path::to_path_buf)
        .context("xtask has no parent folder")
}

#[allow(dead_code)]
fn cargo(root: &Path, args: &[&str]) -> Result<()> {
    let status = Command::new(env!("CARGO"))
        .current_dir(root)
        .args(args)
        .status()
        .context("cannot start cargo")?;
    ensure!(status.success(), "`cargo {}` failed ({status})", args.join(" "));
    Ok(())
}
