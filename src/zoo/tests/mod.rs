//! Checkpoints made here, whole and broken, and the real ones where they are.

mod adapters;
mod containers;
mod corpus;
mod download;
mod encoder;
mod folders;
mod heads;
mod keys;
mod loading;
mod mending;
mod names;
mod originals;
mod real;
mod wrappers;
mod writers;

use std::path::{Path, PathBuf};

use super::checkpoint::read_section;
use super::source::Section;
use super::{Checkpoint, CheckpointError};

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

/// Reads bytes as those of a file.
fn read_bytes(bytes: &[u8]) -> Result<Checkpoint, CheckpointError> {
    read_section(Path::new("bytes"), &Section::memory(bytes.to_vec()), &[])
}

/// Folder of real checkpoints and data sets, where there is one.
fn real_data() -> Option<PathBuf> {
    let path = std::env::var_os("TRANSFOLIO_TEST_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data"),
        PathBuf::from,
    );
    let there = path.is_dir();
    if !there {
        eprintln!("skipped: no real data at {} (set TRANSFOLIO_TEST_DATA)", path.display());
    }
    there.then_some(path)
}
