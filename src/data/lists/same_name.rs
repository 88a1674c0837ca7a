//! Masks that have the names of their images, in one folder or in several
//! whose union counts (Montgomery's left and right lung). Names one a line,
//! or all images of the folder.

use std::path::Path;

use super::rows::{Row, Rows};
use super::{Input, images, lines, scr};
use crate::data::error::DataError;

pub(super) fn read(input: &Input<'_>) -> Result<Rows, DataError> {
    if input.list.masks.is_empty() {
        return Err(input.fail("`list.masks` is missing; it names the folders of masks"));
    }
    let lists = input.lists();
    let mut rows = Rows::new(vec![scr::structure(input)], None, !lists.is_empty());
    if lists.is_empty() {
        rows.list(input.images);
        for name in images::below(input.images)? {
            rows.push(&Row { image: &name, labels: &[masks(input, &name)], ..Row::default() });
        }
    }
    for (split, path) in lists {
        rows.list(path);
        for (line, name) in lines::read(path)? {
            let name = name.trim();
            let labels = [masks(input, name)];
            rows.push(&Row {
                line,
                image: name,
                labels: &labels,
                split: Some(split),
                ..Row::default()
            });
        }
    }
    Ok(rows)
}

/// The mask of a name in each folder: of the same ending, else of another.
fn masks(input: &Input<'_>, name: &str) -> String {
    let of_folder = |folder: &std::path::PathBuf| {
        let same = folder.join(name);
        if same.is_file() {
            return same;
        }
        let stem = images::stem(name);
        let parent = Path::new(name).parent().unwrap_or(Path::new(""));
        let other = ["png", "gif", "tif", "tiff", "bmp", "jpg"]
            .map(|ending| folder.join(parent).join(format!("{stem}.{ending}")));
        other.into_iter().find(|path| path.is_file()).unwrap_or(same)
    };
    scr::joined(&input.list.masks.iter().map(of_folder).collect::<Vec<_>>())
}
