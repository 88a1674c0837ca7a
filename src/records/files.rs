//! JSON files that carry a format, and writing whole files or none.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{FORMAT, RecordError, leftovers};

/// Reads a JSON file that carries `format`.
pub fn read_json<T: DeserializeOwned>(path: &Path, what: &'static str) -> Result<T, RecordError> {
    let text = fs::read(path).map_err(RecordError::io("read", path))?;
    parse_json(path, &text, what)
}

/// The same of what was read already.
pub(super) fn parse_json<T: DeserializeOwned>(
    path: &Path,
    text: &[u8],
    what: &'static str,
) -> Result<T, RecordError> {
    let malformed = |error: serde_json::Error| RecordError::Malformed {
        path: path.to_path_buf(),
        what,
        reason: error.to_string(),
    };
    // Not through a `Value`: it sorts keys, and the order of a study's tables
    // is the order of its figures.
    let format = match leading_format(text) {
        Some(format) => format,
        None => serde_json::from_slice::<Format>(text).map_err(malformed)?.format,
    };
    if format > FORMAT {
        return Err(RecordError::TooNew { path: path.to_path_buf(), got: format });
    }
    serde_json::from_slice(text).map_err(malformed)
}

/// The format of a file that begins with it, as all that this program writes do: the
/// rest, which may be long, is then read once. A second one is refused by whoever reads
/// the rest.
pub(super) fn leading_format(text: &[u8]) -> Option<u32> {
    let rest = text.trim_ascii_start().strip_prefix(b"{")?.trim_ascii_start();
    let rest = rest.strip_prefix(b"\"format\"")?.trim_ascii_start();
    let rest = rest.strip_prefix(b":")?.trim_ascii_start();
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let ends = matches!(rest.get(digits), Some(b',' | b'}' | b'\n' | b'\r' | b' ' | b'\t'));
    std::str::from_utf8(&rest[..digits]).ok()?.parse().ok().filter(|_| ends)
}

/// The part of every JSON file that must be understood first.
#[derive(Deserialize)]
struct Format {
    format: u32,
}

/// Writes a value as indented JSON, atomically.
pub fn write_json<T: Serialize>(path: &Path, value: &T) -> Result<(), RecordError> {
    let mut text = serde_json::to_vec_pretty(value).map_err(|error| RecordError::Malformed {
        path: path.to_path_buf(),
        what: "JSON value",
        reason: error.to_string(),
    })?;
    text.push(b'\n');
    write_atomic(path, |file| file.write_all(&text))
}

/// Writes a file beside its place, flushes it to disk and renames it.
///
/// # Errors
/// Whatever the file system says (disk full, read-only folder); the file that
/// was there before is untouched then.
pub fn write_atomic(
    path: &Path,
    write: impl FnOnce(&mut io::BufWriter<&File>) -> io::Result<()>,
) -> Result<(), RecordError> {
    let parent = path.parent().unwrap_or_else(|| Path::new("."));
    fs::create_dir_all(parent).map_err(RecordError::io("create", parent))?;
    let temporary = beside(parent).map_err(RecordError::io("write", path))?;
    let result = (|| {
        let mut buffer = io::BufWriter::new(temporary.as_file());
        write(&mut buffer)?;
        buffer.flush()?;
        drop(buffer);
        temporary.as_file().sync_data()
    })();
    result.map_err(RecordError::io("write", path))?;
    temporary.persist(path).map_err(|e| RecordError::io("write", path)(e.error))?;
    Ok(())
}

/// A file that gets its name later, readable by whoever the umask lets: what a
/// command writes is an ordinary file, not a secret.
pub(super) fn beside(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(leftovers::PREFIX).rand_bytes(leftovers::RANDOM);
    #[cfg(unix)]
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o666);
    #[cfg(unix)]
    builder.permissions(mode);
    builder.tempfile_in(folder)
}
