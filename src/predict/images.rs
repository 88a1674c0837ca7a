//! Image files: a folder, a list, a manifest.

use std::fs;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use tch::Tensor;

use super::error::{Operation, PredictError};
use super::input::{Raw, Shape};
use crate::data::{self, Picture};
use crate::train::pixels;

/// Endings of files that are taken from a folder. Lists and manifests name
/// their files, whatever these are called.
const ENDINGS: [&str; 9] = ["png", "jpg", "jpeg", "gif", "tif", "tiff", "bmp", "dcm", "dicom"];

/// Most files that an error lists by name.
const LISTED: usize = 20;

/// Image files in the order they are predicted on.
pub(super) struct Images {
    files: Vec<(String, PathBuf)>,
}

impl Images {
    /// All images below a folder, in the order of their paths.
    pub(super) fn of_folder(folder: &Path) -> Result<Self, PredictError> {
        let mut files = Vec::new();
        let mut others = 0;
        collect(folder, Path::new(""), &mut files, &mut others)?;
        files.sort();
        if files.is_empty() {
            let reason = format!(
                "the folder has no images ({others} other files); files ending in {} are taken",
                ENDINGS.join(", ")
            );
            return Err(PredictError::input(folder, reason));
        }
        Ok(Self { files })
    }

    /// The image column of a CSV file.
    pub(super) fn of_manifest(path: &Path, column: &str) -> Result<Self, PredictError> {
        Ok(Self { files: data::listed_images(path, column)? })
    }

    /// A text file with one path per line; paths start from its folder.
    pub(super) fn of_list(path: &Path) -> Result<Self, PredictError> {
        let text = fs::read_to_string(path).map_err(PredictError::io("read", path))?;
        let folder = path.parent().unwrap_or(Path::new("."));
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let files: Vec<_> = lines.map(|line| (line.to_string(), folder.join(line))).collect();
        if files.is_empty() {
            return Err(PredictError::input(path, "is empty, expected one image path per line"));
        }
        Ok(Self { files })
    }

    /// One file.
    pub(super) fn of_file(path: &Path) -> Self {
        Self { files: vec![(path.display().to_string(), path.to_path_buf())] }
    }

    pub(super) fn len(&self) -> usize {
        self.files.len()
    }

    pub(super) fn name(&self, index: usize) -> &str {
        self.files.get(index).map_or("", |(name, _)| name)
    }

    /// Decodes some of the files on all cores.
    pub(super) fn batch(
        &self,
        range: std::ops::Range<usize>,
        shape: Shape,
    ) -> Result<Raw, PredictError> {
        let files = &self.files[range];
        let read = |(name, path): &(String, PathBuf)| {
            let read = Picture::read(path, shape.resize, shape.reading);
            read.map_err(|reason| format!("{name} {reason}"))
        };
        let read: Vec<Result<Picture, String>> = files.par_iter().map(read).collect();
        let faults: Vec<&String> = read.iter().filter_map(|read| read.as_ref().err()).collect();
        if !faults.is_empty() {
            return Err(unusable(&faults, self.files.len()));
        }
        stack(read.into_iter().flatten(), shape)
    }
}

pub(super) fn unusable(faults: &[&String], total: usize) -> PredictError {
    let mut listed: String =
        faults.iter().take(LISTED).map(|fault| format!("\n  {fault}")).collect();
    if faults.len() > LISTED {
        listed += &format!("\n  and {} more", faults.len() - LISTED);
    }
    PredictError::Images { count: faults.len(), total, listed }
}

/// Squares of equal size as one tensor, cut at their centre.
pub(super) fn stack(
    pictures: impl Iterator<Item = Picture>,
    shape: Shape,
) -> Result<Raw, PredictError> {
    let side = i64::from(shape.resize);
    let images = pictures.map(|picture| {
        let one = pixels::bytes(&picture.pixels, [1, side, side, i64::from(picture.channels)])?;
        pixels::centre(&one, i64::from(shape.crop))?
            .f_expand([1, 3, i64::from(shape.crop), i64::from(shape.crop)], false)
    });
    let images = images.collect::<Result<Vec<_>, _>>().op("make a batch of images")?;
    Tensor::f_cat(&images, 0).map(Raw::Bytes).op("make a batch of images")
}

fn collect(
    root: &Path,
    below: &Path,
    files: &mut Vec<(String, PathBuf)>,
    others: &mut usize,
) -> Result<(), PredictError> {
    let folder = root.join(below);
    for entry in fs::read_dir(&folder).map_err(PredictError::io("list", &folder))? {
        let entry = entry.map_err(PredictError::io("list", &folder))?;
        let name = entry.file_name();
        if name.to_string_lossy().starts_with('.') {
            continue;
        }
        let (below, path) = (below.join(&name), entry.path());
        // A link to a folder above would never end.
        let kind = entry.file_type().map_err(PredictError::io("look at", &path))?;
        let end = path.extension().map(|end| end.to_string_lossy().to_ascii_lowercase());
        if kind.is_dir() {
            collect(root, &below, files, others)?;
        } else if path.is_file() && end.is_some_and(|end| ENDINGS.contains(&end.as_str())) {
            files.push((below.to_string_lossy().into_owned(), path));
        } else {
            *others += 1;
        }
    }
    Ok(())
}
