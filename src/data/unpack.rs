//! Unpacks a zip archive into a folder, and nowhere else.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use zip::ZipArchive;

/// Most bytes that an archive may unpack to.
const MOST: u64 = 1 << 40;

/// Why an archive is not unpacked.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum UnpackError {
    #[error("{path} is no zip archive that can be read: {reason}; fetch it again")]
    Archive { path: PathBuf, reason: String },
    #[error(
        "{path} has an entry {entry:?}, which leads out of the folder; nothing was unpacked: do not \
         use this archive"
    )]
    LeadsOut { path: PathBuf, entry: String },
    #[error("{path} would unpack to more than {most} bytes; unpack it by hand")]
    TooLarge { path: PathBuf, most: u64 },
    #[error("cannot {op} {path}: {source}")]
    Io { op: &'static str, path: PathBuf, source: io::Error },
}

/// Unpacks all files; a folder that holds everything else is left out. How
/// many files there are.
///
/// # Errors
/// Before anything is written, where an entry leads out of the folder or is a
/// link.
pub(super) fn unpack(path: &Path, folder: &Path) -> Result<usize, UnpackError> {
    let io_error = |op, at: &Path| {
        let path = at.to_path_buf();
        move |source| UnpackError::Io { op, path, source }
    };
    let damaged = |reason: &dyn std::fmt::Display| UnpackError::Archive {
        path: path.to_path_buf(),
        reason: reason.to_string(),
    };
    let file = File::open(path).map_err(io_error("read", path))?;
    let mut archive = ZipArchive::new(file).map_err(|error| damaged(&error))?;
    let mut entries = Vec::new();
    let mut total = 0_u64;
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).map_err(|error| damaged(&error))?;
        let name = entry.name().map_err(|error| damaged(&error))?.into_owned();
        let inner = inside(&name).filter(|_| !entry.is_symlink());
        let inner = inner.ok_or_else(|| UnpackError::LeadsOut {
            path: path.to_path_buf(),
            entry: name.clone(),
        })?;
        total = total.saturating_add(entry.size());
        // What other systems add beside the files.
        let extra = inner.components().any(|part| part.as_os_str() == "__MACOSX")
            || inner.file_name().is_some_and(|name| name == ".DS_Store" || name == "Thumbs.db");
        if entry.is_file() && !extra {
            entries.push((index, inner));
        }
    }
    if total > MOST {
        return Err(UnpackError::TooLarge { path: path.to_path_buf(), most: MOST });
    }
    let shared = shared(&entries);
    for (index, inner) in &entries {
        let place = folder.join(inner.strip_prefix(&shared).unwrap_or(inner));
        let parent = place.parent().unwrap_or(folder);
        fs::create_dir_all(parent).map_err(io_error("create", parent))?;
        let entry = archive.by_index(*index).map_err(|error| damaged(&error))?;
        let size = entry.size();
        let mut out = File::create(&place).map_err(io_error("create", &place))?;
        let copied =
            io::copy(&mut entry.take(size), &mut out).map_err(|error| match error.kind() {
                io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => damaged(&error),
                _ => io_error("write", &place)(error),
            })?;
        if copied != size {
            return Err(damaged(&format!("{} is cut off", inner.display())));
        }
    }
    Ok(entries.len())
}

/// An entry's path, where it stays inside of a folder.
fn inside(name: &str) -> Option<PathBuf> {
    let slashed = name.replace('\\', "/");
    let path = Path::new(&slashed);
    let drive = slashed.split('/').next().is_some_and(|first| first.contains(':'));
    let plain = |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
    let good = !drive && !slashed.contains('\0') && path.components().all(plain);
    good.then(|| path.components().filter(|part| *part != Component::CurDir).collect())
}

/// The folder that all files lie in; empty where there is none.
fn shared(entries: &[(usize, PathBuf)]) -> PathBuf {
    let first = |path: &PathBuf| {
        let mut parts = path.components();
        let first = parts.next().map(|part| part.as_os_str().to_owned());
        first.filter(|_| parts.next().is_some())
    };
    let mut all = entries.iter().map(|(_, path)| first(path));
    match all.next().flatten() {
        Some(folder) if all.all(|other| other.as_ref() == Some(&folder)) => folder.into(),
        _ => PathBuf::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    fn archive(folder: &Path, entries: &[&str]) -> PathBuf {
        let path = folder.join("a.zip");
        let mut zip = ZipWriter::new(File::create(&path).expect("created"));
        for entry in entries {
            zip.start_file(*entry, SimpleFileOptions::default()).expect("begun");
            zip.write_all(entry.as_bytes()).expect("written");
        }
        zip.finish().expect("closed");
        path
    }

    #[test]
    fn files_come_out_without_the_folder_around_them() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = archive(
            folder.path(),
            &["Set/images/a.png", "Set/b.txt", "__MACOSX/Set/._b", "Set/.DS_Store"],
        );
        let into = folder.path().join("into");
        assert_eq!(unpack(&path, &into).expect("unpacked"), 2);
        let text = fs::read_to_string(into.join("images/a.png")).expect("a file");
        assert_eq!(text, "Set/images/a.png");
        assert!(into.join("b.txt").is_file());
        let path = archive(folder.path(), &["x/a", "y/b"]);
        let into = folder.path().join("two");
        assert_eq!(unpack(&path, &into).expect("unpacked"), 2);
        assert!(into.join("x/a").is_file() && into.join("y/b").is_file());
    }

    #[test]
    fn nothing_leads_out_of_the_folder() {
        for entry in
            ["../evil", "a/../../evil", "/etc/evil", "a\\..\\..\\evil", "C:\\evil", "..", "a/.."]
        {
            let folder = tempfile::tempdir().expect("a folder");
            let path = archive(folder.path(), &["good/a", entry]);
            let into = folder.path().join("deep/into");
            let error = unpack(&path, &into).expect_err(entry).to_string();
            assert!(error.contains("leads out of the folder"), "{error}");
            assert!(!into.exists() && !folder.path().join("deep/evil").exists(), "{entry}");
        }
        assert_eq!(inside("./a/./b"), Some("a/b".into()));
    }

    #[test]
    fn damage_is_told() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = archive(folder.path(), &["good/a", "good/b"]);
        let bytes = fs::read(&path).expect("read");
        fs::write(&path, &bytes[..bytes.len() / 2]).expect("written");
        let error = unpack(&path, folder.path()).expect_err("cut").to_string();
        assert!(error.contains("is no zip archive that can be read"), "{error}");
    }
}
