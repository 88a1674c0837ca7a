//! torch files of before 1.6: five pickles in a row, then raw storages.
//!
//! The pickles are a magic number, the protocol version, facts about the
//! writer, the object, and the keys of the storages; each storage follows as a
//! count and its values. No crate reads them (candle's and burn's readers know
//! the zip form only). Storages are little-endian whatever the flag in the
//! third pickle says: torch swaps on machines that are not.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::rebuild::{StorageRef, groups, storage_ref};
use crate::zoo::group::Group;
use crate::zoo::pickle::{self, Arena, Reader, Value};
use crate::zoo::source::Section;
use crate::zoo::tensor::Storage;

/// How the first pickle goes on after its protocol: `LONG1` and the number
/// 0x1950a86a20f9469cfc6c.
pub(in crate::zoo) const MAGIC: [u8; 12] =
    [0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];

const PROTOCOL: i64 = 1001;

/// The groups of a file that begins with [`MAGIC`].
pub(in crate::zoo) fn parse(file: &Section) -> Result<Vec<Group>, String> {
    let mut input = Reader::new(file);
    pickle::parse(&mut input)?;
    let version = pickle::parse(&mut input)?;
    if !matches!(version.get(version.root), Value::Int(PROTOCOL)) {
        return Err(format!("its protocol version is not {PROTOCOL}"));
    }
    pickle::parse(&mut input)?;
    let object = pickle::parse(&mut input)?;
    let keys = pickle::parse(&mut input)?;
    let storages = storages(&object, &keys, &mut input)?;
    groups(&object, &mut |reference: &StorageRef| {
        storages
            .get(&reference.key)
            .cloned()
            .ok_or_else(|| format!("storage {} is not among those of the file", reference.key))
    })
}

fn storages(
    object: &Arena,
    keys: &Arena,
    input: &mut Reader,
) -> Result<BTreeMap<String, Arc<Storage>>, String> {
    // How wide the values of a storage are is said only where it is used.
    let mut known: BTreeMap<String, Result<StorageRef, String>> = BTreeMap::new();
    for id in object.references() {
        let Some([_, _, key, ..]) = object.items(id) else { continue };
        if let Some(key) = object.text(*key) {
            known.entry(key.into()).or_insert_with(|| storage_ref(object, id));
        }
    }
    let mut storages = BTreeMap::new();
    for id in keys.items(keys.root).ok_or("its list of storages is no list")? {
        let key = keys.text(*id).ok_or("the key of a storage is no text")?;
        let reference = match known.get(key) {
            Some(Ok(reference)) => reference,
            Some(Err(fault)) => return Err(format!("storage {key}: {fault}")),
            None => return Err(format!("storage {key} is listed but never used")),
        };
        let count = input.number(8)?;
        if count != reference.count {
            return Err(format!(
                "storage {key} has {count} values, its tensors say {}",
                reference.count
            ));
        }
        let length = count.checked_mul(reference.dtype.width() as u64);
        let length = length
            .filter(|length| *length <= input.left())
            .ok_or_else(|| format!("the file ends inside storage {key}, of {count} values"))?;
        let storage = Arc::new(Storage::plain(input.skip(length)?));
        if storages.insert(key.to_string(), storage).is_some() {
            return Err(format!("storage {key} is there twice"));
        }
    }
    Ok(storages)
}
