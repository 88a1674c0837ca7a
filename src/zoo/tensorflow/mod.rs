//! TensorFlow V2 checkpoints: an index table and shards of raw values.
//!
//! `NAME.index` maps names to places, `NAME.data-00000-of-00001` holds the
//! values. The crate `tensorflow` needs the C library; `sstable` reads such
//! tables, but takes the sizes of blocks from the file before it checks them
//! and does not know what is in them. Both formats are small.

mod proto;
mod table;

use std::collections::{BTreeMap, btree_map};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use proto::{Entry, Header};
pub(super) use table::is_table;

use super::archive::Archive;
use super::crc32c::unmask;
use super::group::Group;
use super::source::Section;
use super::tensor::{Bytes, Dtype, Storage, TensorData};

/// More shards than any checkpoint has.
const MOST_SHARDS: u32 = 1024;

/// The largest index that is read; SimCLR's have 50 kB.
const LARGEST_INDEX: u64 = 64 << 20;

const SUFFIX: &str = ".index";

/// The bundle whose index file this is; its shards lie beside it.
pub(super) fn parse_file(path: &Path, index: &Section) -> Result<Vec<Group>, String> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let stem = name.strip_suffix(SUFFIX).ok_or_else(|| {
        format!("it is an index, but not named NAME{SUFFIX}, so its data files cannot be found")
    })?;
    let group = bundle(index, stem, &mut |shard| {
        let beside = path.with_file_name(shard);
        Section::open(&beside).map_err(|error| format!("data file {}: {error}", beside.display()))
    })?;
    Ok(vec![group])
}

/// The index file of a folder that holds one checkpoint.
pub(super) fn index_in(folder: &Path) -> Result<PathBuf, String> {
    let listing = folder.read_dir().map_err(|error| error.to_string())?;
    let mut found: Vec<PathBuf> = listing
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.is_file() && path.to_string_lossy().ends_with(SUFFIX))
        .collect();
    found.sort();
    match found.as_slice() {
        [one] => Ok(one.clone()),
        [] => Err(format!("it is a folder without a TensorFlow checkpoint (NAME{SUFFIX})")),
        several => Err(format!(
            "it is a folder with {} TensorFlow checkpoints; name the {SUFFIX} file of one",
            several.len()
        )),
    }
}

/// Names of the bundles in an archive.
pub(super) fn bundles(archive: &Archive) -> Vec<String> {
    let names = archive.names();
    let has_data = |stem: &str| names.iter().any(|n| n.starts_with(&format!("{stem}.data-")));
    let stems = names.iter().filter_map(|name| name.strip_suffix(SUFFIX));
    stems.filter(|stem| has_data(stem)).map(str::to_string).collect()
}

/// A bundle of an archive.
pub(super) fn parse_archive(archive: &mut Archive, stem: &str) -> Result<Group, String> {
    let index = archive.entry(&format!("{stem}{SUFFIX}"), LARGEST_INDEX)?;
    bundle(&index, stem, &mut |shard| archive.entry(shard, u64::MAX))
}

fn bundle(
    index: &Section,
    stem: &str,
    open: &mut dyn FnMut(&str) -> Result<Section, String>,
) -> Result<Group, String> {
    if index.length() > LARGEST_INDEX {
        return Err(format!("its index is larger than {LARGEST_INDEX} bytes"));
    }
    let index = index.bytes().map_err(|error| error.to_string())?;
    let mut rows = table::rows(&index)?.into_iter();
    // The empty key, which sorts first.
    let header = rows.next().filter(|(key, _)| key.is_empty()).ok_or("it has no header")?;
    let header = Header::parse(&header.1).map_err(|e| format!("header: {e}"))?;
    if header.shards == 0 || header.shards > MOST_SHARDS {
        return Err(format!("it says it has {} data files", header.shards));
    }
    let mut shards: BTreeMap<u32, Section> = BTreeMap::new();
    let mut taken: BTreeMap<u32, Vec<(u64, u64)>> = BTreeMap::new();
    let mut group = Group::at(stem);
    for (key, value) in rows {
        let name = String::from_utf8(key).map_err(|_| "the name of a tensor is no text")?;
        let entry = Entry::parse(&value).map_err(|e| format!("tensor {name}: {e}"))?;
        if entry.shard >= header.shards {
            return Err(format!("tensor {name} lies in data file {}", entry.shard));
        }
        let shard = match shards.entry(entry.shard) {
            btree_map::Entry::Occupied(known) => known.into_mut(),
            btree_map::Entry::Vacant(place) => {
                let file = format!("{stem}.data-{:05}-of-{:05}", entry.shard, header.shards);
                place.insert(open(&file)?)
            }
        };
        let Some(section) = shard.part(entry.offset, entry.size) else {
            return Err(format!(
                "tensor {name} ends at byte {} of a data file of {}",
                entry.offset.saturating_add(entry.size),
                shard.length()
            ));
        };
        taken.entry(entry.shard).or_default().push((entry.offset, entry.size));
        // Text (the graph of saved objects, say) is no tensor here.
        if entry.dtype == proto::DT_STRING {
            continue;
        }
        group.add(&name, tensor(&entry, section, header.big_endian));
    }
    for places in taken.values_mut() {
        places.retain(|(_, size)| *size > 0);
        places.sort_unstable();
        if places.windows(2).any(|pair| pair[0].0 + pair[0].1 > pair[1].0) {
            return Err("two of its tensors overlap".into());
        }
    }
    if group.is_empty() {
        return Err("it holds no tensors".into());
    }
    Ok(group)
}

fn tensor(entry: &Entry, section: Section, big_endian: bool) -> Result<TensorData, String> {
    if entry.sliced {
        return Err("it is stored in slices, which are not read".into());
    }
    let dtype = dtype(entry.dtype)
        .ok_or_else(|| format!("type {} of TensorFlow is not read", entry.dtype))?;
    let length = section.length();
    let crc32c = entry.crc32c.map(unmask);
    let storage = Storage { bytes: Bytes::Plain(section), length, big_endian, crc32c };
    TensorData::whole(Arc::new(storage), dtype, entry.shape.clone())
}

/// `tensorflow/core/framework/types.proto`.
fn dtype(number: u64) -> Option<Dtype> {
    Some(match number {
        1 => Dtype::F32,
        2 => Dtype::F64,
        3 => Dtype::I32,
        4 => Dtype::U8,
        5 => Dtype::I16,
        6 => Dtype::I8,
        9 => Dtype::I64,
        10 => Dtype::Bool,
        14 => Dtype::Bf16,
        19 => Dtype::F16,
        _ => return None,
    })
}
