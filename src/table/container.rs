//! What a file is, by its first bytes: endings lie.

use std::io::{Cursor, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;
use zip::ZipArchive;

use super::error::TableError;

/// A file after its wrapping was taken off.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Content {
    Text(Vec<u8>),
    Parquet(Vec<u8>),
    Workbook(Vec<u8>),
}

/// The largest file that a wrapped one may become. More is not a table of results
/// but a bomb, or one that should be Parquet.
const LIMIT: u64 = 2 << 30;
/// A wrapping within a wrapping is somebody's habit (`.csv.gz` in a zip); more than
/// this is a quine.
const DEPTH: usize = 3;

/// Files that are taken for tables now and then, and are none: first bytes, what
/// they are, the way out.
const OTHERS: [(&[u8], &str, &str); 9] = [
    (
        b"ARROW1",
        "an Arrow (Feather) file",
        "write it as Parquet: df.to_parquet(\"results.parquet\")",
    ),
    (b"\x89HDF", "an HDF5 file", "write the table as CSV: df.to_csv(\"results.csv\", index=False)"),
    (b"SQLite format 3", "an SQLite database", "export the table as CSV"),
    (
        b"\x93NUMPY",
        "a NumPy array",
        "write it with names of columns: pandas.DataFrame(a, columns=[...]).to_csv(\"results.csv\", index=False)",
    ),
    (b"BZh", "a bzip2 archive", "unpack it: bunzip2 FILE"),
    (b"\xfd7zXZ", "an xz archive", "unpack it: unxz FILE"),
    (b"7z\xbc\xaf", "a 7-Zip archive", "unpack it"),
    (b"%PDF", "a PDF", "copy the table into a CSV file, one result in each row"),
    (
        b"\x80\x04",
        "a Python pickle, which is not read because it can run code",
        "write it as CSV: df.to_csv(\"results.csv\", index=False)",
    ),
];

/// Takes off compression and tells the kinds apart; the words say what was taken off.
pub(super) fn open(
    path: &Path,
    bytes: &[u8],
    words: &mut Vec<String>,
) -> Result<Content, TableError> {
    let mut bytes = bytes.to_vec();
    for _ in 0..DEPTH {
        if bytes.starts_with(b"PAR1") {
            return Ok(Content::Parquet(bytes));
        }
        // The compound files of Excel before 2007.
        if bytes.starts_with(b"\xd0\xcf\x11\xe0") {
            return Ok(Content::Workbook(bytes));
        }
        if let Some((_, what, way)) = OTHERS.iter().find(|(magic, ..)| bytes.starts_with(magic)) {
            return Err(TableError::file(path, format!("is {what}, expected a table; {way}")));
        }
        if bytes.starts_with(&[0x1f, 0x8b]) {
            bytes = inflate(path, MultiGzDecoder::new(bytes.as_slice()), "gzip")?;
            words.push("gzip".into());
        } else if bytes.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
            let decoder = zstd::Decoder::new(bytes.as_slice())
                .map_err(|error| TableError::file(path, format!("is damaged zstd: {error}")))?;
            bytes = inflate(path, decoder, "zstd")?;
            words.push("zstd".into());
        } else if bytes.starts_with(b"PK\x03\x04") {
            match zipped(path, &bytes)? {
                None => return Ok(Content::Workbook(bytes)),
                Some(inner) => bytes = inner,
            }
            words.push("zip".into());
        } else if bytes.starts_with(b"PK\x05\x06") {
            return Err(TableError::file(path, "is an empty zip archive, expected a table"));
        } else {
            return Ok(Content::Text(bytes));
        }
    }
    Err(TableError::file(path, "is an archive within archives; unpack it"))
}

/// The one file of an archive, or nothing where it is a workbook.
fn zipped(path: &Path, bytes: &[u8]) -> Result<Option<Vec<u8>>, TableError> {
    let fail = |error: zip::result::ZipError| {
        TableError::file(path, format!("is a damaged zip archive or workbook: {error}"))
    };
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(fail)?;
    let names: Vec<String> = archive
        .file_names()
        .filter_map(Result::ok)
        .filter(|name| !name.ends_with('/') && !name.starts_with("__MACOSX/"))
        .map(std::borrow::Cow::into_owned)
        .collect();
    let workbook = ["xl/workbook.xml", "xl/workbook.bin", "content.xml"];
    if names.iter().any(|name| workbook.contains(&name.as_str())) {
        return Ok(None);
    }
    if names.iter().any(|name| name.to_lowercase().ends_with(".npy")) {
        let reason = "is a NumPy archive (npz), expected a table; write it as CSV with names of \
                      columns";
        return Err(TableError::file(path, reason));
    }
    let [name] = names.as_slice() else {
        let reason = format!(
            "is a zip archive of {} files, expected one table; unpack it and give the files that \
             count",
            names.len()
        );
        return Err(TableError::file(path, reason));
    };
    let file = archive.by_name(name).map_err(fail)?;
    inflate(path, file, "zip").map(Some)
}

fn inflate(path: &Path, source: impl Read, kind: &str) -> Result<Vec<u8>, TableError> {
    let mut bytes = Vec::new();
    source.take(LIMIT + 1).read_to_end(&mut bytes).map_err(|error| {
        TableError::file(path, format!("is damaged {kind}, or only a part of it: {error}"))
    })?;
    if bytes.len() as u64 > LIMIT {
        let reason = format!("unpacks to more than {} GiB; write it as Parquet", LIMIT >> 30);
        return Err(TableError::file(path, reason));
    }
    Ok(bytes)
}
