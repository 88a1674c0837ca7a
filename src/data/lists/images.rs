//! Images that a folder tells.

use std::fs;
use std::path::{Path, PathBuf};

use crate::data::error::DataError;
use crate::data::manifest::image_ending;

/// How deep folders are looked through.
const DEPTH: usize = 8;

/// Image files below a folder by the paths from it, with slashes, in order.
pub(super) fn below(folder: &Path) -> Result<Vec<String>, DataError> {
    let mut found = Vec::new();
    walk(folder, folder, DEPTH, &mut found)?;
    found.sort();
    Ok(found)
}

fn walk(
    root: &Path,
    folder: &Path,
    depth: usize,
    found: &mut Vec<String>,
) -> Result<(), DataError> {
    let entries = fs::read_dir(folder).map_err(DataError::io("list folder", folder))?;
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.starts_with('.') {
            continue;
        }
        if path.is_dir() {
            if depth > 0 {
                walk(root, &path, depth - 1, found)?;
            }
        } else if image_ending(&name).is_some()
            || Path::new(&name).extension().is_some_and(|ending| ending == "IMG")
        {
            let below = path.strip_prefix(root).unwrap_or(&path);
            found.push(below.to_string_lossy().replace('\\', "/"));
        }
    }
    Ok(())
}

/// The last part of a path without the ending of an image.
pub(super) fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    match name.rsplit_once('.') {
        Some((stem, _)) if image_ending(name).is_some() => stem,
        _ => name,
    }
}
