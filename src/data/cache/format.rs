//! The cache file `<data hash>.u8`.
//!
//! ```text
//! 0      magic "TFPIXELS", u32 version, u32 0, u64 length of the pixels,
//!        u64 length of the description, SHA-256 of the description
//! 4096   pixels, image after image; with masks, a byte per pixel of each image
//!        and then runs of each at the size of its file
//! then   the description as JSON (see [`Description`])
//! ```
//!
//! Numbers are little-endian. The description holds a SHA-256 for every
//! 4 MiB of pixels.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use memmap2::Mmap;
use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::description::Description;
use crate::data::dataset::{Case, Dataset, Pixels};
use crate::data::decode::{hash, hex};
use crate::data::error::DataError;
use crate::data::masked::MaskTable;
use crate::spec::Target;

/// Version of the file; part of the data hash.
pub(crate) const VERSION: u32 = 1;

const MAGIC: &[u8; 8] = b"TFPIXELS";
/// Where the pixels begin: a page, so that they are aligned in memory.
pub(super) const START: usize = 4096;
const HEADER: usize = 64;
const BLOCK: usize = 4 << 20;

/// Everything but the pixels.
pub(crate) struct Meta {
    pub(crate) name: String,
    pub(crate) data_hash: String,
    pub(crate) classes: Vec<String>,
    pub(crate) target: Target,
    pub(crate) channels: u32,
    pub(crate) size: u32,
    pub(crate) cases: Vec<Case>,
    pub(crate) notes: Vec<String>,
    /// Those of the notes that the pixels gave; absent in files of before
    /// version 0.2.
    pub(crate) pixel_notes: Option<Vec<String>>,
    /// Per case: hash of the pixels before resizing.
    pub(crate) pixel_hashes: Vec<String>,
    pub(crate) block_hashes: Vec<String>,
    /// Of a segmentation target.
    pub(crate) masks: Option<MaskTable>,
}

impl Meta {
    fn pixel_bytes(&self) -> usize {
        let image = self.size as usize * self.size as usize * self.channels as usize;
        let masks = self.masks.as_ref().map_or(0, |masks| masks.bytes(self.size));
        image * self.cases.len() + masks
    }
}

/// Where the cache of a data hash lies.
pub(crate) fn path(cache_dir: &Path, data_hash: &str) -> PathBuf {
    cache_dir.join(format!("{data_hash}.u8"))
}

/// Completes a file in which the pixels have been written at [`START`]: adds
/// the description behind them and the header before them.
pub(super) fn finish(file: &mut File, path: &Path, mut meta: Meta) -> Result<(), DataError> {
    let end = START + meta.pixel_bytes();
    let io = || DataError::io("write", path);
    meta.block_hashes = block_hashes(&map(file, path)?[START..end]);
    let length = meta.pixel_bytes();
    let json = serde_json::to_vec(&Description::from(meta))
        .map_err(|error| io()(std::io::Error::other(error.to_string())))?;
    let mut header = Vec::with_capacity(HEADER);
    header.extend_from_slice(MAGIC);
    header.extend_from_slice(&VERSION.to_le_bytes());
    header.extend_from_slice(&0_u32.to_le_bytes());
    header.extend_from_slice(&(length as u64).to_le_bytes());
    header.extend_from_slice(&(json.len() as u64).to_le_bytes());
    header.extend_from_slice(&Sha256::digest(&json));
    file.seek(SeekFrom::Start(end as u64)).map_err(io())?;
    file.write_all(&json).map_err(io())?;
    file.seek(SeekFrom::Start(0)).map_err(io())?;
    file.write_all(&header).map_err(io())?;
    file.sync_data().map_err(io())
}

/// Opens a cache file and checks everything but the pixels.
pub(crate) fn open(path: &Path, data_hash: &str) -> Result<Dataset, DataError> {
    let (meta, map) = read(path)?;
    if meta.data_hash != data_hash {
        return Err(damaged(path, "holds other data than its name says"));
    }
    Ok(Dataset::new(meta, Pixels::Mapped { map, offset: START }))
}

/// Opens a cache file and checks everything, pixels included.
pub(super) fn open_verified(path: &Path, data_hash: &str) -> Result<Dataset, DataError> {
    let (meta, map) = read(path)?;
    let pixels = &map[START..START + meta.pixel_bytes()];
    if meta.data_hash != data_hash || block_hashes(pixels) != meta.block_hashes {
        return Err(damaged(path, "is damaged: its pixels do not match their checksums"));
    }
    Ok(Dataset::new(meta, Pixels::Mapped { map, offset: START }))
}

fn read(path: &Path) -> Result<(Meta, Mmap), DataError> {
    let file = File::open(path).map_err(DataError::io("open", path))?;
    let map = map(&file, path)?;
    let bad = |reason: &str| damaged(path, reason);
    if map.len() < START || &map[..8] != MAGIC {
        return Err(bad("is not a cache of decoded images, or is truncated"));
    }
    let version = u32::from_le_bytes(array(&map[8..12]));
    if version != VERSION {
        return Err(bad(&format!("has version {version}, this build reads {VERSION}")));
    }
    let length = |at: usize| usize::try_from(u64::from_le_bytes(array(&map[at..at + 8]))).ok();
    let parts = length(16).zip(length(24)).and_then(|(pixels, json)| {
        let end = START.checked_add(pixels)?;
        (end.checked_add(json)? == map.len()).then_some(end)
    });
    let Some(end) = parts else {
        return Err(bad("is truncated"));
    };
    let json = &map[end..];
    if Sha256::digest(json)[..] != map[32..64] {
        return Err(bad("is damaged: its description does not match its checksum"));
    }
    let description: Description =
        serde_json::from_slice(json).map_err(|error| bad(&error.to_string()))?;
    let meta = Meta::try_from(description).map_err(|reason| bad(&reason))?;
    let whole = START + meta.pixel_bytes() == end
        && meta.pixel_hashes.len() == meta.cases.len()
        && (meta.target == Target::Segmentation) == meta.masks.is_some()
        && meta.masks.as_ref().is_none_or(|masks| masks.originals.len() == meta.cases.len())
        && meta.target.takes_classes(meta.classes.len());
    if !whole {
        return Err(bad("contradicts itself"));
    }
    Ok((meta, map))
}

/// Whether an error says that the file is there and not usable.
pub(super) fn is_damage(error: &DataError) -> bool {
    matches!(error, DataError::Cache { .. })
}

fn damaged(path: &Path, reason: &str) -> DataError {
    DataError::Cache { path: path.to_path_buf(), reason: reason.to_owned() }
}

fn array<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut array = [0; N];
    array.copy_from_slice(bytes);
    array
}

fn block_hashes(pixels: &[u8]) -> Vec<String> {
    pixels.par_chunks(BLOCK).map(hash).collect()
}

#[allow(unsafe_code)]
fn map(file: &File, path: &Path) -> Result<Mmap, DataError> {
    // SAFETY: cache files are never written in place, only renamed into place
    // when complete, so the bytes behind the map do not change. Somebody who
    // truncates one by hand under a running study stops that study.
    unsafe { Mmap::map(file) }.map_err(DataError::io("map", path))
}

/// SHA-256, in hex, over parts of which each carries its length, so that no
/// two lists of parts give the same bytes.
pub(super) struct KeyHasher(Sha256);

impl KeyHasher {
    pub(super) fn new() -> Self {
        Self(Sha256::new())
    }

    pub(super) fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.0.update(text.as_bytes());
    }

    pub(super) fn number(&mut self, number: u64) {
        self.0.update(number.to_le_bytes());
    }

    pub(super) fn finish(self) -> String {
        hex(&self.0.finalize())
    }
}
