//! torch files since 1.6: a zip archive of `data.pkl` and raw storages.
//!
//! The crate `zip` reads the directory; tensors are views on the stored
//! entries, which torch does not compress.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::rebuild::{StorageRef, groups};
use crate::zoo::archive::Archive;
use crate::zoo::group::Group;
use crate::zoo::pickle::{self, Reader};
use crate::zoo::tensor::Storage;

/// The pickle holds names and shapes only; the largest public ones are below 2 MB.
const LARGEST_PICKLE: u64 = 64 << 20;

/// The groups of an archive whose `data.pkl` lies in folder `root`.
pub(in crate::zoo) fn parse(archive: &mut Archive, root: &str) -> Result<Vec<Group>, String> {
    let order = archive.entry(&format!("{root}byteorder"), 16).ok();
    let order = order.and_then(|section| section.bytes().ok()).unwrap_or_default();
    let big_endian = order.starts_with(b"big");
    let pickle = archive.entry(&format!("{root}data.pkl"), LARGEST_PICKLE)?;
    let arena = pickle::parse(&mut Reader::new(&pickle))?;
    // Storages are shared between tensors; each is looked up once.
    let mut known: BTreeMap<String, Arc<Storage>> = BTreeMap::new();
    groups(&arena, &mut |reference: &StorageRef| {
        if let Some(storage) = known.get(&reference.key) {
            return Ok(storage.clone());
        }
        let section = archive.entry(&format!("{root}data/{}", reference.key), u64::MAX)?;
        let wanted = reference.count.checked_mul(reference.dtype.width() as u64);
        if wanted.is_none_or(|wanted| wanted > section.length()) {
            return Err(format!(
                "storage {} has {} bytes, fewer than its {} values need",
                reference.key,
                section.length(),
                reference.count
            ));
        }
        let storage = Arc::new(Storage { big_endian, ..Storage::plain(section) });
        known.insert(reference.key.clone(), storage.clone());
        Ok(storage)
    })
}
