//! What is drawn for a batch of training cases.

use tch::{Device, Kind};

use super::augment::{self, Frame, Map};
use super::error::TrainError;
use super::warp::{self, Warps};
use crate::spec::{Augmentation, Target};

/// How the images of a batch, and masks with them, are changed.
#[derive(Debug)]
pub(crate) enum Drawn {
    /// Not at all.
    Nothing,
    /// Each along an affine map.
    Maps(Vec<Map>),
    /// As the published benchmark changes images with masks.
    Warps(Warps),
}

/// What the images of a batch are.
#[derive(Clone, Copy)]
pub(crate) struct Batch<'a> {
    pub(crate) target: Target,
    /// Draws of cases.
    pub(crate) draws: &'a [usize],
    /// How a case lies in its square.
    pub(crate) frame: &'a dyn Fn(usize) -> Frame,
    /// Side of the network's input.
    pub(crate) side: i64,
    /// Of the network.
    pub(crate) options: (Kind, Device),
}

/// Draws for the cases of a batch; what is drawn depends on seed, epoch and case alone.
///
/// # Errors
/// libtorch fails.
pub(crate) fn draw(
    augmentation: Augmentation,
    stream: (u64, u32),
    batch: &Batch<'_>,
) -> Result<Drawn, TrainError> {
    if (augmentation, batch.target) == (Augmentation::Published, Target::Segmentation) {
        let side = batch.side as usize;
        return warp::warps(stream, batch.draws, side, batch.options).map(Drawn::Warps);
    }
    let maps = augment::maps(augmentation, stream, batch.draws, batch.frame);
    Ok(maps.map_or(Drawn::Nothing, Drawn::Maps))
}
