//! Distortions of images together with their masks: those of the published
//! benchmark's segmentation tasks, which are albumentations 1.3.0's.
//!
//! Each is a field: for every pixel of the result the place that it comes from. A crop
//! after it is a change of the pixels that the field is asked for, so an image is
//! interpolated once, where the original interpolates up to three times. Lengths are
//! those for 224 pixels, scaled with the side.

mod elastic;
mod field;
mod grid;
mod optical;

use rand::{Rng, RngExt};
use tch::{Device, Kind, TchError, Tensor};

use super::error::{Operation, TrainError};
use super::seed::{Stream, rng};
use super::tone::Tone;
use field::Field;

/// Side that the lengths of the published recipe are for.
const PUBLISHED_SIDE: f64 = 224.0;
/// Least side of a crop.
const LEAST_CROP: f64 = 156.0;

/// Warps and tones of a batch.
#[derive(Debug)]
pub(crate) struct Warps {
    /// Places `[N, S, S, 2]` in -1..1 from the centre of the first to that of the last
    /// pixel, x first; none where no image is warped.
    grid: Option<Tensor>,
    /// What becomes of each of 256 values, per image `[N, 256]`.
    tones: Option<Tensor>,
}

/// Warps for the given draws of cases, of images of a side.
///
/// # Errors
/// libtorch fails.
pub(crate) fn warps(
    (seed, epoch): (u64, u32),
    cases: &[usize],
    side: usize,
    (kind, device): (Kind, Device),
) -> Result<Warps, TrainError> {
    let drawn: Vec<(Option<Tone>, Option<Field>)> = cases
        .iter()
        .map(|case| one(side, &mut rng(seed, Stream::Augment { epoch, case: *case })))
        .collect();
    let grids = || {
        let places = drawn.iter().flat_map(|(_, field)| match field {
            Some(field) => field.places(side),
            None => field::still(side),
        });
        let places: Vec<f32> = places.collect();
        let side = side as i64;
        let grid = Tensor::f_from_slice(&places)?.f_view([cases.len() as i64, side, side, 2])?;
        grid.f_to_device(device)?.f_to_kind(kind)
    };
    let tones = || {
        let values = drawn.iter().flat_map(|(tone, _)| match tone {
            Some(tone) => tone.table(),
            None => Tone::same(),
        });
        let values: Vec<f32> = values.collect();
        let table = Tensor::f_from_slice(&values)?.f_view([cases.len() as i64, 256])?;
        table.f_to_device(device)?.f_to_kind(kind)
    };
    let any_field = drawn.iter().any(|(_, field)| field.is_some());
    let any_tone = drawn.iter().any(|(tone, _)| tone.is_some());
    Ok(Warps {
        grid: any_field.then(grids).transpose().op("draw distortions")?,
        tones: any_tone.then(tones).transpose().op("draw tones")?,
    })
}

/// With probability 0.3 a tone, with 0.3 a distortion, with 0.25 a crop.
fn one(side: usize, rng: &mut impl Rng) -> (Option<Tone>, Option<Field>) {
    let tone = (uniform(rng) < 0.3).then(|| Tone::drawn(rng));
    let scale = side as f64 / PUBLISHED_SIDE;
    let distortion = (uniform(rng) < 0.3).then(|| match (uniform(rng) * 3.0) as u32 {
        0 => elastic::field(side, scale, rng),
        1 => grid::field(side, rng),
        _ => optical::field(side, rng),
    });
    let crop = (uniform(rng) < 0.25).then(|| {
        let least = LEAST_CROP * scale;
        let size = (least + uniform(rng) * (side as f64 - least + 1.0)).floor().min(side as f64);
        let mut first = || ((side as f64 - size + 1.0) * uniform(rng)).floor();
        (first(), first(), size)
    });
    let field = match (distortion, crop) {
        (None, None) => None,
        (distortion, None) => distortion,
        (distortion, Some(crop)) => {
            Some(distortion.unwrap_or_else(|| Field::still(side)).cropped(side, crop))
        }
    };
    (tone, field)
}

pub(super) fn uniform(rng: &mut impl Rng) -> f64 {
    rng.random::<f64>()
}

const BILINEAR: i64 = 0;
const NEAREST: i64 = 1;
/// What lies beyond the border is its mirror image, as `BORDER_REFLECT_101` of OpenCV.
const REFLECTION: i64 = 2;

impl Warps {
    /// Images `[N, C, S, S]` in 0..255.
    pub(crate) fn images(&self, images: &Tensor) -> Result<Tensor, TrainError> {
        self.toned(images).and_then(|toned| self.sampled(&toned, BILINEAR)).op("distort images")
    }

    /// Bytes `[N, 1, S, S]`.
    pub(crate) fn masks(&self, bytes: &Tensor) -> Result<Tensor, TrainError> {
        bytes
            .f_to_kind(Kind::Float)
            .and_then(|values| self.sampled(&values, NEAREST)?.f_to_kind(bytes.kind()))
            .op("distort masks")
    }

    fn toned(&self, images: &Tensor) -> Result<Tensor, TchError> {
        let Some(tones) = &self.tones else { return Ok(images.shallow_clone()) };
        let flat = images.f_contiguous()?.f_view([images.size()[0], -1])?.f_to_kind(Kind::Int64)?;
        tones.f_gather(1, &flat, false)?.f_view(images.size().as_slice())
    }

    fn sampled(&self, images: &Tensor, mode: i64) -> Result<Tensor, TchError> {
        let Some(grid) = &self.grid else { return Ok(images.shallow_clone()) };
        images.f_grid_sampler_2d(&grid.f_to_kind(images.kind())?, mode, REFLECTION, true)
    }
}

#[cfg(test)]
mod tests;
