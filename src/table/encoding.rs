//! From bytes to text: byte-order marks, UTF-8, UTF-16, and what Western Windows
//! writes.

use std::path::Path;

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::error::TableError;

/// The text of a file, without a byte-order mark; what it was written in goes into
/// the words where it is not UTF-8.
pub(super) fn decode(
    path: &Path,
    bytes: Vec<u8>,
    words: &mut Vec<String>,
) -> Result<String, TableError> {
    let wide = if bytes.starts_with(&[0xff, 0xfe]) {
        Some(UTF_16LE)
    } else if bytes.starts_with(&[0xfe, 0xff]) {
        Some(UTF_16BE)
    } else {
        zeros_tell(&bytes)
    };
    let text = match wide {
        Some(encoding) => {
            words.push("UTF-16".into());
            whole(path, encoding, &bytes)?
        }
        None => narrow(path, bytes, words)?,
    };
    if let Some(at) = text.find('\0') {
        let line = 1 + text[..at].matches('\n').count();
        let reason = "holds a zero byte: is it a table, or is it damaged? Expected CSV, Parquet, \
                      JSON lines or a workbook";
        return Err(TableError::line(path, line as u64, reason));
    }
    let text = match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_string(),
        None => text,
    };
    // Old Macs ended lines by a carriage return alone.
    if text.contains('\r') && !text.contains('\n') {
        return Ok(text.replace('\r', "\n"));
    }
    Ok(text)
}

/// UTF-16 without a mark shows by the zeros of its Latin letters.
fn zeros_tell(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(512) & !1];
    if head.len() < 4 {
        return None;
    }
    let zeros = |from: usize| head.iter().skip(from).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd, half) = (zeros(0), zeros(1), head.len() / 2);
    if odd * 10 > half * 8 && even * 10 < half {
        return Some(UTF_16LE);
    }
    (even * 10 > half * 8 && odd * 10 < half).then_some(UTF_16BE)
}

fn whole(path: &Path, encoding: &'static Encoding, bytes: &[u8]) -> Result<String, TableError> {
    let (text, _, faulty) = encoding.decode(bytes);
    if faulty {
        let line = 1 + text.split('\u{fffd}').next().unwrap_or_default().matches('\n').count();
        let reason = "is no whole UTF-16 text; save the file as UTF-8";
        return Err(TableError::line(path, line as u64, reason));
    }
    Ok(text.into_owned())
}

fn narrow(path: &Path, bytes: Vec<u8>, words: &mut Vec<String>) -> Result<String, TableError> {
    let bytes = match String::from_utf8(bytes) {
        Ok(text) => return Ok(text),
        Err(error) => error.into_bytes(),
    };
    let line = |at: usize| bytes[..at].split(|byte| *byte == b'\n').count() as u64;
    let bad = std::str::from_utf8(&bytes).err().map_or(0, |error| error.valid_up_to());
    // Letters that are UTF-8 beside a byte that is not: a damaged file, or two glued
    // together. Read as anything else, the good letters would turn into others.
    if bytes[..bad].iter().any(|byte| !byte.is_ascii()) || later_letters(&bytes[bad..]) {
        let reason = "is UTF-8 elsewhere and not in this line; save the file as UTF-8";
        return Err(TableError::line(path, line(bad), reason));
    }
    let binary = bytes.iter().filter(|byte| **byte < 9 || (14..32).contains(*byte)).count();
    if binary * 100 > bytes.len() {
        let reason = "is no text, expected a table: CSV, Parquet, JSON lines or a workbook";
        return Err(TableError::file(path, reason));
    }
    words.push(format!("Windows-1252 (Latin-1; line {} is not UTF-8)", line(bad)));
    let (text, _) = WINDOWS_1252.decode_without_bom_handling(&bytes);
    Ok(text.into_owned())
}

/// Whether bytes after the first bad one hold a letter of UTF-8 of two bytes or more.
fn later_letters(bytes: &[u8]) -> bool {
    bytes.utf8_chunks().skip(1).any(|chunk| !chunk.valid().is_ascii())
}
