//! The sorted table of an index (LevelDB's format, by TensorFlow's hand).
//!
//! Blocks of entries with shared key prefixes, an index block that points at
//! them, a footer of 48 bytes. Reference: `tensorflow/core/lib/io/format.cc`.

use super::proto::varint;
use crate::zoo::crc32c::{crc32c, unmask};
use crate::zoo::source::Section;

const FOOTER: usize = 48;
const MAGIC: u64 = 0xdb47_7524_8b80_fb57;
/// Type of compression (1 byte) and checksum (4 bytes) behind each block.
const TRAILER: usize = 5;

/// What a compressed block may unpack to.
const LARGEST_BLOCK: usize = 16 << 20;
/// All keys and values; a prefix of a long key can be shared many times.
const LARGEST_TABLE: usize = 256 << 20;

type Row = (Vec<u8>, Vec<u8>);

/// Whether a file ends as such a table does.
pub(in crate::zoo) fn is_table(file: &Section) -> bool {
    let Some(start) = file.length().checked_sub(FOOTER as u64) else { return false };
    let mut magic = [0; 8];
    file.read_at(start + FOOTER as u64 - 8, &mut magic).is_ok()
        && u64::from_le_bytes(magic) == MAGIC
}

/// All keys and values, in the order of the table.
pub(super) fn rows(bytes: &[u8]) -> Result<Vec<Row>, String> {
    let start = bytes.len().checked_sub(FOOTER).ok_or("it is shorter than its footer")?;
    let footer = &bytes[start..];
    if footer[FOOTER - 8..] != MAGIC.to_le_bytes() {
        return Err("its footer has another magic number".into());
    }
    let mut handles = &footer[..FOOTER - 8];
    let body = &bytes[..start];
    // Holds nothing, but has a checksum.
    block(body, handle(&mut handles)?)?;
    let index = handle(&mut handles)?;
    let mut budget = LARGEST_TABLE;
    let mut rows = Vec::new();
    for (_, place) in entries(&block(body, index)?, &mut budget)? {
        let block = block(body, handle(&mut place.as_slice())?)?;
        rows.extend(entries(&block, &mut budget)?);
    }
    if !rows.is_sorted_by(|a, b| a.0 < b.0) {
        return Err("its keys are out of order".into());
    }
    Ok(rows)
}

/// Offset and size of a block.
fn handle(bytes: &mut &[u8]) -> Result<(u64, u64), String> {
    Ok((varint(bytes)?, varint(bytes)?))
}

fn block(bytes: &[u8], (offset, size): (u64, u64)) -> Result<Vec<u8>, String> {
    let outside = || format!("a block of {size} bytes at {offset} lies outside the file");
    let offset = usize::try_from(offset).map_err(|_| outside())?;
    let size = usize::try_from(size).map_err(|_| outside())?;
    let end = offset.checked_add(size).and_then(|n| n.checked_add(TRAILER)).ok_or_else(outside)?;
    let whole = bytes.get(offset..end).ok_or_else(outside)?;
    let (data, trailer) = whole.split_at(size);
    let stored = u32::from_le_bytes([trailer[1], trailer[2], trailer[3], trailer[4]]);
    if crc32c(&whole[..=size]) != unmask(stored) {
        return Err(format!("the checksum of the block at {offset} is wrong"));
    }
    match trailer[0] {
        0 => Ok(data.to_vec()),
        1 => {
            let length = snap::raw::decompress_len(data).map_err(|e| e.to_string())?;
            if length > LARGEST_BLOCK {
                return Err(format!("the block at {offset} unpacks to {length} bytes"));
            }
            snap::raw::Decoder::new().decompress_vec(data).map_err(|e| e.to_string())
        }
        other => Err(format!("compression {other} of the block at {offset} is not known")),
    }
}

/// Entries of a block: lengths of the shared and the own part of the key and
/// of the value, then the two; restart points and their number at the end.
fn entries(block: &[u8], budget: &mut usize) -> Result<Vec<Row>, String> {
    let short = || "a block is too short".to_string();
    let (rest, last) = block.split_last_chunk::<4>().ok_or_else(short)?;
    let restarts = (u32::from_le_bytes(*last) as usize).checked_mul(4).ok_or_else(short)?;
    let length = rest.len().checked_sub(restarts).ok_or_else(short)?;
    let mut rest = &rest[..length];
    let mut key: Vec<u8> = Vec::new();
    let mut rows = Vec::new();
    while !rest.is_empty() {
        let mut size = || varint(&mut rest).map(|n| usize::try_from(n).unwrap_or(usize::MAX));
        let (shared, own, value) = (size()?, size()?, size()?);
        if shared > key.len() {
            return Err("a key shares more than the key before it has".into());
        }
        let own = rest.split_off(..own).ok_or_else(short)?;
        let value = rest.split_off(..value).ok_or_else(short)?;
        key.truncate(shared);
        key.extend_from_slice(own);
        *budget = (budget.checked_sub(key.len() + value.len()))
            .ok_or("its keys are absurdly long in all")?;
        rows.push((key.clone(), value.to_vec()));
    }
    Ok(rows)
}
