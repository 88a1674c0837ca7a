//! What a task will take, before anything is decoded.

use std::path::Path;

use super::dataset::Split;
use super::error::DataError;
use super::{folder, lists, manifest, npz, phantom, source};
use crate::spec::{Source, Task};

/// Size of the decoded data of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Estimate {
    /// Number of images.
    pub images: usize,
    /// 1 or 3. For a manifest or a folder, whose images are not decoded, 3: an
    /// upper bound.
    pub channels: u32,
    /// Bytes of the cache file, without the description of the cases.
    pub cache_bytes: u64,
    /// Bytes of one image in a batch of 32-bit floats with three channels.
    pub tensor_bytes: u64,
}

/// Says how large the decoded data of a task will be at `stored_size`, from
/// the number of rows or the headers alone.
///
/// # Errors
/// The same as [`prepare`](super::prepare) for a manifest or archive that
/// cannot be read.
pub fn estimate(name: &str, task: &Task, stored_size: u32) -> Result<Estimate, DataError> {
    let (images, channels) = match task.source {
        Source::Phantom => {
            let spec = task.phantom.clone().unwrap_or_default();
            let count = |split: Split| phantom::count(&spec, split) as usize;
            (Split::ALL.into_iter().map(count).sum(), 1)
        }
        Source::Manifest => (manifest::read(name, task)?.rows.len(), 3),
        Source::List => (lists::read(name, task)?.cases(), 3),
        Source::Folder => (folder::list(name, task)?.files.len(), 3),
        Source::Npz => {
            let path: &Path = source::path(name, task, "the archive, an .npz file")?;
            let archive = npz::Archive::open(path)?;
            (archive.total(), archive.channels())
        }
    };
    let pixels = u64::from(stored_size) * u64::from(stored_size);
    Ok(Estimate {
        images,
        channels,
        cache_bytes: pixels * u64::from(channels) * images as u64,
        tensor_bytes: pixels * 3 * 4,
    })
}
