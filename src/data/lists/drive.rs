//! DRIVE: `training/images/21_training.tif` with the vessels in
//! `training/1st_manual/21_manual1.gif` and the field of view in
//! `training/mask/21_training_mask.gif`, and the same below `test`.

use std::path::{Path, PathBuf};

use super::rows::{Row, Rows};
use super::{Input, images, scr};
use crate::data::dataset::Split;
use crate::data::error::DataError;

pub(super) fn read(input: &Input<'_>) -> Result<Rows, DataError> {
    let structure = scr::structure(input);
    if let [masks] = input.list.masks.as_slice() {
        return in_one_folder(input, structure, masks);
    }
    let parts = [("training", Split::Train), ("test", Split::Test)];
    let told = |(folder, _): &(&str, Split)| input.images.join(folder).join("1st_manual").is_dir();
    let with_masks: Vec<_> = parts.into_iter().filter(told).collect();
    if with_masks.is_empty() {
        return Err(DataError::Folder {
            path: input.images.to_path_buf(),
            reason: "has neither training/1st_manual nor test/1st_manual, the folders of DRIVE's \
                     masks"
                .into(),
        });
    }
    let split = with_masks.len() == parts.len();
    let mut rows = Rows::new(vec![structure], None, split).seen();
    rows.list(input.images);
    for (folder, of_folder) in with_masks {
        let root = input.images.join(folder);
        for image in images::below(&root.join("images"))? {
            let number = images::stem(&image).split('_').next().unwrap_or_default();
            let mask = existing(&root.join("1st_manual"), &format!("{number}_manual1"));
            let field = existing(&root.join("mask"), &format!("{}_mask", images::stem(&image)));
            rows.push(&Row {
                image: &format!("{folder}/images/{image}"),
                labels: &[scr::joined(&[mask])],
                split: Some(of_folder).filter(|_| split),
                field_of_view: Some(&field.display().to_string()),
                ..Row::default()
            });
        }
    }
    if !split {
        rows.notes.push(
            "one of the folders training and test has no masks (1st_manual) and is left out".into(),
        );
    }
    Ok(rows)
}

/// The benchmark's copy: all images in one folder, all masks in another.
fn in_one_folder(input: &Input<'_>, structure: String, masks: &Path) -> Result<Rows, DataError> {
    let mut rows = Rows::new(vec![structure], None, false);
    rows.list(input.images);
    for image in images::below(input.images)? {
        let number = images::stem(&image).split('_').next().unwrap_or_default();
        let mask = existing(masks, &format!("{number}_manual1"));
        rows.push(&Row { image: &image, labels: &[scr::joined(&[mask])], ..Row::default() });
    }
    rows.notes.push("no mask of the field of view is used: every pixel counts".into());
    Ok(rows)
}

/// The file of a name with one of the endings that are in use.
fn existing(folder: &Path, stem: &str) -> PathBuf {
    let files = ["gif", "png", "tif"].map(|ending| folder.join(format!("{stem}.{ending}")));
    let found = files.iter().find(|path| path.is_file()).cloned();
    found.unwrap_or_else(|| files[0].clone())
}
