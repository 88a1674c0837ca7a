//! Bootstrap of the difference between two samples of the same cases.
//!
//! Case `i` of `x` and case `i` of `y` are redrawn together, so what they have
//! in common (a hard case, a lucky seed) cancels, as it does in a paired test.
//! Any statistic of one sample: the result is its value on `x` minus that on
//! `y`. For statistics of more than values (an AUC needs labels) see
//! [`super::indexed`]. Efron and Tibshirani (1993), section 8.6.
//!
//! Assumes independent pairs. Unequal lengths, empty or non-finite input: the
//! interval is undefined. Constant differences: see [`super::Bootstrap`]. Cost
//! O(B n) draws and 2 B statistics, up to 2,000 more for the jackknife; the
//! mean's is O(n).

use super::distribution::Bootstrap;
use super::draw::Strata;
use super::jackknife::jackknife;
use super::stratified::indexed;

/// Resamples of `statistic(x) - statistic(y)` over the same redrawn cases.
pub fn paired_difference(
    x: &[f64],
    y: &[f64],
    resamples: usize,
    seed: u64,
    statistic: impl Fn(&[f64]) -> f64 + Sync,
) -> Bootstrap {
    if !usable(x, y) {
        return Bootstrap::from_resamples(f64::NAN, Vec::new());
    }
    let gather = |v: &[f64], at: &[usize]| at.iter().map(|i| v[*i]).collect::<Vec<f64>>();
    let difference = |at: &[usize]| statistic(&gather(x, at)) - statistic(&gather(y, at));
    let left_out = jackknife(x.len(), difference);
    indexed(&Strata::whole(x.len()), resamples, seed, difference).with_jackknife(left_out)
}

/// Resamples of the mean of `x - y`: [`paired_difference`] of the mean, in place.
pub fn paired_mean_difference(x: &[f64], y: &[f64], resamples: usize, seed: u64) -> Bootstrap {
    if !usable(x, y) {
        return Bootstrap::from_resamples(f64::NAN, Vec::new());
    }
    let differences: Vec<f64> = x.iter().zip(y).map(|(a, b)| a - b).collect();
    Bootstrap::draw_mean(&differences, resamples, seed)
}

fn usable(x: &[f64], y: &[f64]) -> bool {
    !x.is_empty() && x.len() == y.len() && x.iter().chain(y).all(|v| v.is_finite())
}

#[cfg(test)]
mod tests {
    use super::super::distribution::Method;
    use super::*;
    use crate::stats::describe::{mean, median};
    use proptest::prelude::*;

    #[test]
    fn what_pairs_share_cancels() {
        let y: Vec<f64> = (0..40).map(|i| f64::from(i * 17 % 41)).collect();
        let x: Vec<f64> = y.iter().enumerate().map(|(i, v)| v + 1.0 + (i % 2) as f64).collect();
        let paired = paired_difference(&x, &y, 500, 3, mean);
        assert!((paired.estimate() - 1.5).abs() < 1e-12);
        assert!(paired.standard_error() < 0.1);
        let fast = paired_mean_difference(&x, &y, 500, 3);
        let ends = |b: &Bootstrap| *b.interval(Method::Bca, 0.9).value().expect("an interval");
        assert!((ends(&fast).low - ends(&paired).low).abs() < 1e-9);
        assert!((ends(&fast).high - ends(&paired).high).abs() < 1e-9);
    }

    proptest! {
        #[test]
        fn nothing_panics(x in prop::collection::vec(any::<f64>(), 0..5),
                          y in prop::collection::vec(any::<f64>(), 0..5)) {
            for drawn in [paired_difference(&x, &y, 20, 1, median), paired_mean_difference(&x, &y, 20, 1)] {
                for method in [Method::Percentile, Method::Basic, Method::Bca] {
                    let interval = drawn.interval(method, 0.9);
                    if x.len() != y.len() { prop_assert!(interval.any().is_none()); }
                }
            }
        }
    }
}
