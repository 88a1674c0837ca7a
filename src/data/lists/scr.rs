//! SCR: names such as `JPCLN001`, one a line, with masks `NAME.gif` in one or
//! several folders, whose union counts (left and right lung). Without lists
//! the folders `fold1` and `fold2` tell train and test.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::rows::{Row, Rows};
use super::{Input, images, lines};
use crate::data::dataset::Split;
use crate::data::error::DataError;

/// What follows a name in the file names of its image; the benchmark's first.
const ENDINGS: [&str; 8] = [".IMG.png", ".png", ".IMG", ".tif", ".tiff", ".jpg", ".bmp", ".gif"];

pub(super) fn read(input: &Input<'_>) -> Result<Rows, DataError> {
    let masks = masks(input)?;
    let lists = input.lists();
    let structure = structure(input);
    if lists.is_empty() {
        return Ok(of_folders(input, structure, &masks));
    }
    let mut rows = Rows::new(vec![structure], None, true);
    for (split, path) in lists {
        rows.list(path);
        for (line, name) in lines::read(path)? {
            let name = name.trim();
            let of_name = masks.get(name).ok_or_else(|| {
                let reason =
                    format!("names `{name}`, of which no folder of `list.masks` has a mask");
                lines::fail(path, line, 1, reason)
            })?;
            rows.push(&Row {
                line,
                image: &image(input.images, name),
                labels: &[joined(of_name)],
                split: Some(split),
                ..Row::default()
            });
        }
    }
    Ok(rows)
}

fn of_folders(
    input: &Input<'_>,
    structure: String,
    masks: &BTreeMap<String, Vec<PathBuf>>,
) -> Rows {
    let fold = |paths: &[PathBuf]| {
        let parts = || paths.iter().flat_map(|path| path.components());
        let named = |name: &str| parts().any(|part| part.as_os_str() == name);
        match (named("fold1"), named("fold2")) {
            (true, false) => Some(Split::Train),
            (false, true) => Some(Split::Test),
            _ => None,
        }
    };
    let told = masks.values().all(|paths| fold(paths).is_some());
    let mut rows = Rows::new(vec![structure], None, told);
    rows.list(input.images);
    for (name, paths) in masks {
        rows.push(&Row {
            image: &image(input.images, name),
            labels: &[joined(paths)],
            split: fold(paths).filter(|_| told),
            ..Row::default()
        });
    }
    rows
}

/// The mask files of each name.
fn masks(input: &Input<'_>) -> Result<BTreeMap<String, Vec<PathBuf>>, DataError> {
    if input.list.masks.is_empty() {
        return Err(input.fail("`list.masks` is missing; it names the folders of masks"));
    }
    let mut masks: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    for folder in &input.list.masks {
        for file in images::below(folder)? {
            masks.entry(images::stem(&file).to_owned()).or_default().push(folder.join(&file));
        }
    }
    Ok(masks)
}

/// The name of the one structure of a task.
pub(super) fn structure(input: &Input<'_>) -> String {
    let named = input.task.classes.first().or(input.task.labels.first());
    named.cloned().unwrap_or_else(|| "structure".into())
}

/// Several files as the cell of a manifest.
pub(super) fn joined(paths: &[PathBuf]) -> String {
    let paths: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
    paths.join("|")
}

fn image(folder: &Path, name: &str) -> String {
    let files = ENDINGS.iter().map(|ending| format!("{name}{ending}"));
    files
        .into_iter()
        .find(|file| folder.join(file).is_file())
        .unwrap_or_else(|| format!("{name}{}", ENDINGS[0]))
}
