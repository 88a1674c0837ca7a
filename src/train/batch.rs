//! From the mapped cache to normalised tensors on the device.

use tch::{Device, Kind, Tensor};

use super::augment;
use super::error::{Operation, TrainError};
use crate::data::Dataset;
use crate::spec::{Normalization, Precision, Recipe};

/// Makes batches of one dataset for one run.
pub(crate) struct Batches<'a> {
    data: &'a Dataset,
    device: Device,
    kind: Kind,
    size: i64,
    /// `x * scale + shift` turns bytes into normalised values.
    scale: Tensor,
    shift: Tensor,
}

impl<'a> Batches<'a> {
    pub(crate) fn new(
        data: &'a Dataset,
        recipe: &Recipe,
        normalization: Normalization,
        device: Device,
    ) -> Self {
        let kind = kind_of(recipe.precision);
        let (mean, std) = normalization.mean_std();
        let per_channel = |values: [f64; 3]| {
            Tensor::from_slice(&values).view([1, 3, 1, 1]).to_kind(kind).to_device(device)
        };
        Self {
            data,
            device,
            kind,
            size: i64::from(recipe.image_size),
            scale: per_channel(std.map(|std| 1.0 / (255.0 * std))),
            shift: per_channel([0, 1, 2].map(|c| -mean[c] / std[c])),
        }
    }

    /// Augmented images `[N, 3, S, S]` and labels of training cases.
    pub(crate) fn train(
        &self,
        cases: &[usize],
        maps: Option<&[[f32; 6]]>,
    ) -> Result<(Tensor, Tensor), TrainError> {
        let Some(maps) = maps else { return self.eval(cases) };
        let images = augment::apply(&self.raw(cases)?, maps, self.size)?;
        Ok((self.normalized(&images)?, self.labels(cases)?))
    }

    /// Images `[N, 3, S, S]`, cropped at the centre, and labels of any cases.
    pub(crate) fn eval(&self, cases: &[usize]) -> Result<(Tensor, Tensor), TrainError> {
        let raw = self.raw(cases)?;
        let border = (i64::from(self.data.size) - self.size) / 2;
        let images = (raw.f_narrow(2, border, self.size))
            .and_then(|t| t.f_narrow(3, border, self.size))
            .op("crop images")?;
        Ok((self.normalized(&images)?, self.labels(cases)?))
    }

    /// Stored images as `[N, C, H, W]` in 0..255.
    fn raw(&self, cases: &[usize]) -> Result<Tensor, TrainError> {
        let (n, size, channels) =
            (cases.len() as i64, i64::from(self.data.size), i64::from(self.data.channels));
        let mut bytes = Vec::with_capacity((n * size * size * channels) as usize);
        for case in cases {
            bytes.extend_from_slice(self.data.image(*case));
        }
        Tensor::f_from_slice(&bytes)
            .and_then(|t| t.f_view([n, size, size, channels]))
            .and_then(|t| t.f_to_device(self.device)?.f_permute([0, 3, 1, 2])?.f_to_kind(self.kind))
            .op("make a batch of images")
    }

    /// Grey images become three equal channels. Channels come before pixels in
    /// memory: with strides of stored images the whole network would follow.
    fn normalized(&self, images: &Tensor) -> Result<Tensor, TrainError> {
        images
            .f_mul(&self.scale)
            .and_then(|t| t.f_add(&self.shift)?.f_contiguous())
            .op("normalise images")
    }

    fn labels(&self, cases: &[usize]) -> Result<Tensor, TrainError> {
        let labels: Vec<f32> =
            cases.iter().flat_map(|case| self.data.cases[*case].labels.iter().copied()).collect();
        Tensor::f_from_slice(&labels)
            .and_then(|t| t.f_view([cases.len() as i64, -1])?.f_to_kind(self.kind))
            .and_then(|t| t.f_to_device(self.device))
            .op("make a batch of labels")
    }
}

/// The tensor type of a precision.
pub(crate) fn kind_of(precision: Precision) -> Kind {
    match precision {
        Precision::F32 => Kind::Float,
        Precision::F64 => Kind::Double,
    }
}
