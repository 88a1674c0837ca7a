//! Bayesian correlated t test with a region of practical equivalence (rope).
//!
//! Corani and Benavoli (2015): with the Nadeau-Bengio variance and a flat
//! prior, the posterior of the mean of `d = y - x` is Student's t with `J - 1`
//! degrees of freedom around `mean d`. *left* is `P(d < -rope)` (`x` better),
//! *right* `P(d > rope)` (`y` better). Reference: baycomp 1.0.3
//! `CorrelatedTTest`.
//!
//! Assumptions and undefined cases are those of [`super::nadeau_bengio`]; a
//! rope that is negative or not finite is undefined. Zero variance: degenerate,
//! a point mass at the mean, with probabilities 0 and 1 (one half on each side
//! when mean and rope are both zero); a mean at a bound lies in the rope. Cost
//! O(J).

use super::Outcome;
use super::distributions::student_t;
use super::nadeau_bengio::{CorrectedTTest, corrected_t_test};
use super::rope::{RopeProbabilities, slack, unusable};

/// Posterior probabilities of the mean of `y - x` over resampled splits;
/// `ratio` is `n_test / n_train`.
pub fn correlated_t(x: &[f64], y: &[f64], ratio: f64, rope: f64) -> Outcome<RopeProbabilities> {
    if let Some(reason) = unusable(x, y, rope) {
        return Outcome::undefined(reason);
    }
    match corrected_t_test(x, y, ratio) {
        Outcome::Undefined { reason } => Outcome::undefined(reason),
        Outcome::Value { value } => Outcome::of(of_t(&value, rope)),
        Outcome::Degenerate { value, .. } => Outcome::degenerate(
            point_mass(value.mean, rope, slack(x, y)),
            "zero variance: the posterior is a point mass at the mean",
        ),
    }
}

fn of_t(test: &CorrectedTTest, rope: f64) -> RopeProbabilities {
    let sd = test.variance.sqrt();
    let left = student_t::sf((rope + test.mean) / sd, test.df);
    let right = student_t::sf((rope - test.mean) / sd, test.df);
    // For a rope of 0 the sides are complements; their sum is 1 up to rounding.
    let inside = if rope == 0.0 { 0.0 } else { (1.0 - left - right).max(0.0) };
    RopeProbabilities { left, rope: inside, right }
}

fn point_mass(mean: f64, rope: f64, slack: f64) -> RopeProbabilities {
    let share = |here: bool| f64::from(u8::from(here));
    if rope == 0.0 && mean == 0.0 {
        return RopeProbabilities { left: 0.5, rope: 0.0, right: 0.5 };
    }
    let bound = if rope == 0.0 { 0.0 } else { rope + slack };
    let (left, right) = (share(mean < -bound), share(mean > bound));
    RopeProbabilities { left, rope: 1.0 - left - right, right }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn point_masses() {
        let of = |d: f64, rope| {
            let x = [0.5; 4];
            let got = correlated_t(&x, &[0.5 + d; 4], 0.25, rope);
            assert!(matches!(got, Outcome::Degenerate { .. }));
            got.any().map(|p| [p.left, p.rope, p.right])
        };
        assert_eq!(of(0.0, 0.0), Some([0.5, 0.0, 0.5]));
        assert_eq!(of(0.0, 0.01), Some([0.0, 1.0, 0.0]));
        assert_eq!(of(0.1, 0.0), Some([0.0, 0.0, 1.0]));
        assert_eq!(of(-0.1, 0.05), Some([1.0, 0.0, 0.0]));
        // 0.5 - 0.4 is not 0.1 in binary; a difference of 0.1 lies in a rope of 0.1.
        assert_eq!(of(-0.1, 0.1), Some([0.0, 1.0, 0.0]));
    }

    proptest! {
        #[test]
        fn swapping_the_sides_mirrors_and_nothing_panics(
            pairs in prop::collection::vec((any::<f64>(), any::<f64>()), 0..6),
            ratio in 0.0..1.0f64, rope in 0.0..2.0f64, any_rope: f64,
        ) {
            let (x, y): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
            let _ = correlated_t(&x, &y, any_rope, any_rope);
            if let (Some(a), Some(b)) = (correlated_t(&x, &y, ratio, rope).any(), correlated_t(&y, &x, ratio, rope).any()) {
                prop_assert!((a.left - b.right).abs() < 1e-9, "{a:?} {b:?}");
                prop_assert!((a.left + a.rope + a.right - 1.0).abs() < 1e-9);
            }
        }
    }
}
