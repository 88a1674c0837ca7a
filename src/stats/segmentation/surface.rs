//! Distances between the border voxels of two masks.
//!
//! A border voxel belongs to the mask and has a neighbour along an axis (4 in a
//! plane, 6 in space) that does not; beyond the grid nothing belongs. Every
//! border voxel of one mask has its distance to the nearest border voxel of the
//! other, in the units of the spacing.
//!
//! *Hausdorff distance*: the largest of all. *95 %* in two conventions: the
//! percentile of both directions pooled (medpy), or the larger of the two
//! directions' percentiles (MONAI); percentiles interpolate linearly. *Average
//! distance*: mean from prediction to reference. *Average symmetric*: mean of
//! both directions pooled (medpy 0.5, MONAI), or mean of the two means (older
//! medpy). *Surface overlap*: share of border voxels of both masks within a
//! tolerance. Voxels count the same whatever area they stand for; `surfel`
//! weighs by area.
//!
//! A mask without voxels has no surface: undefined. Cost O(voxels of the common
//! box), O(n log n) in border voxels for percentiles.

use serde::{Deserialize, Serialize};

use super::distance_transform::distances;
use super::mask::{Grid, MaskPair, no_surface};
use crate::stats::Outcome;
use crate::stats::describe::{mean, quantile_sorted};

/// Distances between border voxels, ascending in both directions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SurfaceDistances {
    to_reference: Vec<f64>,
    to_prediction: Vec<f64>,
}

/// Distances between the border voxels of prediction and reference.
pub fn surface_distances(masks: &MaskPair) -> Outcome<SurfaceDistances> {
    if let Some(reason) = no_surface(masks.presence()) {
        return Outcome::undefined(reason);
    }
    let masks = masks.cropped();
    let prediction = border(&masks.prediction, masks.grid);
    let reference = border(&masks.reference, masks.grid);
    Outcome::of(SurfaceDistances {
        to_reference: sorted_at(&prediction, &distances(&reference, masks.grid)),
        to_prediction: sorted_at(&reference, &distances(&prediction, masks.grid)),
    })
}

impl SurfaceDistances {
    /// From the prediction's border voxels to the reference, ascending.
    pub fn to_reference(&self) -> &[f64] {
        &self.to_reference
    }

    /// From the reference's border voxels to the prediction, ascending.
    pub fn to_prediction(&self) -> &[f64] {
        &self.to_prediction
    }

    /// Largest distance in either direction.
    pub fn hausdorff(&self) -> f64 {
        self.robust_hausdorff_directed(1.0)
    }

    /// Quantile (0.95, say) of both directions pooled, as medpy.
    pub fn robust_hausdorff_pooled(&self, quantile: f64) -> f64 {
        quantile_sorted(&self.pooled(), quantile)
    }

    /// The larger of both directions' quantiles, as MONAI.
    pub fn robust_hausdorff_directed(&self, quantile: f64) -> f64 {
        let [to, from] =
            [&self.to_reference, &self.to_prediction].map(|d| quantile_sorted(d, quantile));
        if to.is_nan() || from.is_nan() { f64::NAN } else { to.max(from) }
    }

    /// Mean distance from prediction to reference.
    pub fn average(&self) -> f64 {
        mean(&self.to_reference)
    }

    /// Mean of both directions pooled.
    pub fn average_symmetric(&self) -> f64 {
        mean(&self.pooled())
    }

    /// Mean of the two directions' means.
    pub fn average_of_directions(&self) -> f64 {
        f64::midpoint(mean(&self.to_reference), mean(&self.to_prediction))
    }

    /// Share of border voxels of both masks no further than `tolerance`.
    pub fn surface_overlap(&self, tolerance: f64) -> f64 {
        let within = |d: &[f64]| d.partition_point(|d| *d <= tolerance);
        let all = self.to_reference.len() + self.to_prediction.len();
        (within(&self.to_reference) + within(&self.to_prediction)) as f64 / all as f64
    }

    fn pooled(&self) -> Vec<f64> {
        let mut all = [self.to_reference.as_slice(), &self.to_prediction].concat();
        all.sort_unstable_by(f64::total_cmp);
        all
    }
}

fn border(mask: &[bool], grid: Grid) -> Vec<bool> {
    let strides = [grid.shape[1] * grid.shape[2], grid.shape[2], 1];
    let is_border = |index: usize| {
        let position = grid.position(index);
        mask[index]
            && (3 - grid.axes..3).any(|axis| {
                position[axis] == 0
                    || position[axis] + 1 == grid.shape[axis]
                    || !mask[index - strides[axis]]
                    || !mask[index + strides[axis]]
            })
    };
    (0..mask.len()).map(is_border).collect()
}

fn sorted_at(points: &[bool], distances: &[f64]) -> Vec<f64> {
    let at = points.iter().zip(distances).filter(|(point, _)| **point);
    let mut found: Vec<f64> = at.map(|(_, distance)| *distance).collect();
    found.sort_unstable_by(f64::total_cmp);
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::segmentation::Presence;
    use proptest::prelude::*;

    fn pair(a: &[bool], b: &[bool], spacing: [f64; 2]) -> MaskPair {
        MaskPair::new(a.to_vec(), b.to_vec(), &[4, 5], &spacing).value().cloned().unwrap()
    }

    /// pitfall: surface distances from all voxels instead of those of the border.
    #[test]
    fn only_the_border_counts() {
        // A filled 4 x 5 rectangle has 14 border voxels, not 20.
        let full = pair(&[true; 20], &[true; 20], [1.0, 1.0]);
        assert_eq!(surface_distances(&full).value().unwrap().to_reference().len(), 14);
    }

    /// pitfall: three definitions of the 95th percentile that differ on the same masks,
    /// all called HD95.
    #[test]
    fn the_definitions_of_a_robust_distance_have_names_of_their_own() {
        let square = |rows: std::ops::Range<usize>| -> Vec<bool> {
            (0..20).map(|i| rows.contains(&(i / 5)) && i % 5 < 4).collect()
        };
        let mut prediction = square(0..2);
        prediction[19] = true;
        let masks = pair(&prediction, &square(0..2), [1.0, 1.0]);
        let found = surface_distances(&masks);
        let found = found.value().unwrap();
        let (pooled, directed) =
            (found.robust_hausdorff_pooled(0.9), found.robust_hausdorff_directed(0.9));
        assert!(pooled < directed && directed < found.hausdorff(), "{pooled} {directed}");
    }

    #[test]
    fn a_missing_mask_has_no_distance() {
        for (a, b) in
            [([true; 20], [false; 20]), ([false; 20], [true; 20]), ([false; 20], [false; 20])]
        {
            assert!(surface_distances(&pair(&a, &b, [1.0, 1.0])).any().is_none());
        }
    }

    proptest! {
        #[test]
        fn ordered_symmetric_and_in_units(
            voxels in prop::collection::vec(any::<(bool, bool)>(), 20), scale in 0.1..9.0f64
        ) {
            let (a, b): (Vec<bool>, Vec<bool>) = voxels.into_iter().unzip();
            let masks = pair(&a, &b, [1.0, 2.0]);
            prop_assume!(masks.presence() == Presence::Both);
            let here = surface_distances(&masks);
            let here = here.value().unwrap();
            let there = surface_distances(&pair(&b, &a, [1.0, 2.0]));
            let there = there.value().unwrap();
            let scaled = surface_distances(&pair(&a, &b, [scale, 2.0 * scale]));
            prop_assert_eq!(here.hausdorff(), there.hausdorff());
            prop_assert_eq!(here.average_symmetric(), there.average_symmetric());
            prop_assert!(here.robust_hausdorff_pooled(0.95) <= here.hausdorff());
            prop_assert!(here.robust_hausdorff_directed(0.95) <= here.hausdorff());
            prop_assert!(here.hausdorff() <= masks.diagonal());
            prop_assert!(here.average_symmetric() <= here.hausdorff() + 1e-12);
            prop_assert_eq!(here.surface_overlap(here.hausdorff()), 1.0);
            let ratio = scaled.value().unwrap().hausdorff() - scale * here.hausdorff();
            prop_assert!(ratio.abs() < 1e-9);
            let same = surface_distances(&pair(&a, &a, [1.0, 2.0]));
            prop_assert_eq!(same.value().unwrap().hausdorff(), 0.0);
        }
    }
}
