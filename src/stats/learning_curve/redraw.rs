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
use super::columns::Columns;
use crate::stats::Outcome;
use crate::stats::bootstrap::Draws;
use crate::stats::bounds::confidence_error;
use crate::stats::describe::quantile_of;

/// Resamples that one task of a thread draws.
const TOGETHER: usize = 256;

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

    /// Whether `n` and `m` runs are redrawn together.
    pub(super) fn pairs(&self, n: usize, m: usize) -> bool {
        self.paired_runs && n == m
    }
}

/// `C(2k - 1, k)`, or none beyond what could be enumerated.
fn multisets(k: usize) -> Option<usize> {
    (1..=k).try_fold(1usize, |c, i| Some(c.checked_mul((k - 1).checked_add(i)?)? / i))
}

/// The mean rows of two sides in every resample of their runs.
pub(super) struct Resamples {
    /// Resample by resample: the first side's row, then the second's.
    means: Vec<f64>,
    /// Length of the two rows.
    widths: [usize; 2],
    /// Those of the exact distribution, none where drawn.
    probabilities: Option<Vec<f64>>,
}

impl Resamples {
    /// Of two sides, each at least one row, all rows of a side of one length.
    pub(super) fn of(first: &[Vec<f64>], second: &[Vec<f64>], how: &Resampling) -> Self {
        let paired = how.pairs(first.len(), second.len());
        // Sides that are drawn together are one side with the columns of both.
        let sides = if paired {
            vec![Columns::of(&[first, second])]
        } else {
            vec![Columns::of(&[first]), Columns::of(&[second])]
        };
        let width = |rows: &[Vec<f64>]| rows.first().map_or(0, Vec::len);
        let (means, probabilities) = if how.all_of(first.len(), second.len()).is_some() {
            let (means, probabilities) = all(&sides);
            (means, Some(probabilities))
        } else {
            (drawn(&sides, how), None)
        };
        Self { means, widths: [width(first), width(second)], probabilities }
    }

    /// A statistic of the two rows of every resample.
    pub(super) fn map(&self, statistic: impl Fn(&[f64], &[f64]) -> f64) -> Redrawn {
        let [first, second] = self.widths;
        let rows = self.means.chunks_exact((first + second).max(1));
        let values = rows.map(|row| {
            let (first, second) = row.split_at(first);
            statistic(first, second)
        });
        match &self.probabilities {
            None => Redrawn::Drawn(values.collect()),
            Some(probabilities) => {
                let mut values: Vec<_> = values.zip(probabilities.iter().copied()).collect();
                values.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
                Redrawn::Every(values)
            }
        }
    }
}

/// Every different resample of the sides with its probability.
fn all(sides: &[Columns]) -> (Vec<f64>, Vec<f64>) {
    let (mut means, mut probabilities, mut width) = (Vec::new(), vec![1.0], 0);
    for side in sides {
        let counts = every_count(side.runs());
        let rows: Vec<Vec<f64>> = counts.iter().map(|(count, _)| side.means(count)).collect();
        let mut longer =
            Vec::with_capacity((width + side.width()) * probabilities.len() * rows.len());
        for at in 0..probabilities.len() {
            for row in &rows {
                longer.extend_from_slice(&means[at * width..(at + 1) * width]);
                longer.extend_from_slice(row);
            }
        }
        let with = |p: &f64| counts.iter().map(|(_, q)| p * q).collect::<Vec<f64>>();
        probabilities = probabilities.iter().flat_map(with).collect();
        (means, width) = (longer, width + side.width());
    }
    (means, probabilities)
}

/// As many resamples of the sides as are asked for.
fn drawn(sides: &[Columns], how: &Resampling) -> Vec<f64> {
    let width = sides.iter().map(Columns::width).sum::<usize>().max(1);
    let mut means = vec![0.0; width * how.resamples];
    let draw = |(task, rows): (usize, &mut [f64])| {
        let mut counts = Vec::new();
        for (at, mut row) in rows.chunks_exact_mut(width).enumerate() {
            let mut draws = Draws::of(how.seed, task * TOGETHER + at);
            for side in sides {
                counts.clear();
                counts.resize(side.runs(), 0u32);
                draws.indices(side.runs(), side.runs(), |run| counts[run] += 1);
                let (own, rest) = row.split_at_mut(side.width());
                side.means_into(&counts, own);
                row = rest;
            }
        }
    };
    means.par_chunks_mut(width * TOGETHER).enumerate().for_each(draw);
    means
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

/// A statistic of every resample.
pub(super) enum Redrawn {
    /// Drawn: one as probable as the other.
    Drawn(Vec<f64>),
    /// Every different one with its probability, ascending.
    Every(Vec<(f64, f64)>),
}

impl Redrawn {
    /// Percentile interval of logarithms of fractions, which may be infinite.
    pub(super) fn bounds(mut self, confidence: f64) -> Outcome<FractionBounds> {
        if let Some(error) = confidence_error(confidence) {
            return Outcome::undefined(error);
        }
        if self.values().next().is_none() || self.values().any(f64::is_nan) {
            return Outcome::undefined(
                "there are no resamples, or one in which neither side reaches",
            );
        }
        let share_found = self.share_found();
        if share_found == 0.0 {
            return Outcome::undefined("no resample reaches the score");
        }
        let alpha = (1.0 - confidence) / 2.0;
        let mut end =
            |p: f64| Some(self.quantile(p)).filter(|v| v.is_finite()).map(|x| 10f64.powf(x));
        Outcome::of(FractionBounds { low: end(alpha), high: end(1.0 - alpha), share_found })
    }

    fn values(&self) -> Box<dyn Iterator<Item = f64> + '_> {
        match self {
            Self::Drawn(values) => Box::new(values.iter().copied()),
            Self::Every(values) => Box::new(values.iter().map(|(value, _)| *value)),
        }
    }

    fn share_found(&self) -> f64 {
        // Whole shares stay whole.
        if self.values().all(|v| !v.is_finite()) {
            return 0.0;
        }
        let missing: f64 = match self {
            Self::Drawn(values) => {
                let one = 1.0 / values.len() as f64;
                values.iter().filter(|v| !v.is_finite()).map(|_| one).sum()
            }
            Self::Every(values) => {
                values.iter().filter(|(v, _)| !v.is_finite()).map(|(_, p)| p).sum()
            }
        };
        (1.0 - missing).min(1.0)
    }

    /// Changes the order of drawn values.
    fn quantile(&mut self, p: f64) -> f64 {
        match self {
            Self::Drawn(values) => quantile_of(values, p),
            Self::Every(values) => {
                let mut below = 0.0;
                for (value, weight) in values.iter() {
                    below += weight;
                    if below >= p - ROUNDING {
                        return *value;
                    }
                }
                values.last().map_or(f64::NAN, |(value, _)| *value)
            }
        }
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
            let mut exact = Resamples::of(&a, &b, &how).map(difference);
            let sides = if paired_runs {
                vec![Columns::of(&[&a, &b])]
            } else {
                vec![Columns::of(&[&a]), Columns::of(&[&b])]
            };
            let drawn =
                Resamples { means: drawn(&sides, &how), widths: [1, 1], probabilities: None };
            let mut drawn = drawn.map(difference);
            let (Redrawn::Every(every), Redrawn::Drawn(some)) = (&exact, &drawn) else {
                panic!("few resamples are all taken, and drawn ones are not");
            };
            let mean = some.iter().sum::<f64>() / some.len() as f64;
            assert!((every.iter().map(|(v, p)| v * p).sum::<f64>() - mean).abs() < 5e-3);
            for p in [0.025, 0.5, 0.975] {
                assert!((exact.quantile(p) - drawn.quantile(p)).abs() < 0.03, "{p}");
            }
        }
    }
}
