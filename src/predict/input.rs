//! What is predicted on, and how its values become the network's input.

use std::path::Path;

use tch::Tensor;

use super::array::Array;
use super::error::{Operation, PredictError};
use super::images::Images;
use crate::train::pixels::Normalizer;

/// Cases, handed out batch by batch.
pub(super) enum Input {
    Images(Images),
    Array(Box<Array>),
}

/// How images are brought to the network.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    /// Side that images are scaled to.
    pub(super) resize: u32,
    /// Side of the square at their centre that the network sees.
    pub(super) crop: u32,
}

/// A batch before normalisation.
pub(super) enum Raw {
    /// `[N, C, H, W]`, 0..255.
    Bytes(Tensor),
    /// `[N, C, H, W]`, values as given.
    Values(Tensor),
}

impl Input {
    /// Tells from the content what a path is: a folder, a `.npy` array, a CSV
    /// manifest, a list (`.txt`) or one image.
    pub(super) fn open(path: &Path, image_column: &str) -> Result<Self, PredictError> {
        if path.is_dir() {
            return Images::of_folder(path).map(Self::Images);
        }
        if Array::is_one(path)? {
            return Array::open(path).map(|array| Self::Array(Box::new(array)));
        }
        let end = path.extension().map(|end| end.to_string_lossy().to_ascii_lowercase());
        Ok(Self::Images(match end.as_deref() {
            Some("csv" | "tsv") => Images::of_manifest(path, image_column)?,
            Some("txt" | "lst") => Images::of_list(path)?,
            _ => Images::of_file(path),
        }))
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Images(images) => images.len(),
            Self::Array(array) => array.len(),
        }
    }

    /// Name of a case: a path as written, or its place in the array.
    pub(super) fn case(&self, index: usize) -> String {
        match self {
            Self::Images(images) => images.name(index).into(),
            Self::Array(_) => index.to_string(),
        }
    }
}

impl Raw {
    /// What the network sees, `[N, 3, H, W]`: bytes are normalised as in
    /// training, other values where they are to be.
    pub(super) fn input(
        &self,
        normalizer: &Normalizer,
        values_too: bool,
    ) -> Result<Tensor, PredictError> {
        let (Self::Bytes(tensor) | Self::Values(tensor)) = self;
        let moved = normalizer.moved(tensor).op("move a batch to the device")?;
        match self {
            Self::Bytes(_) => normalizer.of_bytes(&moved),
            Self::Values(_) if values_too => normalizer.of_values(&moved),
            Self::Values(_) => {
                let size = moved.size();
                moved
                    .f_expand([size[0], 3, size[2], size[3]], false)
                    .and_then(|images| images.f_contiguous())
            }
        }
        .op("normalise a batch")
    }
}
