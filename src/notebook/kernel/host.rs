//! The program that runs cells: found, or built once.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::places::Places;
use super::process::{last_lines, output};
use super::sources;
use super::toolchain::{Toolchain, on_path};
use crate::notebook::NotebookError;

/// A program that runs cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Host {
    /// The one that belongs to Transfolio: kernel and headless runs.
    Own(PathBuf),
    /// An `evcxr_jupyter` that was there: kernel alone, with evcxr's own ways
    /// (an interrupt loses the variables, a panic looks like a success).
    Foreign(PathBuf),
}

impl Host {
    /// The host of this version, else an `evcxr_jupyter`.
    pub fn find(places: &Places) -> Option<Self> {
        let given = std::env::var_os("TRANSFOLIO_EVCXR").map(PathBuf::from);
        for path in given.into_iter().chain([places.host()]) {
            if version(&path).as_deref() == Some(sources::host_version()) {
                return Some(Self::Own(path));
            }
        }
        let installed = places.evcxr().join("bin/evcxr_jupyter");
        [installed]
            .into_iter()
            .find(|path| path.is_file())
            .or_else(|| on_path("evcxr_jupyter"))
            .map(Self::Foreign)
    }

    /// The host of this version, or the way to it.
    pub fn find_own(places: &Places) -> Result<PathBuf, NotebookError> {
        match Self::find(places) {
            Some(Self::Own(path)) => Ok(path),
            _ => Err(NotebookError::setup(
                format!("the host that runs cells is not installed ({})", places.host().display()),
                "run `transfolio kernel install` (it builds the host once, about 15 minutes of processor time)",
            )),
        }
    }

    /// Whether it is the one that belongs to Transfolio.
    pub fn is_own(&self) -> bool {
        matches!(self, Self::Own(_))
    }

    /// The program.
    pub fn path(&self) -> &PathBuf {
        match self {
            Self::Own(path) | Self::Foreign(path) => path,
        }
    }

    /// Builds the host from the sources that this program carries; `progress`
    /// gets one line per hundred crates.
    pub fn build(
        places: &Places,
        toolchain: &Toolchain,
        progress: &mut dyn FnMut(&str),
    ) -> Result<Self, NotebookError> {
        let folder = places.evcxr().join("host");
        sources::write(sources::HOST, &folder)?;
        let target = places.evcxr().join("target");
        let mut child = Command::new(&toolchain.cargo)
            .args(["build", "--release", "--locked", "--message-format", "json-render-diagnostics"])
            .current_dir(&folder)
            .env("CARGO_TARGET_DIR", &target)
            .env("PATH", toolchain.path_variable())
            .env_remove("RUSTFLAGS")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(NotebookError::io("start", &toolchain.cargo))?;
        let stderr = child.stderr.take();
        let complaints = std::thread::spawn(move || {
            let mut text = String::new();
            if let Some(mut stderr) = stderr {
                let _ = std::io::Read::read_to_string(&mut stderr, &mut text);
            }
            text
        });
        let lines = child.stdout.take().into_iter().flat_map(|out| BufReader::new(out).lines());
        let mut built = 0;
        for line in lines.map_while(Result::ok) {
            if line.contains("\"reason\":\"compiler-artifact\"") {
                built += 1;
                if built % 50 == 0 {
                    progress(&format!("{built} crates of the host built"));
                }
            }
        }
        let status = child.wait().map_err(NotebookError::io("wait for", &toolchain.cargo))?;
        let said = complaints.join().unwrap_or_default();
        if !status.success() {
            return Err(NotebookError::Request(format!(
                "the host cannot be built ({status}): {}",
                last_lines(&said, 30)
            )));
        }
        let (from, to) = (target.join("release/transfolio-evcxr"), places.host());
        let parent = places.evcxr().join("bin");
        std::fs::create_dir_all(&parent).map_err(NotebookError::io("create", &parent))?;
        // A running host keeps its file: the new one is put in its place.
        let beside = to.with_extension("new");
        std::fs::copy(&from, &beside).map_err(NotebookError::io("copy", &from))?;
        std::fs::rename(&beside, &to).map_err(NotebookError::io("write", &to))?;
        Ok(Self::Own(to))
    }
}

/// What a host says of itself.
fn version(path: &PathBuf) -> Option<String> {
    if !path.is_file() {
        return None;
    }
    let said = output(Command::new(path).arg("--version")).ok()?;
    said.trim().strip_prefix("transfolio-evcxr ").map(str::to_owned)
}
