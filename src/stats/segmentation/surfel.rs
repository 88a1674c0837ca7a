//! Distances between surface elements (surfels), weighted by their area.
//!
//! A surfel sits between neighbouring voxels, in every cell of 8 voxels (4 in a
//! plane) that holds both inner and outer ones, with the area of the marching
//! cubes surface in that cell; beyond the grid nothing is inside. Each has its
//! distance to the nearest surfel of the other mask. This is the convention of
//! DeepMind's surface-distance (Nikolov et al. 2021), which does not depend on
//! how finely a surface is cut into voxels.
//!
//! *Robust Hausdorff*: per direction the first distance at which the sorted
//! areas add up to the share; the larger of both. *Average*: area-weighted, per
//! direction. *Surface Dice* (NSD): share of both surfaces' area within a
//! tolerance.
//!
//! A mask without voxels has no surface: undefined. Cost O(voxels of the common
//! box), O(n log n) in surfels.

use serde::{Deserialize, Serialize};

use super::distance_transform::distances;
use super::mask::{Grid, MaskPair, no_surface};
use super::surfel_area::{areas, lengths};
use crate::stats::Outcome;

/// Distances and areas of surfels, ascending by distance in both directions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SurfelDistances {
    to_reference: Vec<Surfel>,
    to_prediction: Vec<Surfel>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Surfel {
    distance: f64,
    area: f64,
}

/// Distances between the surfels of prediction and reference.
pub fn surfel_distances(masks: &MaskPair) -> Outcome<SurfelDistances> {
    if let Some(reason) = no_surface(masks.presence()) {
        return Outcome::undefined(reason);
    }
    let masks = masks.cropped();
    let areas = areas_of(masks.grid);
    let (cells, prediction) = surfels(&masks.prediction, masks.grid, &areas);
    let (_, reference) = surfels(&masks.reference, masks.grid, &areas);
    Outcome::of(SurfelDistances {
        to_reference: nearest(&prediction, &reference, cells),
        to_prediction: nearest(&reference, &prediction, cells),
    })
}

impl SurfelDistances {
    /// The larger of both directions' distances at a share of the area (0.95, say).
    pub fn robust_hausdorff(&self, share: f64) -> f64 {
        at_share(&self.to_reference, share).max(at_share(&self.to_prediction, share))
    }

    /// Area-weighted mean from prediction to reference.
    pub fn average_to_reference(&self) -> f64 {
        average(&self.to_reference)
    }

    /// Area-weighted mean from reference to prediction.
    pub fn average_to_prediction(&self) -> f64 {
        average(&self.to_prediction)
    }

    /// Share of the area of both surfaces no further than `tolerance`.
    pub fn surface_dice(&self, tolerance: f64) -> f64 {
        let within = |surfels: &[Surfel]| {
            let end = surfels.partition_point(|s| s.distance <= tolerance);
            area(&surfels[..end])
        };
        (within(&self.to_reference) + within(&self.to_prediction))
            / (area(&self.to_reference) + area(&self.to_prediction))
    }
}

fn area(surfels: &[Surfel]) -> f64 {
    surfels.iter().map(|s| s.area).sum()
}

fn average(surfels: &[Surfel]) -> f64 {
    surfels.iter().map(|s| s.distance * s.area).sum::<f64>() / area(surfels)
}

fn at_share(surfels: &[Surfel], share: f64) -> f64 {
    let total = area(surfels);
    let mut so_far = 0.0;
    let reached = surfels.iter().find(|surfel| {
        so_far += surfel.area;
        so_far / total >= share
    });
    reached.or(surfels.last()).map_or(f64::NAN, |surfel| surfel.distance)
}

/// Areas by pattern of the corners of a cell.
fn areas_of(grid: Grid) -> Vec<f64> {
    let [_, y, x] = grid.spacing;
    if grid.axes == 2 { lengths(y, x).to_vec() } else { areas(grid.spacing).to_vec() }
}

/// The grid of cells, one more than voxels along each axis, and the area of
/// the surface in each (0 where there is none).
fn surfels(mask: &[bool], grid: Grid, areas: &[f64]) -> (Grid, Vec<f64>) {
    let deep = grid.axes == 3;
    let [d, h, w] = grid.shape;
    let cells = Grid { shape: [d + usize::from(deep), h + 1, w + 1], ..grid };
    let mut patterns = vec![0u8; cells.voxels()];
    // Each voxel is a corner of the cells around it.
    for (index, _) in mask.iter().enumerate().filter(|(_, inside)| **inside) {
        let [z, y, x] = grid.position(index);
        for corner in 0..1 << grid.axes {
            let [dz, dy, dx] = [corner >> 2 & 1, corner >> 1 & 1, corner & 1];
            // The last corner of the first cell is the first corner of the last.
            patterns[cells.index([z + dz, y + dy, x + dx])] |= 1 << corner;
        }
    }
    (cells, patterns.iter().map(|pattern| areas[usize::from(*pattern)]).collect())
}

fn nearest(from: &[f64], to: &[f64], cells: Grid) -> Vec<Surfel> {
    let marked: Vec<bool> = to.iter().map(|area| *area > 0.0).collect();
    let distances = distances(&marked, cells);
    let at = distances.iter().zip(from).filter(|(_, area)| **area > 0.0);
    let mut found: Vec<Surfel> =
        at.map(|(distance, area)| Surfel { distance: *distance, area: *area }).collect();
    found
        .sort_unstable_by(|a, b| a.distance.total_cmp(&b.distance).then(a.area.total_cmp(&b.area)));
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::segmentation::Presence;
    use proptest::prelude::*;

    #[test]
    fn a_box_has_its_perimeter_less_the_corners() {
        let masks = MaskPair::new(vec![true; 20], vec![true; 20], &[4, 5], &[1.0, 1.0]);
        let got = surfel_distances(masks.value().unwrap());
        // Sides of 3 and 4 steps between the middles, and four half diagonals.
        let want = 2.0 * (3.0 + 4.0) + 4.0 * 0.5 * 2f64.sqrt();
        assert!((area(&got.value().unwrap().to_reference) - want).abs() < 1e-12);
    }

    proptest! {
        #[test]
        fn ordered_and_symmetric(voxels in prop::collection::vec(any::<(bool, bool)>(), 24)) {
            let (a, b): (Vec<bool>, Vec<bool>) = voxels.into_iter().unzip();
            let spacing = [2.0, 1.0, 0.5];
            let pair = |a: &[bool], b: &[bool]| {
                MaskPair::new(a.to_vec(), b.to_vec(), &[2, 3, 4], &spacing).value().cloned().unwrap()
            };
            let masks = pair(&a, &b);
            prop_assume!(masks.presence() == Presence::Both);
            let (here, there) = (surfel_distances(&masks), surfel_distances(&pair(&b, &a)));
            let (here, there) = (here.value().unwrap(), there.value().unwrap());
            prop_assert_eq!(here.robust_hausdorff(0.95), there.robust_hausdorff(0.95));
            prop_assert_eq!(here.average_to_reference(), there.average_to_prediction());
            prop_assert!(here.robust_hausdorff(0.9) <= here.robust_hausdorff(1.0));
            prop_assert!(here.robust_hausdorff(1.0) <= masks.diagonal());
            prop_assert!((here.surface_dice(masks.diagonal()) - 1.0).abs() < 1e-12);
            prop_assert!(here.surface_dice(0.5) <= here.surface_dice(1.0));
            let same = surfel_distances(&pair(&a, &a));
            prop_assert_eq!(same.value().unwrap().surface_dice(0.0), 1.0);
        }
    }
}
