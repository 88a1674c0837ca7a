//! Overlap of two masks, voxel by voxel.
//!
//! *Dice* (1945): `2 |A and B| / (|A| + |B|)`; *IoU* (Jaccard 1912): `|A and B|
//! / |A or B|`, which is `D / (2 - D)`. Both empty: 0/0, undefined (MONAI gives
//! NaN, medpy before 0.5 gave 0). One empty: 0, degenerate, so that it is seen
//! and still counts in a mean. Cost O(voxels).

use super::mask::{MaskPair, Presence};
use crate::stats::Outcome;

/// Dice similarity coefficient.
pub fn dice(masks: &MaskPair) -> Outcome<f64> {
    let (both, sum) = counts(masks);
    ratio(masks, 2.0 * both, sum)
}

/// Intersection over union.
pub fn iou(masks: &MaskPair) -> Outcome<f64> {
    let (both, sum) = counts(masks);
    ratio(masks, both, sum - both)
}

fn counts(masks: &MaskPair) -> (f64, f64) {
    let both = masks.prediction.iter().zip(&masks.reference).filter(|(a, b)| **a && **b).count();
    (both as f64, (masks.predicted_voxels() + masks.reference_voxels()) as f64)
}

fn ratio(masks: &MaskPair, part: f64, whole: f64) -> Outcome<f64> {
    match masks.presence() {
        Presence::Both => Outcome::of(part / whole),
        Presence::BothEmpty => Outcome::undefined("both masks are empty: 0/0"),
        Presence::PredictionEmpty => {
            Outcome::degenerate(0.0, "the prediction is empty: no overlap")
        }
        Presence::ReferenceEmpty => Outcome::degenerate(0.0, "the reference is empty: no overlap"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn symmetric_and_tied_to_each_other(
            voxels in prop::collection::vec(any::<(bool, bool)>(), 12)
        ) {
            let (a, b): (Vec<bool>, Vec<bool>) = voxels.into_iter().unzip();
            let pair = |a: &[bool], b: &[bool]| {
                MaskPair::new(a.to_vec(), b.to_vec(), &[3, 4], &[1.0, 1.0]).value().cloned().unwrap()
            };
            let (here, there) = (pair(&a, &b), pair(&b, &a));
            let (d, other) = (dice(&here), dice(&there));
            prop_assert_eq!(d.any(), other.any());
            if let (Some(d), Some(j)) = (d.any(), iou(&here).any()) {
                prop_assert!((j - d / (2.0 - d)).abs() < 1e-14 && (0.0..=1.0).contains(d));
            } else {
                prop_assert_eq!(here.presence(), Presence::BothEmpty);
            }
            let same = pair(&a, &a);
            prop_assert!(dice(&same).any().is_none_or(|d| *d == 1.0));
        }
    }
}
