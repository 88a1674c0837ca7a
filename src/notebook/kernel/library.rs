//! The sources of the standard library as the analysis of cells reads them.
//!
//! The rust-analyzer inside the host reads all of the standard library at each
//! start, and more than half of it are the intrinsics of processors (27 of 53
//! MB). A copy without them takes a third off the start and the first cell;
//! cells compile against the real library all the same, only variables made by
//! `std::arch` functions need their type written out.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use super::places::Places;
use super::toolchain::Toolchain;
use crate::notebook::NotebookError;

/// Folders of the crate `core_arch` hold a processor's intrinsics.
const INTRINSICS: &str = "stdarch/crates/core_arch/src";
/// Not part of the library itself.
const LEFT_OUT: [&str; 6] =
    ["tests", "benches", "examples", "coretests", "alloctests", "intrinsics_data"];

/// Writes the copy; without sources there is none.
pub(super) fn copy(places: &Places, toolchain: &Toolchain) -> Result<(), NotebookError> {
    let to = places.library();
    remove(places)?;
    let Some(from) = &toolchain.sources else { return Ok(()) };
    copy_folder(from, &to, Path::new("")).map_err(NotebookError::io("copy to", &to))
}

/// Takes the copy away: the analysis then reads the toolchain's own sources.
pub(super) fn remove(places: &Places) -> Result<(), NotebookError> {
    match fs::remove_dir_all(places.library()) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(NotebookError::io("remove", &places.library())(error))
        }
        _ => Ok(()),
    }
}

fn copy_folder(from: &Path, to: &Path, inside: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    if inside.parent() == Some(Path::new(INTRINSICS)) {
        // The module stays, empty.
        File::create(to.join("mod.rs"))?;
        return Ok(());
    }
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let name = entry.file_name();
        let (source, target) = (entry.path(), to.join(&name));
        let kind = entry.file_type()?;
        if kind.is_dir() {
            let plain = name.to_string_lossy();
            if !LEFT_OUT.contains(&plain.as_ref()) && !plain.starts_with("stdarch-") {
                copy_folder(&source, &target, &inside.join(&name))?;
            }
        } else if kind.is_file() {
            fs::copy(&source, &target)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intrinsics_are_left_out_and_their_modules_stay() {
        let dir = tempfile::tempdir().expect("a folder");
        let from = dir.path().join("library");
        for file in [
            "core/src/lib.rs",
            "core/tests/a.rs",
            "stdarch/crates/core_arch/src/mod.rs",
            "stdarch/crates/core_arch/src/x86/avx.rs",
            "stdarch/crates/stdarch-gen-arm/a.rs",
        ] {
            let path = from.join(file);
            fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            fs::write(path, "text").expect("written");
        }
        let to = dir.path().join("copy");
        copy_folder(&from, &to, Path::new("")).expect("copied");
        let there = |file: &str| to.join(file).is_file();
        assert!(there("core/src/lib.rs") && there("stdarch/crates/core_arch/src/mod.rs"));
        assert_eq!(
            fs::read_to_string(to.join("stdarch/crates/core_arch/src/x86/mod.rs")).expect("there"),
            ""
        );
        assert!(!there("core/tests/a.rs") && !there("stdarch/crates/core_arch/src/x86/avx.rs"));
        assert!(!to.join("stdarch/crates/stdarch-gen-arm").exists());
    }
}
