//! Zip archives as sections of a file, within bounds.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Read, Write};

use zip::{CompressionMethod, ZipArchive};

use super::source::{Section, SectionReader};

/// Compressed entries may grow to this many times the archive, in all, and a
/// little more; weights compress by a tenth at most.
const GROWTH: u64 = 16;
const GROWTH_BASE: u64 = 1 << 20;

/// Larger entries are unpacked into an unnamed file.
const LARGEST_IN_MEMORY: u64 = 1 << 20;

/// An open archive.
pub(super) struct Archive {
    file: Section,
    entries: ZipArchive<BufReader<SectionReader>>,
    /// Bytes that may still be unpacked.
    budget: u64,
    unpacked: BTreeMap<usize, Section>,
}

impl Archive {
    pub(super) fn open(file: &Section) -> Result<Self, String> {
        let text = |error: zip::result::ZipError| error.to_string();
        let reader = BufReader::with_capacity(4096, file.reader());
        let mut entries = ZipArchive::new(reader).map_err(text)?;
        if entries.has_duplicate_names() {
            return Err("two of its entries have the same name".into());
        }
        if entries.has_overlapping_files().map_err(text)? {
            return Err("its entries overlap".into());
        }
        let budget = file.length().saturating_mul(GROWTH).saturating_add(GROWTH_BASE);
        Ok(Self { file: file.clone(), entries, budget, unpacked: BTreeMap::new() })
    }

    pub(super) fn names(&self) -> Vec<String> {
        self.entries.file_names().filter_map(Result::ok).map(|name| name.to_string()).collect()
    }

    /// An entry: a part of the archive where it is stored, an unpacked copy
    /// where it is compressed.
    pub(super) fn entry(&mut self, name: &str, limit: u64) -> Result<Section, String> {
        self.find(name, limit).map_err(|reason| format!("entry {name}: {reason}"))
    }

    fn find(&mut self, name: &str, limit: u64) -> Result<Section, String> {
        let index = self.entries.index_for_name(name).ok_or("it is not in the archive")?;
        if let Some(section) = self.unpacked.get(&index) {
            return Ok(section.clone());
        }
        let mut entry = self.entries.by_index(index).map_err(|error| error.to_string())?;
        let size = entry.size();
        if size > limit {
            return Err(format!("it is larger than {limit} bytes"));
        }
        if entry.compression() == CompressionMethod::Stored {
            let start = entry.data_start().ok_or("it has no place")?;
            if entry.compressed_size() != size {
                return Err("it is stored, but its two sizes differ".into());
            }
            return self.file.part(start, size).ok_or_else(|| "it ends beyond the file".into());
        }
        if size > self.budget {
            return Err(format!("it unpacks to more than {} bytes", self.budget));
        }
        let section = unpack(&mut entry, size)?;
        self.budget -= size;
        self.unpacked.insert(index, section.clone());
        Ok(section)
    }
}

/// Unpacks exactly `size` bytes, whatever else the entry would give.
fn unpack(entry: &mut impl Read, size: u64) -> Result<Section, String> {
    let text = |error: io::Error| error.to_string();
    let mut limited = entry.take(size.saturating_add(1));
    let (section, length) = if size <= LARGEST_IN_MEMORY {
        let mut bytes = Vec::new();
        let length = limited.read_to_end(&mut bytes).map_err(text)? as u64;
        (Section::memory(bytes), length)
    } else {
        let mut file: File = tempfile::tempfile().map_err(text)?;
        let length = io::copy(&mut limited, &mut file).map_err(text)?;
        file.flush().map_err(text)?;
        (Section::file(file).map_err(text)?, length)
    };
    if length != size {
        return Err(format!("it unpacks to another size than the {size} bytes it declares"));
    }
    Ok(section)
}
