//! What is predicted on, and how its values become the network's input.

use std::path::Path;

use tch::{Device, Kind, Tensor};

use super::array::Array;
use super::error::{Operation, PredictError};
use super::images::Images;
use crate::spec::Normalization;

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

/// From raw values to the network's input.
#[derive(Debug)]
pub(super) struct Normalizer {
    device: Device,
    kind: Kind,
    mean: Tensor,
    std: Tensor,
    /// `x * scale + shift` of bytes, as training does it.
    scale: Tensor,
    shift: Tensor,
    /// Values that are no bytes are left alone unless this was asked for.
    values_too: bool,
}

impl Normalizer {
    pub(super) fn new(
        normalization: Normalization,
        values_too: bool,
        kind: Kind,
        device: Device,
    ) -> Self {
        let (mean, std) = normalization.mean_std();
        let per_channel = |values: [f64; 3]| {
            Tensor::from_slice(&values).view([1, 3, 1, 1]).to_kind(kind).to_device(device)
        };
        Self {
            device,
            kind,
            mean: per_channel(mean),
            std: per_channel(std),
            scale: per_channel(std.map(|std| 1.0 / (255.0 * std))),
            shift: per_channel([0, 1, 2].map(|c| -mean[c] / std[c])),
            values_too,
        }
    }

    /// `[N, 3, H, W]`; one channel becomes three equal ones.
    pub(super) fn apply(&self, raw: &Raw) -> Result<Tensor, PredictError> {
        let (Raw::Bytes(tensor) | Raw::Values(tensor)) = raw;
        let tensor = (tensor.f_to_device(self.device))
            .and_then(|t| t.f_to_kind(self.kind))
            .op("move a batch to the device")?;
        let done = match raw {
            Raw::Bytes(_) => tensor.f_mul(&self.scale).and_then(|t| t.f_add(&self.shift)),
            Raw::Values(_) if self.values_too => {
                tensor.f_sub(&self.mean).and_then(|t| t.f_div(&self.std))
            }
            Raw::Values(_) => {
                let size = tensor.size();
                tensor.f_expand([size[0], 3, size[2], size[3]], false)
            }
        };
        done.and_then(|t| t.f_contiguous()).op("normalise a batch")
    }
}
