//! Probabilities of a difference lying left of, in, and right of a region of
//! practical equivalence.

use serde::{Deserialize, Serialize};

/// Posterior probabilities about `y - x`; they add up to 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RopeProbabilities {
    /// Below `-rope`: `x` is better (higher scores are better).
    pub left: f64,
    /// Within `-rope..=rope`: practically equivalent. 0 for a rope of 0.
    pub rope: f64,
    /// Above `rope`: `y` is better.
    pub right: f64,
}

/// Shares of posterior samples in which each region has the largest mass.
///
/// A sample in which regions tie counts to each in equal parts. With a rope of
/// 0 only the two sides count; none when neither ever wins.
pub(super) fn winners(samples: &[[f64; 3]], with_rope: bool) -> Option<RopeProbabilities> {
    let mut wins = [0.0; 3];
    for sample in samples {
        let largest = sample.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let ties = sample.iter().filter(|m| **m == largest).count() as f64;
        for (win, mass) in wins.iter_mut().zip(sample) {
            *win += if *mass == largest { 1.0 / ties } else { 0.0 };
        }
    }
    let [left, rope, right] = wins;
    let rope = if with_rope { rope } else { 0.0 };
    let total = left + rope + right;
    (total > 0.0).then(|| RopeProbabilities {
        left: left / total,
        rope: rope / total,
        right: right / total,
    })
}

/// What is wrong with two paired samples and a rope, if anything is.
pub(super) fn unusable(x: &[f64], y: &[f64], rope: f64) -> Option<String> {
    if x.len() != y.len() {
        return Some(format!("paired samples differ in size: {} and {}", x.len(), y.len()));
    }
    if x.is_empty() {
        return Some("there are no values".into());
    }
    if x.iter().chain(y).any(|v| !v.is_finite()) {
        return Some("a value is not finite".into());
    }
    let usable = rope >= 0.0 && rope.is_finite();
    (!usable).then(|| format!("the rope is {rope}, expected at least 0"))
}

/// Differences within this of a bound are at it: the rounding of `y - x`.
pub(super) fn slack(x: &[f64], y: &[f64]) -> f64 {
    4.0 * f64::EPSILON * x.iter().chain(y).fold(0.0f64, |a, v| a.max(v.abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_region_wins() {
        let samples = [[0.5, 0.3, 0.2], [0.1, 0.8, 0.1], [0.4, 0.2, 0.4], [0.0, 0.1, 0.9]];
        let got = winners(&samples, true).expect("shares");
        assert_eq!((got.left, got.rope, got.right), (0.375, 0.25, 0.375));
        let got = winners(&samples, false).expect("shares");
        assert_eq!((got.left, got.rope, got.right), (0.5, 0.0, 0.5));
        assert!(winners(&[[0.0, 1.0, 0.0]], false).is_none());
    }
}
