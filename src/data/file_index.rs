//! Content hashes of files, remembered: a file whose length and times have not
//! changed is not read again.

use std::collections::BTreeMap;
use std::fs::{self, File, Metadata};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::decode::{hash, hex};
use crate::records::write_atomic;

/// A file that changed this shortly before it was hashed may have changed
/// again within the resolution of its time stamp; it is hashed anew.
const SETTLED: u64 = 2_000_000_000;

#[derive(Clone, Serialize, Deserialize)]
struct Entry {
    len: u64,
    /// Nanoseconds since 1970.
    changed: u64,
    hashed: u64,
    sha256: String,
}

/// SHA-256 of every file, or what is wrong with it. `owner` names the list of
/// files (the manifest) that is remembered together.
pub(super) fn hashes(
    cache_dir: &Path,
    owner: &Path,
    files: &[PathBuf],
) -> Vec<Result<String, String>> {
    let index = index_path(cache_dir, owner);
    let known = load(&index);
    let entries: Vec<Result<(String, Entry), String>> = files
        .par_iter()
        .map(|file| {
            let key = file.to_string_lossy().into_owned();
            let entry = entry(file, known.get(&key)).map_err(|error| describe(&error))?;
            Ok((key, entry))
        })
        .collect();
    let fresh: BTreeMap<&String, &Entry> =
        entries.iter().flatten().map(|(key, entry)| (key, entry)).collect();
    let same = fresh.len() == known.len()
        && fresh.iter().all(|(key, new)| {
            known.get(*key).is_some_and(|old| old.sha256 == new.sha256 && old.hashed == new.hashed)
        });
    if !same {
        save(&index, &fresh);
    }
    entries.into_iter().map(|entry| entry.map(|(_, entry)| entry.sha256)).collect()
}

fn index_path(cache_dir: &Path, owner: &Path) -> PathBuf {
    let owner = fs::canonicalize(owner).unwrap_or_else(|_| owner.to_path_buf());
    let name = hash(owner.to_string_lossy().as_bytes());
    cache_dir.join("index").join(format!("{}.json", &name[..16]))
}

/// The index is only there to save time: one that cannot be read is made anew.
fn load(index: &Path) -> BTreeMap<String, Entry> {
    fs::read(index).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
}

/// One that cannot be written costs time at the next start and nothing else.
fn save(index: &Path, entries: &BTreeMap<&String, &Entry>) {
    let write = || -> io::Result<()> {
        let json = serde_json::to_vec(entries)?;
        write_atomic(index, |file| file.write_all(&json)).map_err(io::Error::other)
    };
    let _ = write();
}

fn entry(file: &Path, known: Option<&Entry>) -> io::Result<Entry> {
    let meta = fs::metadata(file)?;
    if !meta.is_file() {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is not a file"));
    }
    let (len, changed) = (meta.len(), changed(&meta));
    if let Some(entry) = known
        && entry.len == len
        && entry.changed == changed
        && changed.saturating_add(SETTLED) < entry.hashed
    {
        return Ok(entry.clone());
    }
    let hashed = nanoseconds(SystemTime::now());
    Ok(Entry { len, changed, hashed, sha256: sha256(file)? })
}

/// When content or name last changed. The change time, where there is one,
/// also moves when the modification time is set back by hand.
fn changed(meta: &Metadata) -> u64 {
    let modified = meta.modified().map(nanoseconds).unwrap_or(u64::MAX);
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let changed = meta.ctime() as u64 * 1_000_000_000 + meta.ctime_nsec() as u64;
        modified.max(changed)
    }
    #[cfg(not(unix))]
    modified
}

fn nanoseconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos() as u64)
}

/// SHA-256 of a file's bytes, read in pieces.
pub(super) fn sha256(file: &Path) -> io::Result<String> {
    let mut file = File::open(file)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok(hex(&hasher.finalize()));
        }
        hasher.update(&buffer[..read]);
    }
}

fn describe(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "does not exist".into(),
        _ => format!("cannot be read: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changed_content_changes_the_hash() {
        let folder = tempfile::tempdir().expect("folder");
        let file = folder.path().join("a");
        let files = [file.clone(), folder.path().join("missing")];
        fs::write(&file, b"one").expect("write");
        let first = hashes(folder.path(), &file, &files);
        assert_eq!(first[0].as_deref(), Ok(hash(b"one").as_str()));
        assert_eq!(first[1].as_deref(), Err(&"does not exist".to_owned()));
        // Same length, within the resolution of the clock.
        fs::write(&file, b"two").expect("write");
        assert_eq!(hashes(folder.path(), &file, &files)[0], Ok(hash(b"two")));
    }

    #[test]
    fn settled_files_are_not_read_again() {
        let folder = tempfile::tempdir().expect("folder");
        let file = folder.path().join("a");
        fs::write(&file, b"one").expect("write");
        let meta = fs::metadata(&file).expect("metadata");
        let known = Entry {
            len: 3,
            changed: changed(&meta),
            hashed: u64::MAX,
            sha256: "remembered".into(),
        };
        assert_eq!(entry(&file, Some(&known)).expect("entry").sha256, "remembered");
        let racy = Entry { hashed: known.changed, ..known };
        assert_eq!(entry(&file, Some(&racy)).expect("entry").sha256, hash(b"one"));
    }

    #[test]
    fn a_broken_index_is_made_anew() {
        let folder = tempfile::tempdir().expect("folder");
        let file = folder.path().join("a");
        fs::write(&file, b"one").expect("write");
        let index = index_path(folder.path(), &file);
        fs::create_dir_all(index.parent().expect("parent")).expect("folder");
        fs::write(&index, b"{ broken").expect("write");
        let got = hashes(folder.path(), &file, std::slice::from_ref(&file));
        assert_eq!(got[0], Ok(hash(b"one")));
        assert_eq!(load(&index).len(), 1);
    }
}
