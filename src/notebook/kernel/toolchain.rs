//! The Rust toolchain that compiles the cells.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::process::output;
use crate::notebook::NotebookError;

/// What is known of the toolchain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toolchain {
    /// `cargo`.
    pub cargo: PathBuf,
    /// `rustc -vV`: compiled code fits this version only.
    pub version: String,
    /// Folder of the shared standard library.
    pub libraries: PathBuf,
    /// Sources of the standard library, without which variables have no types.
    pub sources: Option<PathBuf>,
}

impl Toolchain {
    /// The toolchain on the PATH, or in `~/.cargo/bin`.
    pub fn find() -> Result<Self, NotebookError> {
        let cargo = on_path("cargo").ok_or_else(|| {
            NotebookError::setup(
                "there is no cargo, and cells are compiled with it",
                "install Rust from https://rustup.rs",
            )
        })?;
        let rustc = cargo.with_file_name("rustc");
        let version = output(Command::new(&rustc).arg("-vV"))?;
        // Both folders at once: every render waits for the answer.
        let asked = ["--print", "sysroot", "--print", "target-libdir"];
        let said = output(Command::new(&rustc).args(asked))?;
        let (root, libraries) = said.trim().split_once('\n').ok_or_else(|| {
            NotebookError::setup(
                format!("{} does not say where its libraries are", rustc.display()),
                "install Rust from https://rustup.rs",
            )
        })?;
        let sources = Path::new(root).join("lib/rustlib/src/rust/library");
        Ok(Self {
            cargo,
            version,
            libraries: libraries.into(),
            sources: sources.join("core").is_dir().then_some(sources),
        })
    }

    /// Adds the sources of the standard library through rustup.
    pub fn add_sources(&mut self) -> Result<(), NotebookError> {
        let rustup = self.cargo.with_file_name("rustup");
        if !rustup.is_file() {
            return Err(NotebookError::setup(
                "the sources of the standard library are missing, and there is no rustup to add them",
                "install the package of your system that holds them (rust-src)",
            ));
        }
        output(Command::new(rustup).args(["component", "add", "rust-src"]))?;
        self.sources = Self::find()?.sources;
        Ok(())
    }

    /// First line of the version.
    pub fn short(&self) -> &str {
        self.version.lines().next().unwrap_or_default()
    }

    /// A PATH on which the toolchain comes first: a desktop's Jupyter may not
    /// have it at all.
    pub fn path_variable(&self) -> std::ffi::OsString {
        let old = std::env::var_os("PATH").unwrap_or_default();
        let folder = self.cargo.parent().map(Path::to_path_buf);
        let all = folder.into_iter().chain(std::env::split_paths(&old));
        std::env::join_paths(all).unwrap_or(old)
    }
}

/// A program on the PATH, else in cargo's folder.
pub(super) fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let home = std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| Path::new(&home).join(".cargo")));
    std::env::split_paths(&path)
        .chain(home.map(|home| home.join("bin")))
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_toolchain_of_this_machine_is_as_it_says_itself() {
        let found = Toolchain::find().expect("a toolchain");
        assert!(found.short().starts_with("rustc "), "{}", found.short());
        assert!(found.libraries.is_dir(), "{}", found.libraries.display());
    }
}
