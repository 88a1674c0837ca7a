//! Two masks on one grid.
//!
//! Row-major voxels, the last axis fastest; two or three axes, each with its
//! spacing (the distance between neighbours, in mm, say). A two-dimensional
//! mask is kept with a first axis of length 1 that does not count as an axis.

use serde::{Deserialize, Serialize};

use crate::stats::Outcome;

/// A prediction and a reference.
#[derive(Clone, Debug, PartialEq)]
pub struct MaskPair {
    pub(super) prediction: Vec<bool>,
    pub(super) reference: Vec<bool>,
    pub(super) grid: Grid,
}

/// Which of the two masks hold anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Presence {
    /// Both.
    Both,
    /// The reference alone: the prediction misses the structure.
    PredictionEmpty,
    /// The prediction alone: it invents the structure.
    ReferenceEmpty,
    /// Neither: rightly nothing.
    BothEmpty,
}

/// Shape and spacing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Grid {
    pub(super) shape: [usize; 3],
    pub(super) spacing: [f64; 3],
    /// 2 or 3; a plane has a first axis of length 1.
    pub(super) axes: usize,
}

/// Squares of distances stay finite and above zero within these spacings.
const SPACINGS: std::ops::RangeInclusive<f64> = 1e-100..=1e100;

impl MaskPair {
    /// Masks of a `shape` of two or three axes, with a spacing per axis.
    pub fn new(
        prediction: Vec<bool>,
        reference: Vec<bool>,
        shape: &[usize],
        spacing: &[f64],
    ) -> Outcome<Self> {
        let (shape, spacing, axes) = match (shape, spacing) {
            ([h, w], [y, x]) => ([1, *h, *w], [1.0, *y, *x], 2),
            ([d, h, w], [z, y, x]) => ([*d, *h, *w], [*z, *y, *x], 3),
            _ => {
                return Outcome::undefined(format!(
                    "{} axes with {} spacings, expected two or three of both",
                    shape.len(),
                    spacing.len()
                ));
            }
        };
        if let Some(bad) = spacing.iter().find(|s| !SPACINGS.contains(*s)) {
            return Outcome::undefined(format!("the spacing {bad} is not a distance"));
        }
        let voxels = shape.iter().try_fold(1usize, |product, n| product.checked_mul(*n));
        if voxels != Some(prediction.len()) || voxels != Some(reference.len()) {
            return Outcome::undefined(format!(
                "{} and {} voxels do not fill the shape {shape:?}",
                prediction.len(),
                reference.len()
            ));
        }
        Outcome::of(Self { prediction, reference, grid: Grid { shape, spacing, axes } })
    }

    /// Voxels of the prediction.
    pub fn predicted_voxels(&self) -> usize {
        self.prediction.iter().filter(|v| **v).count()
    }

    /// Voxels of the reference.
    pub fn reference_voxels(&self) -> usize {
        self.reference.iter().filter(|v| **v).count()
    }

    /// Which of the two masks hold anything.
    pub fn presence(&self) -> Presence {
        match (self.predicted_voxels() > 0, self.reference_voxels() > 0) {
            (true, true) => Presence::Both,
            (false, true) => Presence::PredictionEmpty,
            (true, false) => Presence::ReferenceEmpty,
            (false, false) => Presence::BothEmpty,
        }
    }

    /// Length of the grid's diagonal, from outer corner to outer corner: no
    /// surface distance is larger.
    pub fn diagonal(&self) -> f64 {
        let axes = self.grid.shape.iter().zip(self.grid.spacing).skip(3 - self.grid.axes);
        axes.map(|(n, s)| (*n as f64 * s).powi(2)).sum::<f64>().sqrt()
    }

    /// Both masks cut to the box that holds all their voxels.
    pub(super) fn cropped(&self) -> Self {
        let (mut low, mut high) = ([usize::MAX; 3], [0usize; 3]);
        for (index, filled) in self.prediction.iter().zip(&self.reference).enumerate() {
            if *filled.0 || *filled.1 {
                for (axis, at) in self.grid.position(index).into_iter().enumerate() {
                    low[axis] = low[axis].min(at);
                    high[axis] = high[axis].max(at + 1);
                }
            }
        }
        let shape = [0, 1, 2].map(|axis| high[axis].saturating_sub(low[axis]));
        let grid = Grid { shape, ..self.grid };
        let cut = |mask: &[bool]| {
            let voxel = |index: usize| {
                let [z, y, x] = grid.position(index);
                mask[self.grid.index([z + low[0], y + low[1], x + low[2]])]
            };
            (0..grid.voxels()).map(voxel).collect()
        };
        Self { prediction: cut(&self.prediction), reference: cut(&self.reference), grid }
    }
}

/// Why surfaces cannot be compared.
pub(super) fn no_surface(presence: Presence) -> Option<&'static str> {
    match presence {
        Presence::Both => None,
        Presence::PredictionEmpty => Some("the prediction is empty: it has no surface"),
        Presence::ReferenceEmpty => Some("the reference is empty: it has no surface"),
        Presence::BothEmpty => Some("both masks are empty: there is nothing to compare"),
    }
}

impl Grid {
    pub(super) fn voxels(&self) -> usize {
        self.shape.iter().product()
    }

    pub(super) fn index(&self, [z, y, x]: [usize; 3]) -> usize {
        (z * self.shape[1] + y) * self.shape[2] + x
    }

    pub(super) fn position(&self, index: usize) -> [usize; 3] {
        let rows = index / self.shape[2];
        [rows / self.shape[1], rows % self.shape[1], index % self.shape[2]]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::segmentation::{dice, iou, surface_distances, surfel_distances};
    use proptest::prelude::*;

    #[test]
    fn only_shapes_that_fit_make_a_pair() {
        let pair = |n: usize, shape: &[usize], spacing: &[f64]| {
            MaskPair::new(vec![true; n], vec![false; n], shape, spacing).value().is_some()
        };
        assert!(pair(6, &[2, 3], &[1.0, 2.0]) && pair(6, &[1, 2, 3], &[1.0; 3]));
        assert!(!pair(5, &[2, 3], &[1.0, 2.0]) && !pair(6, &[6], &[1.0]));
        assert!(!pair(6, &[2, 3], &[1.0]) && !pair(6, &[2, 3], &[1.0, f64::NAN]));
        assert!(!pair(6, &[2, 3], &[1.0, 0.0]) && !pair(6, &[usize::MAX, 3], &[1.0, 1.0]));
        assert!(pair(0, &[0, 3], &[1.0, 1.0]));
    }

    #[test]
    fn cropping_keeps_the_voxels() {
        let mut a = vec![false; 24];
        (a[7], a[13]) = (true, true);
        let pair = MaskPair::new(a, vec![false; 24], &[4, 6], &[1.0, 1.0]);
        let cropped = pair.value().unwrap().cropped();
        assert_eq!((cropped.grid.shape, cropped.prediction), ([1, 2, 1], vec![true, true]));
    }

    proptest! {
        #[test]
        fn nothing_panics(voxels in prop::collection::vec(any::<(bool, bool)>(), 0..30),
                          shape in prop::collection::vec(0usize..5, 0..5),
                          spacing in prop::collection::vec(any::<f64>(), 0..5),
                          number in any::<f64>()) {
            let fits = shape.iter().product::<usize>().min(voxels.len());
            let positive: Vec<f64> = spacing.iter().map(|s| s.abs()).collect();
            for (n, spacing) in [(voxels.len(), &spacing), (fits, &positive), (fits, &vec![0.3; shape.len()])] {
                let (a, b): (Vec<bool>, Vec<bool>) = voxels[..n].iter().copied().unzip();
                if let Some(masks) = MaskPair::new(a, b, &shape, spacing).any() {
                    let _ = (dice(masks), iou(masks), masks.diagonal());
                    if let Some(d) = surface_distances(masks).any() {
                        let _ = (d.surface_overlap(number), d.robust_hausdorff_pooled(number));
                        let _ = d.robust_hausdorff_directed(number);
                        prop_assert!(d.hausdorff().is_finite() && d.average().is_finite());
                    }
                    if let Some(d) = surfel_distances(masks).any() {
                        let _ = (d.surface_dice(number), d.robust_hausdorff(number));
                    }
                }
            }
        }
    }
}
