//! Hodges-Lehmann estimates of a shift, with their intervals.
//!
//! *Paired*: the median of the Walsh averages `(d_i + d_j)/2`, `i <= j`, of the
//! differences; interval from the order statistics of the averages by the exact
//! signed-rank distribution. *Two samples*: the median of all `x_i - y_j`;
//! interval by the Mann-Whitney distribution (Hodges and Lehmann 1963; Hollander
//! and Wolfe 1999; R's `wilcox.test(conf.int = TRUE)`). The interval is the
//! narrowest symmetric pair of order statistics whose coverage is at least the
//! level. Samples too small for the level get the full range, which
//! covers less: `coverage` says how much, `attained` that it falls short.
//!
//! Assumes a symmetric distribution of the differences, or two distributions
//! that differ by a shift. With ties or zeros the distribution without ties is
//! used, which errs towards more coverage. Beyond [`MOST_PAIRED`] pairs or
//! [`MOST_TWO`] the rank is taken from the normal approximation. Non-finite,
//! empty or unpaired input: undefined. Cost O(n log n); exact O(n^3), O(n^2 m^2).

use serde::{Deserialize, Serialize};

use super::Outcome;
use super::distributions::normal;
use super::pairwise_selection::{difference, walsh_average};
use super::rank_sum_counts::RankSumCounts;
use super::ranks;
use super::signed_rank_counts::SignedRankCounts;

/// Pairs up to which the interval is exact.
pub const MOST_PAIRED: usize = 200;
/// `(n + m) min(n, m)` up to which the interval of two samples is exact.
pub const MOST_TWO: usize = 5_000;

/// A shift with its interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct HodgesLehmann {
    /// Median of the averages or differences.
    pub estimate: f64,
    /// Lower end.
    pub ci_low: f64,
    /// Upper end.
    pub ci_high: f64,
    /// Coverage of the interval for continuous data.
    pub coverage: f64,
    /// Whether the coverage reaches the level asked for.
    pub attained: bool,
    /// Whether the exact distribution gave the interval, not the normal.
    pub exact: bool,
}

/// Shift of paired samples, `x - y`.
pub fn paired(x: &[f64], y: &[f64], confidence: f64) -> Outcome<HodgesLehmann> {
    if x.len() != y.len() {
        return Outcome::undefined(format!("{} values paired with {}", x.len(), y.len()));
    }
    if let Some(reason) = unusable(x, y, confidence) {
        return Outcome::undefined(reason);
    }
    let mut d = ranks::differences(x, y);
    d.sort_by(f64::total_cmp);
    let n = d.len() as u64;
    let critical = if d.len() <= MOST_PAIRED {
        let doubled: Vec<usize> = (1..=d.len()).map(|r| 2 * r).collect();
        exact_rank(SignedRankCounts::new(&doubled).below((1.0 - confidence) / 2.0), || {
            0.5f64.powi(d.len() as i32)
        })
    } else {
        let m = n as f64;
        let sd = (m * (m + 1.0) * (2.0 * m + 1.0) / 24.0).sqrt();
        normal_rank(m * (m + 1.0) / 4.0, sd, confidence)
    };
    finish(n * (n + 1) / 2, critical, confidence, |k| walsh_average(&d, k))
}

/// Shift between two independent samples, `x - y`.
pub fn two_sample(x: &[f64], y: &[f64], confidence: f64) -> Outcome<HodgesLehmann> {
    if let Some(reason) = unusable(x, y, confidence) {
        return Outcome::undefined(reason);
    }
    let sorted = |v: &[f64]| {
        let mut v = v.to_vec();
        v.sort_by(f64::total_cmp);
        v
    };
    let (x, y) = (sorted(x), sorted(y));
    let (small, all) = (x.len().min(y.len()), x.len() + y.len());
    let pairs = x.len() as u64 * y.len() as u64;
    let critical = if small.saturating_mul(all) <= MOST_TWO {
        let doubled: Vec<usize> = (1..=all).map(|r| 2 * r).collect();
        let counts = RankSumCounts::new(&doubled, small);
        exact_rank(counts.below((1.0 - confidence) / 2.0), || counts.tails(small * (small + 1)).0)
    } else {
        let sd = (pairs as f64 * (all as f64 + 1.0) / 12.0).sqrt();
        normal_rank(pairs as f64 / 2.0, sd, confidence)
    };
    finish(pairs, critical, confidence, |k| difference(&x, &y, k))
}

/// Median of the Walsh averages of finite values.
pub(super) fn walsh_median(d: &[f64]) -> f64 {
    let mut sorted = d.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len() as u64;
    median(n * (n + 1) / 2, |k| walsh_average(&sorted, k))
}

fn median(count: u64, at: impl Fn(u64) -> f64) -> f64 {
    let low = at(count.div_ceil(2));
    if count % 2 == 1 { low } else { f64::midpoint(low, at(count / 2 + 1)) }
}

/// The rank of the lower end, its coverage, and whether that is exact.
#[derive(Clone, Copy)]
struct Critical {
    rank: u64,
    coverage: f64,
    exact: bool,
}

/// From the number of statistics below the tail and their probability; at
/// least the first order statistic, whose own probability is then asked for.
fn exact_rank((count, tail): (usize, f64), first: impl Fn() -> f64) -> Critical {
    let tail = if count == 0 { first() } else { tail };
    let coverage = (1.0 - 2.0 * tail).max(0.0);
    Critical { rank: count.max(1) as u64, coverage, exact: true }
}

fn normal_rank(mean: f64, sd: f64, confidence: f64) -> Critical {
    let z = -normal::quantile((1.0 - confidence) / 2.0);
    Critical { rank: ((mean - z * sd).floor()).max(1.0) as u64, coverage: confidence, exact: false }
}

fn finish(
    count: u64,
    critical: Critical,
    confidence: f64,
    at: impl Fn(u64) -> f64,
) -> Outcome<HodgesLehmann> {
    // In the upper half of the ranks the ends would cross.
    let rank = critical.rank.min(count.div_ceil(2)).max(1);
    let result = HodgesLehmann {
        estimate: median(count, &at),
        ci_low: at(rank),
        ci_high: at(count + 1 - rank),
        coverage: critical.coverage,
        attained: critical.coverage >= confidence - 1e-12,
        exact: critical.exact,
    };
    if !(result.estimate.is_finite() && result.ci_low.is_finite() && result.ci_high.is_finite()) {
        return Outcome::undefined("the values are too large for their differences");
    }
    if result.ci_low == result.ci_high && count > 1 {
        return Outcome::degenerate(result, "all differences are equal: the interval is a point");
    }
    Outcome::of(result)
}

fn unusable(x: &[f64], y: &[f64], confidence: f64) -> Option<String> {
    if x.is_empty() || y.is_empty() {
        return Some("one side has no values".into());
    }
    if x.iter().chain(y).any(|v| !v.is_finite()) {
        return Some("a value is not finite".into());
    }
    if !(confidence > 0.0 && confidence < 1.0) {
        return Some(format!("the confidence level is {confidence}, expected in (0, 1)"));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn five_pairs_cannot_reach_95_percent() {
        let x = [1.0, 2.5, 3.1, 4.7, 5.2];
        let result = paired(&x, &[0.0; 5], 0.95);
        let r = result.value().expect("an interval");
        assert!(!r.attained && (r.coverage - 0.9375).abs() < 1e-12);
        assert_eq!((r.ci_low, r.ci_high), (1.0, 5.2));
    }

    #[test]
    fn exact_and_normal_ranks_meet() {
        let d: Vec<f64> = (1..=200).map(|i| f64::from(i * i % 997) + f64::from(i) / 1e3).collect();
        let more: Vec<f64> = d.iter().copied().chain([d[100] + 0.5]).collect();
        let (a, b) = (paired(&d, &[0.0; 200], 0.95), paired(&more, &[0.0; 201], 0.95));
        let (a, b) = (a.value().expect("exact"), b.value().expect("normal"));
        assert!(a.exact && !b.exact);
        assert!((a.ci_low / b.ci_low - 1.0).abs() < 0.02);
    }

    proptest! {
        #[test]
        fn a_shift_moves_all_three(
            x in prop::collection::vec(-1e3..1e3f64, 1..15),
            y in prop::collection::vec(-1e3..1e3f64, 1..15), by in -50.0..50.0f64,
        ) {
            let moved: Vec<f64> = x.iter().map(|v| v + by).collect();
            let (a, b) = (two_sample(&x, &y, 0.9), two_sample(&moved, &y, 0.9));
            let (Some(a), Some(b)) = (a.any(), b.any()) else { panic!("finite data") };
            for (a, b) in [(a.estimate, b.estimate), (a.ci_low, b.ci_low), (a.ci_high, b.ci_high)] {
                prop_assert!((a + by - b).abs() < 1e-9);
            }
            prop_assert!(a.ci_low <= a.estimate && a.estimate <= a.ci_high);
        }

        #[test]
        fn nothing_panics(x in prop::collection::vec(any::<f64>(), 0..6),
                          y in prop::collection::vec(any::<f64>(), 0..6), c in any::<f64>()) {
            for confidence in [c, 0.95] {
                let _ = (paired(&x, &y, confidence), two_sample(&x, &y, confidence));
            }
        }
    }
}
