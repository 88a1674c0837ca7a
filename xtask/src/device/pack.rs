//! What travels to a machine with a GPU: the program without symbols, compressed, this
//! task, and the scripts of the peers.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::tasks::target_dir;

/// Mebibytes that may travel, the repository included.
const MOST: f64 = 60.0;

/// Starts the check there. The full installation of torch of the machine's Python gives
/// libtorch, its CUDA part included.
const RUN: &str = r#"#!/usr/bin/env bash
# Checks the GPU of this machine: bash run.sh [OUT [MINUTES]]. It needs a python3 with
# torch 2.11.0 (its libtorch is used), and torchvision and timm for the peers.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$PWD}
minutes=${2:-12}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
xz -dc "$here/transfolio.xz" > "$work/transfolio"
xz -dc "$here/xtask.xz" > "$work/xtask"
chmod +x "$work/transfolio" "$work/xtask"
torch=$(python3 -c 'import importlib.util, os; print(os.path.dirname(importlib.util.find_spec("torch").origin))')
export TRANSFOLIO_TORCH=$torch
export LD_LIBRARY_PATH=$torch/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
"$work/xtask" device-check --program "$work/transfolio" --python "$(command -v python3)" \
  --peer "$here/peer" --out "$out" --minutes "$minutes"
"#;

pub(super) fn pack(root: &Path, program: &Path, to: Option<&Path>) -> Result<()> {
    let to = to.map_or_else(|| target_dir(root).join("device-check"), Path::to_path_buf);
    let _ = fs::remove_dir_all(&to);
    fs::create_dir_all(to.join("peer")).with_context(|| format!("cannot make {}", to.display()))?;
    let own = std::env::current_exe().context("cannot find this program's own file")?;
    for (file, name) in [(program, "transfolio"), (&own, "xtask")] {
        compress(&stripped(file, &to.join(name))?)?;
    }
    fs::copy(root.join("benches/peer/train.py"), to.join("peer/train.py"))?;
    fs::write(to.join("run.sh"), RUN)?;
    let mebibytes = |path: &Path| -> Result<f64> { Ok(size(path)? as f64 / 1_048_576.0) };
    let packed = mebibytes(&to)?;
    println!("{}: {packed:.1} MiB; there: bash run.sh OUT", to.display());
    let repository = tracked(root)?;
    ensure!(
        packed + repository <= MOST,
        "{packed:.1} MiB and {repository:.1} MiB of the repository are more than {MOST} MiB"
    );
    println!("with the {repository:.1} MiB of the repository {:.1} MiB", packed + repository);
    Ok(())
}

/// A copy without symbols.
fn stripped(file: &Path, to: &Path) -> Result<PathBuf> {
    let status = Command::new("strip").arg("-o").arg(to).arg(file).status();
    let status = status.context("`strip` (of binutils) cannot be started")?;
    ensure!(status.success(), "`strip {}` failed ({status})", file.display());
    Ok(to.to_path_buf())
}

/// In place of the file, with `.xz` to its name.
fn compress(file: &Path) -> Result<()> {
    let status = Command::new("xz").args(["-T0", "-6", "-f"]).arg(file).status();
    let status = status.context("`xz` cannot be started")?;
    ensure!(status.success(), "`xz {}` failed ({status})", file.display());
    Ok(())
}

fn size(path: &Path) -> Result<u64> {
    let meta = fs::symlink_metadata(path)?;
    if !meta.is_dir() {
        return Ok(meta.len());
    }
    fs::read_dir(path)?.try_fold(0, |sum, entry| Ok(sum + size(&entry?.path())?))
}

/// Mebibytes of the files that git keeps.
fn tracked(root: &Path) -> Result<f64> {
    let said = Command::new("git").args(["ls-files", "-z"]).current_dir(root).output()?;
    ensure!(said.status.success(), "`git ls-files` failed ({})", said.status);
    let names = String::from_utf8_lossy(&said.stdout).into_owned();
    let files = names.split('\0').filter(|name| !name.is_empty()).map(|name| root.join(name));
    Ok(files.filter_map(|file| size(&file).ok()).sum::<u64>() as f64 / 1_048_576.0)
}
