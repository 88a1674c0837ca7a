//! Intervals of effect sizes that rest on order alone.
//!
//! *Cliff's delta* `d = P(x > y) - P(x < y)` (the rank-biserial correlation of
//! independent samples; `A12 = (d + 1)/2`): with the unbiased variance `s^2 =
//! [m^2 sum (d_i. - d)^2 + n^2 sum (d_.j - d)^2 - sum (d_ij - d)^2] / (nm(n-1)(m-1))`,
//! at least `(1 - d^2)/(nm - 1)`, the asymmetric interval `(d - d^3 +- z s
//! sqrt((1 - d^2)^2 + z^2 s^2)) / (1 - d^2 + z^2 s^2)` (Cliff 1996; Feng and Cliff
//! 2004, who found it to hold its level for small and skewed samples). With
//! `|d| = 1` no variance can be seen: the other end is `(b - z^2)/(b + z^2)`, `b` the
//! smaller sample size.
//!
//! *Matched-pairs rank-biserial* `r` of the signed-rank test: `tanh(atanh r +- z
//! se)` with `se = sqrt((2n^3 + 3n^2 + n)/6) / ((n^2 + n)/2)`, n the nonzero
//! differences (the approximation of R's effectsize). With `|r| = 1` it is a
//! point, which says nothing: degenerate.
//!
//! Fewer than two values on a side, NaN, unpaired input: undefined. Cost O(N log N).

use serde::{Deserialize, Serialize};

use super::bounds::confidence_error;
use super::distributions::normal;
use super::wilcoxon::{Method, Zeros, signed_rank};
use super::{Bounds, Outcome};

/// An effect size of order with its interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RankEffect {
    /// The effect size.
    pub estimate: f64,
    /// Its interval, within the effect size's range.
    pub bounds: Bounds,
}

/// Cliff's delta of x against y; positive where x is larger.
pub fn cliffs_delta(x: &[f64], y: &[f64], confidence: f64) -> Outcome<RankEffect> {
    if let Some(reason) = confidence_error(confidence) {
        return Outcome::undefined(reason);
    }
    if x.len() < 2 || y.len() < 2 {
        return Outcome::undefined("an interval needs two values on each side");
    }
    if x.iter().chain(y).any(|v| v.is_nan()) {
        return Outcome::undefined("a value is not a number");
    }
    let z = normal::quantile(0.5 + confidence / 2.0);
    let dominance = Dominance::new(x, y);
    let (d, square) = (dominance.delta, z * z * dominance.variance());
    let bounds = if d.abs() == 1.0 {
        let b = x.len().min(y.len()) as f64;
        let other = (b - z * z) / (b + z * z) * d;
        Bounds { low: d.min(other), high: d.max(other) }
    } else {
        let room = 1.0 - d * d;
        let half = (square * (room * room + square)).sqrt();
        let end = |sign: f64| ((d * room + sign * half) / (room + square)).clamp(-1.0, 1.0);
        Bounds { low: end(-1.0), high: end(1.0) }
    };
    let result = RankEffect { estimate: d, bounds };
    if dominance.ties == x.len() * y.len() {
        return Outcome::degenerate(result, "all values are equal");
    }
    Outcome::of(result)
}

/// A12, the probability that x is larger, ties as one half.
pub fn a12(x: &[f64], y: &[f64], confidence: f64) -> Outcome<RankEffect> {
    let half = |d: f64| f64::midpoint(d, 1.0);
    cliffs_delta(x, y, confidence).map(|r| RankEffect {
        estimate: half(r.estimate),
        bounds: Bounds { low: half(r.bounds.low), high: half(r.bounds.high) },
    })
}

/// Matched-pairs rank-biserial correlation; positive where x is larger.
pub fn rank_biserial_paired(x: &[f64], y: &[f64], confidence: f64) -> Outcome<RankEffect> {
    if let Some(reason) = confidence_error(confidence) {
        return Outcome::undefined(reason);
    }
    let test = signed_rank(x, y, Zeros::Wilcox, Method::Asymptotic { correction: false });
    let Some(result) = test.any() else {
        return Outcome::undefined(test.note().unwrap_or_default());
    };
    let (r, n) = (result.rank_biserial, result.n_used as f64);
    let point = RankEffect { estimate: r, bounds: Bounds { low: r, high: r } };
    if n == 0.0 {
        return Outcome::degenerate(point, "all differences are zero");
    }
    if r.abs() == 1.0 {
        return Outcome::degenerate(point, "all differences have one sign: no interval is known");
    }
    let se = ((2.0 * n * n * n + 3.0 * n * n + n) / 6.0).sqrt() / f64::midpoint(n * n, n);
    let z = normal::quantile(0.5 + confidence / 2.0) * se;
    let bounds = Bounds { low: (r.atanh() - z).tanh(), high: (r.atanh() + z).tanh() };
    Outcome::of(RankEffect { estimate: r, bounds })
}

/// Row and column means of `d_ij = sign(x_i - y_j)`, without the matrix.
struct Dominance {
    delta: f64,
    rows: Vec<f64>,
    columns: Vec<f64>,
    ties: usize,
}

impl Dominance {
    fn new(x: &[f64], y: &[f64]) -> Self {
        let (rows, ties) = dominance_of(x, y);
        let (columns, _) = dominance_of(y, x);
        let delta = rows.iter().sum::<f64>() / x.len() as f64;
        Self { delta, rows, columns: columns.iter().map(|d| -d).collect(), ties }
    }

    fn variance(&self) -> f64 {
        let (n, m, d) = (self.rows.len() as f64, self.columns.len() as f64, self.delta);
        let squares = |v: &[f64]| v.iter().map(|w| (w - d) * (w - d)).sum::<f64>();
        // d_ij^2 is 1 but for ties.
        let cells = n * m - self.ties as f64 - n * m * d * d;
        let sum = m * m * squares(&self.rows) + n * n * squares(&self.columns) - cells;
        let unbiased = sum / (n * m * (n - 1.0) * (m - 1.0));
        unbiased.max((1.0 - d * d) / (n * m - 1.0))
    }
}

/// For each value the mean sign of its difference from the others, and the
/// number of tied pairs.
fn dominance_of(values: &[f64], others: &[f64]) -> (Vec<f64>, usize) {
    let mut sorted = others.to_vec();
    sorted.sort_by(f64::total_cmp);
    let mut ties = 0;
    let means = values
        .iter()
        .map(|v| {
            let below = sorted.partition_point(|w| w < v);
            let not_above = sorted.partition_point(|w| w <= v);
            ties += not_above - below;
            (below as f64 - (sorted.len() - not_above) as f64) / sorted.len() as f64
        })
        .collect();
    (means, ties)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::effect_size;
    use proptest::prelude::*;

    #[test]
    fn a_wider_level_has_wider_bounds_and_full_dominance_an_end() {
        let (x, y) = ([1.0, 2.0, 3.0, 4.0, 9.0], [0.0, 2.5, 1.5, 0.5, 3.5]);
        let at = |c| cliffs_delta(&x, &y, c).value().map(|r| r.bounds).expect("bounds");
        assert!(at(0.99).low < at(0.9).low && at(0.9).high < at(0.99).high);
        let result = cliffs_delta(&[5.0; 4], &[1.0; 6], 0.95);
        let r = result.value().expect("bounds");
        assert_eq!((r.estimate, r.bounds.high), (1.0, 1.0));
        assert!((r.bounds.low - 0.020_2).abs() < 1e-3, "{}", r.bounds.low);
    }

    #[test]
    fn coverage_is_near_its_level() {
        use crate::stats::random::Random;
        // Two normal samples half a standard deviation apart.
        let delta = 2.0 * normal::cdf(0.5 / std::f64::consts::SQRT_2) - 1.0;
        let hits = (0..1_000)
            .filter(|trial| {
                let mut random = Random::of(5, *trial);
                let x: Vec<f64> = (0..15).map(|_| random.normal() + 0.5).collect();
                let y: Vec<f64> = (0..20).map(|_| random.normal()).collect();
                cliffs_delta(&x, &y, 0.95).any().is_some_and(|r| r.bounds.contains(delta))
            })
            .count();
        // Standard error 7.
        assert!((920..=975).contains(&hits), "{hits} of 1000 at 95 %");
    }

    proptest! {
        #[test]
        fn swapping_the_sides_mirrors_the_interval(
            x in prop::collection::vec(-9i8..9, 2..12), y in prop::collection::vec(-9i8..9, 2..12),
        ) {
            let x: Vec<f64> = x.into_iter().map(f64::from).collect();
            let y: Vec<f64> = y.into_iter().map(f64::from).collect();
            let (a, b) = (cliffs_delta(&x, &y, 0.9), cliffs_delta(&y, &x, 0.9));
            let (Some(a), Some(b)) = (a.any(), b.any()) else { panic!("finite data") };
            prop_assert!((a.bounds.low + b.bounds.high).abs() < 1e-12);
            prop_assert!(a.bounds.low <= a.estimate && a.estimate <= a.bounds.high);
            let point = effect_size::cliffs_delta(&x, &y);
            prop_assert!(point.any().is_some_and(|d| (d - a.estimate).abs() < 1e-12));
        }

        #[test]
        fn nothing_panics(x in prop::collection::vec(any::<f64>(), 0..6),
                          y in prop::collection::vec(any::<f64>(), 0..6), c in any::<f64>()) {
            for confidence in [c, 0.95] {
                for f in [cliffs_delta, a12, rank_biserial_paired] {
                    if let Some(r) = f(&x, &y, confidence).any() {
                        prop_assert!(r.bounds.low <= r.bounds.high && r.bounds.high <= 1.0);
                    }
                }
            }
        }
    }
}
