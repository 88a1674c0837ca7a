//! What is damaged is kept where nothing believes it.

use std::fs;
use std::path::{Path, PathBuf};

use super::RecordError;

/// Folder, beside a file, for what was found damaged.
pub const ASIDE: &str = "set-aside";

/// Moves a file into the folder [`ASIDE`] beside it, under a name that is free,
/// and gives its new place.
///
/// # Errors
/// Whatever the file system says.
pub fn set_aside(path: &Path) -> Result<PathBuf, RecordError> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    moved(path, path, &name)
}

/// The same if the file is the one that `is_it` means, and not one that somebody put
/// there since.
///
/// # Errors
/// Whatever the file system says.
pub fn set_aside_if(
    path: &Path,
    is_it: impl Fn(&[u8]) -> bool,
) -> Result<Option<PathBuf>, RecordError> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let taken = super::withdraw(path, is_it).map_err(RecordError::io("set aside", path))?;
    taken.map(|taken| moved(&taken, path, &name)).transpose()
}

fn moved(from: &Path, path: &Path, name: &str) -> Result<PathBuf, RecordError> {
    let folder = path.parent().unwrap_or_else(|| Path::new(".")).join(ASIDE);
    fs::create_dir_all(&folder).map_err(RecordError::io("create", &folder))?;
    let named = |number: usize| match number {
        0 => folder.join(name),
        _ => folder.join(format!("{number}-{name}")),
    };
    let mut places = (0..100_000).map(named);
    let place = places.find(|place| fs::symlink_metadata(place).is_err());
    let place = place.unwrap_or_else(|| named(0));
    fs::rename(from, &place).map_err(RecordError::io("set aside", path))?;
    Ok(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_was_set_aside_is_lost() {
        let dir = tempfile::tempdir().expect("a folder");
        let file = dir.path().join("record.json");
        let mut places = Vec::new();
        for text in ["a", "b", "c"] {
            fs::write(&file, text).expect("written");
            let place = set_aside(&file).expect("moved");
            assert_eq!(fs::read_to_string(&place).expect("read"), text);
            places.push(place);
        }
        let names: Vec<_> = places.iter().filter_map(|place| place.file_name()).collect();
        assert_eq!(names, ["record.json", "1-record.json", "2-record.json"]);
        assert!(set_aside(&file).is_err() && !file.exists());
    }
}
