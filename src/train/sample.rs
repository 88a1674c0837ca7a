//! How stored images and masks come to the input of a network.

use tch::Tensor;

use super::augment::{self, Map};
use super::error::{Operation, TrainError};
use super::pixels;
use super::warp::Warps;

/// One way for the images of a batch and their masks, so that both stay in
/// register.
#[derive(Debug)]
pub(crate) enum Sampler<'a> {
    /// The square at the centre.
    Centre {
        /// Its side.
        size: i64,
    },
    /// As it is stored, whatever its size.
    Whole,
    /// A square anywhere.
    Corner {
        /// Its first row.
        top: i64,
        /// Its first column.
        left: i64,
        /// Its side.
        size: i64,
    },
    /// Along a map per image.
    Maps {
        /// Of each image.
        maps: &'a [Map],
        /// Side of the result.
        size: i64,
    },
    /// Distorted, at the size that they have.
    Warps(&'a Warps),
}

impl Sampler<'_> {
    /// Images `[N, C, H, W]`, interpolated bilinearly.
    pub(crate) fn images(&self, stored: &Tensor) -> Result<Tensor, TrainError> {
        match self {
            Self::Centre { size } => pixels::centre(stored, *size).op("crop images"),
            Self::Whole => Ok(stored.shallow_clone()),
            Self::Corner { top, left, size } => corner(stored, (*top, *left), *size),
            Self::Maps { maps, size } => augment::apply(stored, maps, *size),
            Self::Warps(warps) => warps.images(stored),
        }
    }

    /// Masks `[N, 1, H, W]` as bytes, each pixel that of the nearest one; outside
    /// of the image nothing is there and nothing counts.
    pub(crate) fn masks(&self, stored: &Tensor) -> Result<Tensor, TrainError> {
        match self {
            Self::Centre { size } => pixels::centre(stored, *size).op("crop masks"),
            Self::Whole => Ok(stored.shallow_clone()),
            Self::Corner { top, left, size } => corner(stored, (*top, *left), *size),
            Self::Maps { maps, size } => augment::apply_nearest(stored, maps, *size),
            Self::Warps(warps) => warps.masks(stored),
        }
    }
}

fn corner(stored: &Tensor, (top, left): (i64, i64), size: i64) -> Result<Tensor, TrainError> {
    stored.f_narrow(2, top, size).and_then(|t| t.f_narrow(3, left, size)).op("crop images")
}
