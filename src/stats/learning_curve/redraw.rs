//! Bootstrap over the runs of two curves, and the interval of a fraction.
//!
//! `k` runs have only `C(2k - 1, k)` different resamples. Where both sides
//! together have no more than were asked for (5 paired runs: 126; 3 and 3: 100),
//! all of them are taken, each with its multinomial probability: the bootstrap
//! distribution itself, without a Monte-Carlo error and without a seed (Fisher
//! and Hall 1991, "Bootstrap algorithms for small samples"). Otherwise they are
//! drawn as described in [`Draws`].
//!
//! Quantiles are of type 7 for drawn resamples; of the exact distribution, the
//! smallest value with at least that probability up to it, which is what type 7
//! tends to. Cost O(B runs fractions) for B resamples, drawn or different.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::Resampling;
use crate::stats::Outcome;
use crate::stats::bootstrap::Draws;
use crate::stats::bounds::confidence_error;
use crate::stats::describe::quantile_sorted;

/// Probabilities are sums of rounded weights.
const ROUNDING: f64 = 1e-12;

/// Interval of a fraction; an end that is missing lies outside the fractions
/// that were tried.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct FractionBounds {
    /// Lower end; none below the smallest fraction.
    pub low: Option<f64>,
    /// Upper end; none beyond the largest fraction.
    pub high: Option<f64>,
    /// Share of resamples in which the fraction exists.
    pub share_found: f64,
}

impl Resampling {
    /// Number of different resamples of `n` and `m` runs, if all are taken
    /// instead of drawing some.
    pub fn all_of(&self, n: usize, m: usize) -> Option<usize> {
        let sides = if self.pairs(n, m) { [n, 1] } else { [n, m] };
        let different =
            sides.iter().try_fold(1usize, |product, k| product.checked_mul(multisets(*k)?))?;
        (different <= self.resamples).then_some(different)
    }

    fn pairs(&self, n: usize, m: usize) -> bool {
        self.paired_runs && n == m
    }
}

/// `C(2k - 1, k)`, or none beyond what could be enumerated.
fn multisets(k: usize) -> Option<usize> {
    (1..=k).try_fold(1usize, |c, i| Some(c.checked_mul((k - 1).checked_add(i)?)? / i))
}

/// A statistic of every resample, with its probability.
pub(super) struct Redrawn {
    /// Ascending; probabilities of the exact distribution, none where drawn.
    values: Vec<(f64, Option<f64>)>,
}

/// `statistic` of the mean rows of redrawn runs of two sides, each at least one
/// row, all rows of a side of one length.
pub(super) fn redraw_runs(
    first: &[Vec<f64>],
    second: &[Vec<f64>],
    how: &Resampling,
    statistic: impl Fn(&[f64], &[f64]) -> f64 + Sync,
) -> Redrawn {
    let paired = how.pairs(first.len(), second.len());
    let mut values = if how.all_of(first.len(), second.len()).is_some() {
        all(first, second, paired, statistic)
    } else {
        drawn(first, second, paired, how, statistic)
    };
    values.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    Redrawn { values }
}

fn all(
    first: &[Vec<f64>],
    second: &[Vec<f64>],
    paired: bool,
    statistic: impl Fn(&[f64], &[f64]) -> f64,
) -> Vec<(f64, Option<f64>)> {
    let counts = every_count(first.len());
    if paired {
        let one = |(count, p): &(Vec<u32>, f64)| {
            (statistic(&mean_row(first, count), &mean_row(second, count)), Some(*p))
        };
        return counts.iter().map(one).collect();
    }
    let others: Vec<(Vec<f64>, f64)> = every_count(second.len())
        .into_iter()
        .map(|(count, p)| (mean_row(second, &count), p))
        .collect();
    let mut values = Vec::with_capacity(counts.len() * others.len());
    for (count, p) in counts {
        let row = mean_row(first, &count);
        values.extend(others.iter().map(|(other, q)| (statistic(&row, other), Some(p * q))));
    }
    values
}

fn drawn(
    first: &[Vec<f64>],
    second: &[Vec<f64>],
    paired: bool,
    how: &Resampling,
    statistic: impl Fn(&[f64], &[f64]) -> f64 + Sync,
) -> Vec<(f64, Option<f64>)> {
    let one = |b: usize| {
        let mut draws = Draws::of(how.seed, b);
        let mut count = |k: usize| {
            let mut counts = vec![0u32; k];
            draws.indices(k, k, |i| counts[i] += 1);
            counts
        };
        let counts = count(first.len());
        let row = mean_row(first, &counts);
        let other =
            if paired { mean_row(second, &counts) } else { mean_row(second, &count(second.len())) };
        (statistic(&row, &other), None)
    };
    (0..how.resamples).into_par_iter().map(one).collect()
}

/// How often each of `k` runs is drawn, for every different resample, with its
/// probability `k! / (prod c_i! k^k)`.
fn every_count(k: usize) -> Vec<(Vec<u32>, f64)> {
    fn fill(counts: &mut Vec<u32>, at: usize, left: u32, p: f64, into: &mut Vec<(Vec<u32>, f64)>) {
        let k = counts.len() as f64;
        if at + 1 == counts.len() {
            counts[at] = left;
            // The last run takes the rest in one way.
            let p = (1..=left).fold(p, |p, _| p / k);
            into.push((counts.clone(), p));
            return;
        }
        // C(left, c) / k^c, one more case at a time.
        let mut ways = p;
        for c in 0..=left {
            counts[at] = c;
            fill(counts, at + 1, left - c, ways, into);
            ways *= f64::from(left - c) / (f64::from(c + 1) * k);
        }
    }
    let mut all = Vec::new();
    if k > 0 {
        fill(&mut vec![0; k], 0, k as u32, 1.0, &mut all);
    }
    all
}

/// Mean of rows, each as often as it was drawn.
fn mean_row(rows: &[Vec<f64>], counts: &[u32]) -> Vec<f64> {
    let n = f64::from(counts.iter().sum::<u32>());
    let width = rows.first().map_or(0, Vec::len);
    let mean = |at: usize| {
        let weighted = |shift: f64| -> f64 {
            rows.iter().zip(counts).map(|(row, c)| f64::from(*c) * (row[at] - shift)).sum()
        };
        let first = weighted(0.0) / n;
        // The second pass removes the rounding of the first: equal scores have
        // that score as their mean, however they are drawn.
        if first.is_finite() { first + weighted(first) / n } else { first }
    };
    (0..width).map(mean).collect()
}

impl Redrawn {
    /// Percentile interval of logarithms of fractions, which may be infinite.
    pub(super) fn bounds(&self, confidence: f64) -> Outcome<FractionBounds> {
        if let Some(error) = confidence_error(confidence) {
            return Outcome::undefined(error);
        }
        if self.values.is_empty() || self.values.iter().any(|(v, _)| v.is_nan()) {
            return Outcome::undefined(
                "there are no resamples, or one in which neither side reaches",
            );
        }
        let share_found = self.share_found();
        if share_found == 0.0 {
            return Outcome::undefined("no resample reaches the score");
        }
        let alpha = (1.0 - confidence) / 2.0;
        let end = |p: f64| Some(self.quantile(p)).filter(|v| v.is_finite()).map(|x| 10f64.powf(x));
        Outcome::of(FractionBounds { low: end(alpha), high: end(1.0 - alpha), share_found })
    }

    fn share_found(&self) -> f64 {
        let all = self.values.len() as f64;
        let missing: f64 = (self.values.iter().filter(|(v, _)| !v.is_finite()))
            .map(|(_, p)| p.unwrap_or(1.0 / all))
            .sum();
        // Whole shares stay whole.
        if self.values.iter().all(|(v, _)| !v.is_finite()) { 0.0 } else { (1.0 - missing).min(1.0) }
    }

    fn quantile(&self, p: f64) -> f64 {
        let values = || self.values.iter().map(|(v, _)| *v);
        if self.values.iter().all(|(_, p)| p.is_none()) {
            return quantile_sorted(&values().collect::<Vec<_>>(), p);
        }
        let mut below = 0.0;
        for (value, weight) in &self.values {
            below += weight.unwrap_or(0.0);
            if below >= p - ROUNDING {
                return *value;
            }
        }
        values().next_back().unwrap_or(f64::NAN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(scores: &[f64]) -> Vec<Vec<f64>> {
        scores.iter().map(|score| vec![*score]).collect()
    }

    #[test]
    fn every_resample_once_and_their_probabilities_sum_to_one() {
        for (k, want) in [(1, 1), (2, 3), (3, 10), (5, 126), (8, 6435)] {
            let all = every_count(k);
            assert_eq!(all.len(), want);
            assert_eq!(multisets(k), Some(want));
            assert!((all.iter().map(|(_, p)| p).sum::<f64>() - 1.0).abs() < 1e-12);
            assert!(all.iter().all(|(c, _)| c.iter().sum::<u32>() == k as u32));
        }
        let three: f64 = every_count(3).iter().filter(|(c, _)| c[0] == 2).map(|(_, p)| p).sum();
        assert!((three - 3.0 * (1.0 / 9.0) * (2.0 / 3.0)).abs() < 1e-15);
    }

    #[test]
    fn all_are_taken_when_they_are_few() {
        let how = |paired_runs| Resampling { paired_runs, ..Resampling::default() };
        assert_eq!(how(true).all_of(5, 5), Some(126));
        assert_eq!(how(false).all_of(3, 3), Some(100));
        assert_eq!(how(false).all_of(5, 5), None);
        assert_eq!(how(true).all_of(100, 100), None);
        assert_eq!(Resampling { resamples: 0, ..how(true) }.all_of(2, 2), None);
    }

    /// Drawing tends to the exact distribution.
    #[test]
    fn drawn_and_exact_agree() {
        let (a, b) = (rows(&[-1.0, -0.5, -0.2, 0.0]), rows(&[0.1, 0.3, 0.2, 0.7]));
        for paired_runs in [true, false] {
            let how = Resampling { resamples: 40_000, paired_runs, ..Resampling::default() };
            let difference = |a: &[f64], b: &[f64]| b[0] - a[0];
            let exact = redraw_runs(&a, &b, &how, difference);
            let values = drawn(&a, &b, paired_runs, &how, difference);
            let mean = |values: &[(f64, Option<f64>)]| -> f64 {
                let n = values.len() as f64;
                values.iter().map(|(v, p)| v * p.unwrap_or(1.0 / n)).sum()
            };
            assert!(exact.values.iter().all(|(_, p)| p.is_some()));
            assert!((mean(&exact.values) - mean(&values)).abs() < 5e-3);
            let mut sampled = Redrawn { values };
            sampled.values.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
            for p in [0.025, 0.5, 0.975] {
                assert!((exact.quantile(p) - sampled.quantile(p)).abs() < 0.03, "{p}");
            }
        }
    }

    #[test]
    fn equal_scores_keep_their_value() {
        let same = rows(&[0.1; 5]);
        for (counts, _) in every_count(5) {
            assert_eq!(mean_row(&same, &counts), [0.1]);
        }
    }
}
