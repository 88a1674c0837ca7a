//! Difference in volume between two masks.
//!
//! `(|A| - |B|) / |B|` with prediction `A` and reference `B`: -0.1 for a
//! prediction a tenth too small. The absolute value (RAVD, as in the CHAOS and
//! SLIVER07 challenges there in percent) is an error; its mean over cases must be
//! taken of the absolute values, or cases too large and too small cancel.
//! Volumes can agree where the masks do not meet: it belongs beside an overlap.
//!
//! Reference empty: undefined, whatever the prediction. Prediction empty: -1,
//! degenerate, as for the overlaps. Cost O(voxels). Source: Heimann et al.
//! (2009), "Comparison and evaluation of methods for liver segmentation".

use super::mask::{MaskPair, Presence};
use crate::stats::Outcome;

/// Relative difference in volume, negative for a prediction too small.
pub fn volume_difference(masks: &MaskPair) -> Outcome<f64> {
    let (a, b) = (masks.predicted_voxels() as f64, masks.reference_voxels() as f64);
    match masks.presence() {
        Presence::Both => Outcome::of((a - b) / b),
        Presence::PredictionEmpty => Outcome::degenerate(-1.0, "the prediction is empty"),
        Presence::ReferenceEmpty => {
            Outcome::undefined("the reference is empty: its volume divides by 0")
        }
        Presence::BothEmpty => Outcome::undefined("both masks are empty: 0/0"),
    }
}

/// Relative absolute difference in volume.
pub fn absolute_volume_difference(masks: &MaskPair) -> Outcome<f64> {
    volume_difference(masks).map(f64::abs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(a: &[u8], b: &[u8]) -> MaskPair {
        let voxels = |v: &[u8]| v.iter().map(|v| *v == 1).collect::<Vec<bool>>();
        let pair = MaskPair::new(voxels(a), voxels(b), &[2, 2], &[1.0, 1.0]);
        pair.any().expect("masks").clone()
    }

    #[test]
    fn by_hand() {
        let small = pair(&[1, 0, 0, 0], &[0, 1, 1, 0]);
        assert_eq!(volume_difference(&small).value(), Some(&-0.5));
        assert_eq!(absolute_volume_difference(&small).value(), Some(&0.5));
        let none = volume_difference(&pair(&[0; 4], &[0, 1, 1, 0]));
        assert!(matches!(none, Outcome::Degenerate { value: -1.0, .. }));
        assert!(volume_difference(&pair(&[1; 4], &[0; 4])).any().is_none());
        assert!(volume_difference(&pair(&[0; 4], &[0; 4])).any().is_none());
    }
}
