//! One array of an archive: its header, its bytes as a stream, its labels.

use std::io::{self, Cursor, Read};
use std::path::Path;

use npyz::{DType, Endianness, NpyHeader, Order, TypeChar};
use zip::result::ZipError;

use super::{Images, Zip};
use crate::data::error::DataError;

/// Longest header that is read, in bytes; numpy writes about 128.
const HEADER: usize = 64 << 10;

/// Longest side of an image in pixels.
const MAX_SIDE: u64 = 4096;

/// The checked header of an array.
pub(super) struct Header {
    name: String,
    npy: NpyHeader,
}

impl Header {
    /// The header of an array, `None` where the archive has no such array.
    pub(super) fn read(zip: &mut Zip, path: &Path, name: &str) -> Result<Option<Self>, DataError> {
        let mut header = None;
        visit(zip, path, name, &mut |npy, _, _| {
            header = Some(Self { name: name.to_owned(), npy });
            Ok(())
        })?;
        Ok(header)
    }

    /// What it says about images.
    pub(super) fn images(&self, path: &Path) -> Result<Images, DataError> {
        let shape = self.npy.shape();
        let fail = |reason: String| fail(path, &self.name, &reason);
        if self.kind() != Some((TypeChar::Uint, 1)) {
            let dtype = self.npy.dtype().descr();
            return Err(fail(format!("has dtype {dtype}, expected unsigned bytes ('|u1')")));
        }
        let (count, height, width, channels) = match *shape {
            [count, height, width] => (count, height, width, 1),
            [count, height, width, channels @ (1 | 3)] => (count, height, width, channels),
            _ => {
                return Err(fail(format!(
                    "has shape {shape:?}, expected [N, H, W] or [N, H, W, 3] (volumes are not \
                     read)"
                )));
            }
        };
        if !(1..=MAX_SIDE).contains(&height) || !(1..=MAX_SIDE).contains(&width) || count == 0 {
            return Err(fail(format!(
                "has shape {shape:?}, expected at least one image of 1 to {MAX_SIDE} pixels a side"
            )));
        }
        if self.npy.order() == Order::Fortran {
            return Err(fail("is in Fortran order; save it with numpy.ascontiguousarray".into()));
        }
        Ok(Images {
            count: count as usize,
            height: height as u32,
            width: width as u32,
            channels: channels as u32,
        })
    }

    fn kind(&self) -> Option<(TypeChar, usize)> {
        kind(&self.npy)
    }
}

fn kind(npy: &NpyHeader) -> Option<(TypeChar, usize)> {
    match npy.dtype() {
        DType::Plain(kind) => Some((kind.type_char(), kind.num_bytes()?)),
        _ => None,
    }
}

/// An array of labels.
pub(super) struct Labels {
    pub(super) columns: usize,
    pub(super) rows: Vec<Vec<i64>>,
}

/// Reads an array of labels, `None` where the archive has no such array.
pub(super) fn read_labels(
    zip: &mut Zip,
    path: &Path,
    name: &str,
) -> Result<Option<Labels>, DataError> {
    let mut labels = None;
    visit(zip, path, name, &mut |npy, data, length| {
        let fail = |reason: String| fail(path, name, &reason);
        let columns = match *npy.shape() {
            [_] => 1,
            [_, columns @ 1..=10_000] => columns as usize,
            ref shape => {
                return Err(fail(format!("has shape {shape:?}, expected [N] or [N, K]")));
            }
        };
        let DType::Plain(dtype) = npy.dtype() else {
            return Err(fail("holds records, expected whole numbers".into()));
        };
        let (TypeChar::Int | TypeChar::Uint | TypeChar::Bool, Some(width @ (1 | 2 | 4 | 8))) =
            (dtype.type_char(), dtype.num_bytes())
        else {
            return Err(fail(format!("has dtype '{dtype}', expected whole numbers")));
        };
        if npy.order() == Order::Fortran && columns > 1 {
            return Err(fail("is in Fortran order; save it with numpy.ascontiguousarray".into()));
        }
        let mut bytes = Vec::new();
        data.take(length).read_to_end(&mut bytes).map_err(|error| fail(truncated(&error)))?;
        let big = dtype.endianness() == Endianness::Big;
        let signed = dtype.type_char() == TypeChar::Int;
        let values: Vec<i64> =
            bytes.chunks_exact(width).map(|value| number(value, big, signed)).collect();
        ends(data).map_err(fail)?;
        let rows = values.chunks_exact(columns).map(<[i64]>::to_vec).collect();
        labels = Some(Labels { columns, rows });
        Ok(())
    })?;
    Ok(labels)
}

/// A whole number of 1 to 8 bytes; an unsigned one above the range of `i64`
/// becomes negative, which no label is.
fn number(bytes: &[u8], big: bool, signed: bool) -> i64 {
    let fold = |value: u64, byte: &u8| (value << 8) | u64::from(*byte);
    let value = if big { bytes.iter().fold(0, fold) } else { bytes.iter().rev().fold(0, fold) };
    let unused = 64 - 8 * bytes.len() as u32;
    if signed { ((value << unused) as i64) >> unused } else { value as i64 }
}

/// Hands an array on in pieces of `item * items` bytes (the last may be
/// shorter), then checks its checksum.
pub(super) fn stream(
    zip: &mut Zip,
    path: &Path,
    name: &str,
    item: usize,
    items: usize,
    sink: &mut dyn FnMut(&[u8]) -> Result<(), DataError>,
) -> Result<(), DataError> {
    visit(zip, path, name, &mut |_, data, length| {
        let mut left = usize::try_from(length).unwrap_or(usize::MAX);
        let mut buffer = vec![0; left.min(item * items)];
        while left > 0 {
            let part = left.min(buffer.len());
            data.read_exact(&mut buffer[..part])
                .map_err(|error| fail(path, name, &truncated(&error)))?;
            sink(&buffer[..part])?;
            left -= part;
        }
        ends(data).map_err(|reason| fail(path, name, &reason))
    })
}

/// Takes a header, the reader behind it and the number of bytes to read.
type Visitor<'a> = dyn FnMut(NpyHeader, &mut dyn Read, u64) -> Result<(), DataError> + 'a;

/// Opens an array and checks that its header agrees with the directory of the
/// archive about its length, so that nobody is made to reserve memory for data
/// that are not there.
fn visit(
    zip: &mut Zip,
    path: &Path,
    name: &str,
    visitor: &mut Visitor<'_>,
) -> Result<(), DataError> {
    let mut entry = match zip.by_name(&format!("{name}.npy")) {
        Ok(entry) => entry,
        Err(ZipError::FileNotFound) => return Ok(()),
        Err(error) => return Err(fail(path, name, &format!("cannot be read: {error}"))),
    };
    let size = entry.size();
    let (npy, start) = header(&mut entry).map_err(|reason| fail(path, name, &reason))?;
    let item = kind(&npy).map_or(0, |(_, bytes)| bytes as u64);
    let length = npy.shape().iter().try_fold(item, |length, &n| length.checked_mul(n));
    match length {
        Some(length) if item == 0 || start as u64 + length == size => {
            visitor(npy, &mut entry, length)
        }
        _ => {
            let shape = npy.shape();
            let reason = format!(
                "has {} bytes of data, its shape {shape:?} needs {}; the archive is damaged",
                size.saturating_sub(start as u64),
                length.map_or_else(|| "far more".to_owned(), |length| length.to_string())
            );
            Err(fail(path, name, &reason))
        }
    }
}

/// Reads a header and says how long it is. The shape is looked at first: a
/// product of sides that overflows is not for the parser to find.
fn header(entry: &mut dyn Read) -> Result<(NpyHeader, usize), String> {
    let mut bytes = vec![0; 10];
    entry.read_exact(&mut bytes).map_err(|error| truncated(&error))?;
    if &bytes[..6] != b"\x93NUMPY" {
        return Err("is not a numpy array".into());
    }
    let mut length = usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
    if bytes[6] >= 2 {
        bytes.resize(12, 0);
        entry.read_exact(&mut bytes[10..]).map_err(|error| truncated(&error))?;
        length = u32::from_le_bytes([bytes[8], bytes[9], bytes[10], bytes[11]]) as usize;
    }
    if length > HEADER {
        return Err(format!("has a header of {length} bytes, which no array needs"));
    }
    let start = bytes.len() + length;
    let text = bytes.len();
    bytes.resize(start, 0);
    entry.read_exact(&mut bytes[text..]).map_err(|error| truncated(&error))?;
    if !shape_is_sane(&String::from_utf8_lossy(&bytes[text..])) {
        return Err("has a header without a usable shape".into());
    }
    let npy = NpyHeader::from_reader(Cursor::new(&bytes))
        .map_err(|error| format!("has a header that cannot be read: {error}"))?;
    if npy.uses_pickled_array() {
        return Err("holds pickled Python objects, which are not read".into());
    }
    Ok((npy, start))
}

fn shape_is_sane(header: &str) -> bool {
    let after = header.split_once("'shape'").or_else(|| header.split_once("\"shape\""));
    let inside =
        after.and_then(|(_, rest)| rest.split_once('(')).and_then(|(_, rest)| rest.split_once(')'));
    let Some((inside, _)) = inside else { return false };
    inside
        .split(',')
        .map(|side| side.trim().trim_end_matches('L'))
        .filter(|side| !side.is_empty())
        .try_fold(1_u64, |product, side| product.checked_mul(side.parse::<u64>().ok()?.max(1)))
        .is_some_and(|product| product < 1 << 48)
}

/// Reads past the end: that is when the archive checks its checksum.
fn ends(data: &mut dyn Read) -> Result<(), String> {
    let mut byte = [0];
    match data.read(&mut byte) {
        Ok(0) => Ok(()),
        Ok(_) => Err("is longer than its header says; the archive is damaged".into()),
        Err(error) => Err(truncated(&error)),
    }
}

fn truncated(error: &io::Error) -> String {
    format!("is truncated or damaged ({error}); download the archive again")
}

fn fail(path: &Path, name: &str, reason: &str) -> DataError {
    DataError::Npz { path: path.to_path_buf(), reason: format!("array `{name}` {reason}") }
}
