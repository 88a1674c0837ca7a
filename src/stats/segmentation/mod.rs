//! Overlap and surface metrics of segmentation masks, in two and three
//! dimensions.
//!
//! A [`MaskPair`] holds a prediction and a reference on one grid. [`dice`] and
//! [`iou`] compare voxels, [`volume_difference`] their numbers; [`SurfaceDistances`] hold the distances between
//! border voxels, [`SurfelDistances`] those between surface elements, each with
//! the Hausdorff distances, mean distances and surface overlap that follow.
//! Three tools give three 95 % Hausdorff distances on the same masks, so a
//! number belongs with its convention. [`mean_over_cases`] is the mean in which
//! a missing structure can never help.

mod cases;
mod distance_transform;
mod mask;
mod overlap;
#[cfg(test)]
mod peers;
mod surface;
mod surfel;
mod surfel_area;
mod volume;

pub use cases::{CaseMean, Worst, mean_over_cases};
pub use mask::{MaskPair, Presence};
pub use overlap::{dice, iou};
pub use surface::{SurfaceDistances, surface_distances};
pub use surfel::{SurfelDistances, surfel_distances};
pub use volume::{absolute_volume_difference, volume_difference};
