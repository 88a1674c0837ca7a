//! BUSI: `benign (1).png` with `benign (1)_mask.png` beside it, and further
//! masks `_mask_1.png`, `_mask_2.png`; the mask of an image is their union.
//! Names one a line, or all images of the folder.

use std::path::{Path, PathBuf};

use super::rows::{Row, Rows};
use super::{Input, images, lines, scr};
use crate::data::error::DataError;

pub(super) fn read(input: &Input<'_>) -> Result<Rows, DataError> {
    let lists = input.lists();
    let mut rows = Rows::new(vec![scr::structure(input)], None, !lists.is_empty());
    let mut several = 0;
    let mut cell = |name: &str| {
        let masks = masks(input, name);
        several += usize::from(masks.len() > 1);
        scr::joined(&masks)
    };
    if lists.is_empty() {
        rows.list(input.images);
        for name in images::below(input.images)? {
            if is_mask(&name) {
                continue;
            }
            let labels = [cell(&name)];
            rows.push(&Row { image: &name, labels: &labels, ..Row::default() });
        }
    }
    for (split, path) in lists {
        rows.list(path);
        for (line, name) in lines::read(path)? {
            let name = name.trim();
            if is_mask(name) {
                let reason = format!("names `{name}`, which is a mask, expected an image");
                return Err(lines::fail(path, line, 1, reason));
            }
            let labels = [cell(name)];
            rows.push(&Row {
                line,
                image: name,
                labels: &labels,
                split: Some(split),
                ..Row::default()
            });
        }
    }
    if several > 0 {
        rows.notes.push(format!("{several} images have several masks, whose union counts"));
    }
    Ok(rows)
}

/// Whether a name ends with `_mask`, or `_mask_` and a number.
fn is_mask(name: &str) -> bool {
    let stem = images::stem(name);
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let before = match stem.rsplit_once('_') {
        Some((before, number)) if digits(number) => before,
        _ => stem,
    };
    before.ends_with("_mask")
}

/// The masks of an image, beside it or in the folders of the list.
fn masks(input: &Input<'_>, name: &str) -> Vec<PathBuf> {
    let beside = input.images.join(name);
    let beside = beside.parent().unwrap_or(Path::new(".")).to_path_buf();
    let folders = if input.list.masks.is_empty() { vec![beside] } else { input.list.masks.clone() };
    let stem = images::stem(name);
    for folder in &folders {
        let first = folder.join(format!("{stem}_mask.png"));
        if !first.is_file() {
            continue;
        }
        let more = (1..).map(|number| folder.join(format!("{stem}_mask_{number}.png")));
        return std::iter::once(first).chain(more.take_while(|path| path.is_file())).collect();
    }
    vec![folders[0].join(format!("{stem}_mask.png"))]
}
