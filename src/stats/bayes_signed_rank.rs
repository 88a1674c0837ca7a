//! Bayesian signed-rank test with a region of practical equivalence (rope).
//!
//! Benavoli et al. (2014): the differences `z_i = y_i - x_i` and one
//! pseudo-observation `z_0 = 0` of weight 0.5 get Dirichlet weights `w`. The
//! mass right of the rope is `sum_ij w_i w_j H(z_i + z_j - 2 rope)`, with `H`
//! one half at 0; left likewise; the rest is the rope's. The result is the
//! share of posterior samples in which each region has the largest mass.
//! Reference: baycomp 1.0.3 `SignedRankTest`.
//!
//! Assumes independent pairs (data sets), differences symmetric around their
//! median. Sums at a bound, to the rounding of the differences, count half to
//! each side. With a rope of 0 only the sides are compared. Unequal lengths,
//! empty or non-finite input: undefined. Monte Carlo: the standard error of a
//! share is at most `0.5 / sqrt(samples)`; deterministic by seed.
//!
//! Sorted differences need no double sum: for each `i` the `j` beyond a bound
//! are a run, and prefix sums of the weights give its mass. Cost O(n log n) plus
//! O(n) per sample (baycomp: O(n^2)).

use rayon::prelude::*;

use super::Outcome;
use super::random::Random;
use super::rope::{RopeProbabilities, slack, unusable, winners};

/// Weight of the pseudo-observation at 0.
const PRIOR: f64 = 0.5;

/// Posterior probabilities that each region is the most probable one.
pub fn bayes_signed_rank(
    x: &[f64],
    y: &[f64],
    rope: f64,
    samples: usize,
    seed: u64,
) -> Outcome<RopeProbabilities> {
    if let Some(reason) = unusable(x, y, rope) {
        return Outcome::undefined(reason);
    }
    // Sums of two differences and of two ropes: twice the rounding of one.
    let walsh = Walsh::of(x, y, rope, 2.0 * slack(x, y));
    let one = |weights: &mut Vec<f64>, b: usize| {
        let mut random = Random::of(seed, b);
        weights.clear();
        weights.extend(walsh.shapes.iter().map(|shape| random.gamma(*shape)));
        walsh.masses(weights)
    };
    let drawn: Vec<[f64; 3]> = (0..samples).into_par_iter().map_init(Vec::new, one).collect();
    match winners(&drawn, rope > 0.0) {
        Some(shares) => Outcome::of(shares),
        None => Outcome::undefined("there are no posterior samples"),
    }
}

/// Which sums of two differences lie where.
struct Walsh {
    /// Dirichlet parameters in the order of the sorted differences.
    shapes: Vec<f64>,
    /// Per `i`: the first `j` above the upper bound, and the first at it.
    above: Vec<(usize, usize)>,
    /// Per `i`: the number of `j` below the lower bound, and of those up to it.
    below: Vec<(usize, usize)>,
}

impl Walsh {
    fn of(x: &[f64], y: &[f64], rope: f64, slack: f64) -> Self {
        let mut z: Vec<(f64, f64)> = x.iter().zip(y).map(|(a, b)| (b - a, 1.0)).collect();
        z.push((0.0, PRIOR));
        z.sort_by(|a, b| a.0.total_cmp(&b.0));
        let until = |bound: f64| z.partition_point(|(d, _)| *d < bound);
        let up_to = |bound: f64| z.partition_point(|(d, _)| *d <= bound);
        let bound = 2.0 * rope;
        Self {
            shapes: z.iter().map(|(_, shape)| *shape).collect(),
            above: z
                .iter()
                .map(|(d, _)| (up_to(bound - d + slack), until(bound - d - slack)))
                .collect(),
            below: z
                .iter()
                .map(|(d, _)| (until(-bound - d - slack), up_to(-bound - d + slack)))
                .collect(),
        }
    }

    /// Masses left of, in and right of the rope, times the squared weight sum.
    fn masses(&self, weights: &[f64]) -> [f64; 3] {
        let mut sums = Vec::with_capacity(weights.len() + 1);
        let mut total = 0.0;
        sums.push(0.0);
        for w in weights {
            total += w;
            sums.push(total);
        }
        let (mut left, mut right) = (0.0, 0.0);
        for ((w, above), below) in weights.iter().zip(&self.above).zip(&self.below) {
            right += w * (total - f64::midpoint(sums[above.0], sums[above.1]));
            left += w * f64::midpoint(sums[below.0], sums[below.1]);
        }
        [left, (total * total - left - right).max(0.0), right]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn signs_without_a_rope_are_even_for_equal_samples() {
        let x = [0.5, 0.6, 0.7];
        let got = *bayes_signed_rank(&x, &x, 0.0, 500, 1).value().expect("probabilities");
        assert!((got.left - 0.5).abs() < 0.1 && got.rope == 0.0, "{got:?}");
        let got = *bayes_signed_rank(&x, &x, 0.01, 500, 1).value().expect("probabilities");
        assert_eq!(got.rope, 1.0);
    }

    #[test]
    fn results_do_not_depend_on_threads() {
        let x = [0.5, 0.6, 0.7, 0.4];
        let y = [0.52, 0.59, 0.75, 0.5];
        let on = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("pool");
            pool.install(|| bayes_signed_rank(&x, &y, 0.01, 300, 4))
        };
        assert_eq!(on(1), on(3));
    }

    proptest! {
        #[test]
        fn prefix_sums_are_the_double_sum(
            z in prop::collection::vec(-4i8..4, 1..8), rope in 0i8..3, seed: u64,
        ) {
            let x = vec![0.0; z.len()];
            let y: Vec<f64> = z.iter().map(|v| f64::from(*v)).collect();
            let rope = f64::from(rope);
            let walsh = Walsh::of(&x, &y, rope, 1e-12);
            let mut random = Random::of(seed, 0);
            let weights: Vec<f64> = walsh.shapes.iter().map(|s| random.gamma(*s)).collect();
            let mut sorted = y.clone();
            sorted.push(0.0);
            sorted.sort_by(f64::total_cmp);
            let step = |v: f64| if v > 0.0 { 1.0 } else if v == 0.0 { 0.5 } else { 0.0 };
            let mut want = [0.0; 2];
            for (a, w) in sorted.iter().zip(&weights) {
                for (b, v) in sorted.iter().zip(&weights) {
                    want[0] += w * v * step(-a - b - 2.0 * rope);
                    want[1] += w * v * step(a + b - 2.0 * rope);
                }
            }
            let got = walsh.masses(&weights);
            prop_assert!((got[0] - want[0]).abs() < 1e-9 && (got[2] - want[1]).abs() < 1e-9);
        }

        #[test]
        fn nothing_panics(x in prop::collection::vec(any::<f64>(), 0..4),
                          y in prop::collection::vec(any::<f64>(), 0..4), rope: f64) {
            let _ = bayes_signed_rank(&x, &y, rope, 20, 1);
        }
    }
}
