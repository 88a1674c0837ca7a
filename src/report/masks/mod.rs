//! What the masks of a study's test cases say: how well each case is segmented,
//! and what that looks like in three of them.

mod load;
mod overlay;

use serde::{Deserialize, Serialize};

use crate::scores::Block;

pub(super) use load::load;

/// The test cases of one task under all levels, at the largest label fraction.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MaskFacet {
    /// What the runs share but for the level, without the fraction.
    pub block: Block,
    /// Share of the training labels.
    pub label_fraction: f64,
    /// Levels in the order of the study.
    pub levels: Vec<MaskLevel>,
    /// Worst, median and best case by their mean Dice over all levels.
    pub shown: Vec<ShownCase>,
}

/// The test cases under one level.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MaskLevel {
    /// The level that is compared.
    pub level: String,
    /// Number of seeds.
    pub seeds: usize,
    /// In the order of the cases.
    pub cases: Vec<MaskCase>,
}

/// How well a case is segmented.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MaskCase {
    /// Its name.
    pub case: String,
    /// Share of the pixels that count which belong to a structure.
    pub share: f64,
    /// Dice, mean over structures and seeds.
    pub dice: f64,
}

/// A case that is shown as a picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShownCase {
    /// Its name.
    pub case: String,
    /// `worst`, `median` or `best`.
    pub rank: String,
    /// Width and height of the picture.
    pub size: (u32, u32),
    /// The image as JPEG, in base64.
    pub picture: String,
    /// Per level what one of its runs says; absent where it has no masks.
    pub overlays: Vec<Option<Overlay>>,
}

/// What a run says of a case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Overlay {
    /// Seed of the run.
    pub seed: u64,
    /// Dice of the run, mean over structures.
    pub dice: f64,
    /// Where truth and prediction agree and differ, as a PNG with a palette, in
    /// base64.
    pub layer: String,
}
