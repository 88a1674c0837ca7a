//! TensorFlow V2 bundles.

use std::io::{Cursor, Write};
use std::path::Path;

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::Named;
use crate::zoo::crc32c::crc32c;

fn varint(mut n: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while n >= 0x80 {
        bytes.push(n as u8 | 0x80);
        n >>= 7;
    }
    bytes.push(n as u8);
    bytes
}

fn masked(crc: u32) -> u32 {
    crc.rotate_right(15).wrapping_add(0xa282_ead8)
}

/// Keys share what they can with the key before, as LevelDB writes them.
fn block(rows: &[(Vec<u8>, Vec<u8>)]) -> Vec<u8> {
    let mut block = Vec::new();
    let mut before: &[u8] = &[];
    for (key, value) in rows {
        let shared = key.iter().zip(before).take_while(|(a, b)| a == b).count();
        for n in [shared, key.len() - shared, value.len()] {
            block.extend(varint(n as u64));
        }
        block.extend(&key[shared..]);
        block.extend(value);
        before = key;
    }
    block.extend([0, 0, 0, 0, 1, 0, 0, 0]);
    block
}

fn append(file: &mut Vec<u8>, block: &[u8], snappy: bool) -> Vec<u8> {
    let packed = snap::raw::Encoder::new().compress_vec(block).expect("packed");
    let stored: &[u8] = if snappy { &packed } else { block };
    let place = [varint(file.len() as u64), varint(stored.len() as u64)].concat();
    let start = file.len();
    file.extend(stored);
    file.push(u8::from(snappy));
    let crc = masked(crc32c(&file[start..]));
    file.extend(crc.to_le_bytes());
    place
}

/// A table of any rows, its checksums right.
pub(in crate::zoo::tests) fn table(rows: &[(Vec<u8>, Vec<u8>)], snappy: bool) -> Vec<u8> {
    let mut file = Vec::new();
    let mut index = Vec::new();
    for rows in rows.chunks(16) {
        let place = append(&mut file, &block(rows), snappy);
        index.push((rows.last().expect("rows").0.clone(), place));
    }
    let meta = append(&mut file, &block(&[]), false);
    let index = append(&mut file, &block(&index), false);
    let mut footer = [meta, index].concat();
    footer.resize(40, 0);
    file.extend(footer);
    file.extend(0xdb47_7524_8b80_fb57u64.to_le_bytes());
    file
}

/// Index and data of a bundle.
pub(in crate::zoo::tests) fn bundle(tensors: &[Named], snappy: bool) -> (Vec<u8>, Vec<u8>) {
    let (rows, data) = rows(tensors);
    (table(&rows, snappy), data)
}

/// Keys and values of an index.
pub(in crate::zoo::tests) type Rows = Vec<(Vec<u8>, Vec<u8>)>;

/// Entries of an index, and the data.
pub(in crate::zoo::tests) fn rows(tensors: &[Named]) -> (Rows, Vec<u8>) {
    let mut sorted = tensors.to_vec();
    sorted.sort_by(|a, b| a.name.cmp(&b.name));
    let mut data = Vec::new();
    let mut rows = vec![(Vec::new(), vec![0x08, 1, 0x1a, 2, 0x08, 1])];
    for tensor in &sorted {
        let dims: Vec<u8> = tensor
            .shape
            .iter()
            .flat_map(|d| {
                let size = [vec![0x08], varint(*d as u64)].concat();
                [vec![0x12, size.len() as u8], size].concat()
            })
            .collect();
        let bytes = tensor.bytes();
        let entry = [
            vec![0x08, 1, 0x12, dims.len() as u8],
            dims,
            vec![0x20],
            varint(data.len() as u64),
            vec![0x28],
            varint(bytes.len() as u64),
            vec![0x35],
            masked(crc32c(&bytes)).to_le_bytes().to_vec(),
        ]
        .concat();
        data.extend(bytes);
        rows.push((tensor.name.clone().into_bytes(), entry));
    }
    (rows, data)
}

/// A bundle on disk.
pub(in crate::zoo::tests) fn write_bundle(folder: &Path, stem: &str, tensors: &[Named]) {
    let (index, data) = bundle(tensors, false);
    std::fs::write(folder.join(format!("{stem}.index")), index).expect("written");
    std::fs::write(folder.join(format!("{stem}.data-00000-of-00001")), data).expect("written");
}

/// Bundles in a compressed archive.
pub(in crate::zoo::tests) fn zipped(bundles: &[(&str, &[Named])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (stem, tensors) in bundles {
        let (index, data) = bundle(tensors, true);
        for (end, bytes) in [("index", index), ("data-00000-of-00001", data)] {
            zip.start_file(format!("{stem}.{end}"), SimpleFileOptions::default()).expect("entry");
            zip.write_all(&bytes).expect("written");
        }
    }
    zip.finish().expect("an archive").into_inner()
}
