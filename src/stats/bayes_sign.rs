//! Bayesian sign test with a region of practical equivalence (rope).
//!
//! Benavoli et al. (2014, 2017): the numbers of differences `y - x` left of, in
//! and right of the rope get a Dirichlet posterior, the prior being one
//! pseudo-observation in the rope. The result is the share of posterior samples
//! in which each region has the largest mass. Reference: baycomp 1.0.3
//! `SignTest` (which adds 0.0001 to each count for its sampler's sake).
//!
//! Assumes independent pairs (data sets), nothing on their distribution. A
//! difference at a bound, to the rounding of `y - x`, lies in the rope. With a
//! rope of 0 only the sides are compared, and the test is undefined when
//! neither wins in any sample. Unequal lengths, empty or non-finite input:
//! undefined. Monte Carlo: the standard error of a share is at most `0.5 /
//! sqrt(samples)`; deterministic by seed. Cost O(n + samples).

use rayon::prelude::*;

use super::Outcome;
use super::random::Random;
use super::rope::{RopeProbabilities, slack, unusable, winners};

/// Strength of the prior, in pseudo-observations in the rope.
const PRIOR: f64 = 1.0;

/// Posterior probabilities that each region is the most probable one.
pub fn bayes_sign(
    x: &[f64],
    y: &[f64],
    rope: f64,
    samples: usize,
    seed: u64,
) -> Outcome<RopeProbabilities> {
    if let Some(reason) = unusable(x, y, rope) {
        return Outcome::undefined(reason);
    }
    let bound = rope + slack(x, y);
    let count =
        |is: &dyn Fn(f64) -> bool| x.iter().zip(y).filter(|(a, b)| is(*b - *a)).count() as f64;
    let (left, right) = (count(&|d| d < -bound), count(&|d| d > bound));
    let inside = x.len() as f64 - left - right + PRIOR;
    let one = |b: usize| {
        let mut random = Random::of(seed, b);
        // Only the order matters: the Dirichlet's common divisor is left out.
        [left, inside, right].map(|shape| random.gamma(shape))
    };
    let drawn: Vec<[f64; 3]> = (0..samples).into_par_iter().map(one).collect();
    match winners(&drawn, rope > 0.0) {
        Some(shares) => Outcome::of(shares),
        None => Outcome::undefined("neither side wins in any posterior sample"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn equal_samples() {
        let x = [0.5, 0.6, 0.7];
        let got = bayes_sign(&x, &x, 0.01, 1000, 1);
        assert_eq!(got.value().map(|p| p.rope), Some(1.0));
        assert!(bayes_sign(&x, &x, 0.0, 1000, 1).any().is_none());
    }

    /// With one observation on the right and one in the rope (the prior) the
    /// Dirichlet of the two is uniform: each wins half the time.
    #[test]
    fn one_pair() {
        let got = *bayes_sign(&[0.0], &[1.0], 0.1, 20_000, 1).value().expect("probabilities");
        assert!(got.left == 0.0 && (got.right - 0.5).abs() < 0.015, "{got:?}");
    }

    #[test]
    fn a_difference_at_the_bound_lies_in_the_rope() {
        let got = bayes_sign(&[0.1, 0.3], &[0.3, 0.5], 0.2, 100, 1);
        assert_eq!(got.value().map(|p| p.rope), Some(1.0));
    }

    proptest! {
        #[test]
        fn nothing_panics(x in prop::collection::vec(any::<f64>(), 0..4),
                          y in prop::collection::vec(any::<f64>(), 0..4), rope: f64) {
            if let Some(p) = bayes_sign(&x, &y, rope, 20, 1).any() {
                prop_assert!((p.left + p.rope + p.right - 1.0).abs() < 1e-9);
            }
        }
    }
}
