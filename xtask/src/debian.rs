//! Programs of Debian's packages, unpacked into a folder: nothing is installed.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// Unpacks a package and what it needs into `unpacked`, as apt knows them here; `file` is
/// one that has to be there afterwards.
pub(crate) fn unpack(folder: &Path, package: &str, file: &str) -> Result<()> {
    if folder.join("unpacked").join(file).is_file() {
        return Ok(());
    }
    let asked = ["install", "-y", "--no-install-recommends", "--print-uris", "-qq", package];
    let listed = output(Command::new("apt-get").args(asked))
        .with_context(|| format!("{package} comes from Debian's packages (apt-get)"))?;
    let packages = folder.join("packages");
    fs::create_dir_all(&packages)?;
    for line in listed.lines() {
        let Some(address) = line.split(' ').next() else { continue };
        let address = address.trim_matches('\'');
        let name = address.rsplit('/').next().unwrap_or_default();
        let archive = packages.join(name);
        let mut curl = Command::new("curl");
        output(curl.args(["-sSf", "-o"]).arg(&archive).arg(address))?;
        output(Command::new("dpkg").arg("-x").arg(&archive).arg(folder.join("unpacked")))?;
    }
    ensure!(
        folder.join("unpacked").join(file).is_file(),
        "{package} is installed already, or apt-get lists no package of it"
    );
    Ok(())
}

/// What a command says, or its complaint.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().with_context(|| format!("cannot run {name}"))?;
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    ensure!(output.status.success(), "{name}: {}: {said}", output.status);
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
