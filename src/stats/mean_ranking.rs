//! Rankings of methods by a mean over cases, with their bootstrap stability.
//!
//! Two schemes of challenges are means over cases: *aggregate, then rank* (of the
//! values) and *rank, then aggregate* (of the ranks within each case). Units
//! (cases, or patients with several) are drawn with replacement, all methods
//! together, and the means are ranked again: Wiesenfarth et al. (2021), R
//! `challengeR`. Because a mean follows from sums, a resample costs one addition
//! per unit and method; [`super::ranking_stability`] does the same for any scheme
//! by ranking whole tables again.
//!
//! Ties share the smallest rank; means that differ by rounding alone (1e-12 of
//! their size) are tied. Assumes independent units. No units, no methods, values
//! that are not finite or no resamples: undefined. Resample `b` uses stream `b`
//! of ChaCha8. Cost O(B (U k + k^2)).

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::Outcome;
use super::bootstrap::Draws;
use super::describe::quantile_sorted;
use super::ranking_stability::tau_b;

/// A ranking with its stability.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MeanRanking {
    /// Mean of each method.
    pub scores: Vec<f64>,
    /// 1 for the best; ties share the smallest rank.
    pub ranks: Vec<usize>,
    /// Percentile interval of each rank.
    pub intervals: Vec<[f64; 2]>,
    /// Share of resamples that rank all methods as all cases do.
    pub kept: f64,
    /// Share of resamples in which the first methods are the same.
    pub first_kept: f64,
    /// Mean Kendall's tau-b with the ranking of all cases; absent where none is
    /// defined.
    pub mean_tau: Option<f64>,
    /// Resamples.
    pub resamples: usize,
}

/// Sums over units: of one unit a row of one sum per method, and its number of
/// cases.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UnitSums {
    methods: usize,
    /// Row after row.
    sums: Vec<f64>,
    /// Cases of each unit.
    sizes: Vec<f64>,
}

impl UnitSums {
    /// Adds up rows of cases by their units, `unit_of` each case: numbers from 0
    /// on, fewer than there are cases, or there are no units.
    pub fn of(rows: &[Vec<f64>], unit_of: &[u32]) -> Self {
        let methods = rows.first().map_or(0, Vec::len);
        let units = unit_of.iter().map(|unit| *unit as usize + 1).max().unwrap_or(0);
        let whole = rows.iter().all(|row| row.len() == methods) && rows.len() == unit_of.len();
        if units > rows.len() || !whole {
            return Self::default();
        }
        let mut out = Self { methods, sums: vec![0.0; units * methods], sizes: vec![0.0; units] };
        for (row, unit) in rows.iter().zip(unit_of) {
            let unit = *unit as usize;
            out.sizes[unit] += 1.0;
            let sums = &mut out.sums[unit * methods..(unit + 1) * methods];
            for (sum, value) in sums.iter_mut().zip(row) {
                *sum += value;
            }
        }
        out
    }

    /// Of scores that vary with units by their contributions.
    pub fn of_contributions(scores: &[f64], parts: &[&[f64]]) -> Self {
        let (methods, units) = (scores.len(), parts.first().map_or(0, |parts| parts.len()));
        let share = 1.0 / units as f64;
        let mut sums = Vec::with_capacity(units * methods);
        for unit in 0..units {
            let part = |parts: &&[f64]| parts.get(unit).copied().unwrap_or(f64::NAN);
            sums.extend(scores.iter().zip(parts).map(|(score, of)| score * share + part(of)));
        }
        if parts.len() != methods {
            return Self::default();
        }
        Self { methods, sums, sizes: vec![share; units] }
    }

    /// Number of units.
    pub fn len(&self) -> usize {
        self.sizes.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.sizes.is_empty()
    }

    fn means(&self, units: impl Iterator<Item = usize>) -> Vec<f64> {
        let (mut sums, mut size) = (vec![0.0; self.methods], 0.0);
        for unit in units {
            size += self.sizes[unit];
            let row = &self.sums[unit * self.methods..(unit + 1) * self.methods];
            for (sum, value) in sums.iter_mut().zip(row) {
                *sum += value;
            }
        }
        sums.iter().map(|sum| sum / size).collect()
    }
}

/// Ranks within a case; ties share the smallest.
pub fn ranks_within(values: &[f64], smaller_is_better: bool) -> Vec<f64> {
    let better = |a: f64, b: f64| if smaller_is_better { a < b } else { a > b };
    let rank = |v: &f64| 1 + values.iter().filter(|w| better(**w, *v)).count();
    values.iter().map(|v| rank(v) as f64).collect()
}

/// The ranking of the means, drawn anew.
pub fn mean_ranking(
    units: &UnitSums,
    smaller_is_better: bool,
    resamples: usize,
    seed: u64,
    confidence: f64,
) -> Outcome<MeanRanking> {
    let n = units.sizes.len();
    if n == 0 || units.methods == 0 {
        return Outcome::undefined("there are no cases or no methods");
    }
    if units.sums.iter().any(|sum| !sum.is_finite()) {
        return Outcome::undefined("a value is not finite");
    }
    let drawn: Vec<Vec<f64>> = (0..resamples)
        .into_par_iter()
        .map(|b| {
            let mut picked = Vec::with_capacity(n);
            Draws::of(seed, b).indices(n, n, |unit| picked.push(unit));
            units.means(picked.into_iter())
        })
        .collect();
    of_resamples(units.means(0..n), &drawn, smaller_is_better, confidence)
}

/// The same from scores that were drawn anew elsewhere: a row per resample.
pub fn of_resamples(
    scores: Vec<f64>,
    drawn: &[Vec<f64>],
    smaller_is_better: bool,
    confidence: f64,
) -> Outcome<MeanRanking> {
    if scores.is_empty() || scores.iter().any(|score| !score.is_finite()) {
        return Outcome::undefined("a score is not finite");
    }
    if drawn.is_empty() {
        return Outcome::undefined("there are no resamples");
    }
    if drawn.iter().any(|row| row.len() != scores.len()) {
        return Outcome::undefined("resamples differ in their number of methods");
    }
    let ranks = settled_ranks(&scores, smaller_is_better);
    let resampled: Vec<Vec<usize>> =
        drawn.iter().map(|scores| settled_ranks(scores, smaller_is_better)).collect();
    let all = resampled.len() as f64;
    let first = |ranks: &[usize]| ranks.iter().map(|rank| *rank == 1).collect::<Vec<bool>>();
    let best = first(&ranks);
    let taus: Vec<f64> =
        resampled.iter().map(|of| tau_b(of, &ranks)).filter(|tau| !tau.is_nan()).collect();
    let interval = |method: usize| {
        let mut of: Vec<f64> = resampled.iter().map(|ranks| ranks[method] as f64).collect();
        of.sort_by(f64::total_cmp);
        let tail = (1.0 - confidence) / 2.0;
        [quantile_sorted(&of, tail), quantile_sorted(&of, 1.0 - tail)]
    };
    Outcome::of(MeanRanking {
        intervals: (0..scores.len()).map(interval).collect(),
        kept: resampled.iter().filter(|of| **of == ranks).count() as f64 / all,
        first_kept: resampled.iter().filter(|of| first(of) == best).count() as f64 / all,
        mean_tau: (!taus.is_empty()).then(|| taus.iter().sum::<f64>() / taus.len() as f64),
        resamples: resampled.len(),
        scores,
        ranks,
    })
}

/// Ranks of means; rounding does not tell two apart.
fn settled_ranks(scores: &[f64], smaller_is_better: bool) -> Vec<usize> {
    let scale = scores.iter().fold(0.0, |most: f64, score| most.max(score.abs()));
    let slack = scale * 1e-12;
    let better = |a: f64, b: f64| if smaller_is_better { a < b - slack } else { a > b + slack };
    scores.iter().map(|v| 1 + scores.iter().filter(|w| better(**w, *v)).count()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::ranking::{Rules, Scheme};
    use crate::stats::ranking_stability::stability;
    use proptest::prelude::*;

    fn ranking(rows: &[Vec<f64>]) -> MeanRanking {
        let units: Vec<u32> = (0..rows.len() as u32).collect();
        let sums = UnitSums::of(rows, &units);
        mean_ranking(&sums, false, 200, 3, 0.95).any().cloned().expect("a ranking")
    }

    #[test]
    fn it_is_what_ranking_whole_tables_again_gives() {
        let rows: Vec<Vec<f64>> = (0..25u8)
            .map(|i| (0..4u8).map(|j| f64::from((i * (j + 3) + 7 * j) % 23)).collect())
            .collect();
        let got = ranking(&rows);
        let rules = Rules { smaller_is_better: false, missing: 0.0, alpha: 0.05 };
        let want = stability(&rows, &rules, Scheme::MeanThenRank, 200, 3);
        let want = want.any().expect("a ranking");
        assert_eq!(got.ranks, want.ranking.ranks);
        assert!((got.mean_tau.expect("a tau") - want.mean_tau()).abs() < 1e-12);
        let intervals = want.rank_intervals(0.95);
        for (a, b) in got.intervals.iter().zip(intervals) {
            assert_eq!(*a, [b.low, b.high]);
        }
        // The same of ranks within cases.
        let ranked: Vec<Vec<f64>> = rows.iter().map(|row| ranks_within(row, false)).collect();
        let units: Vec<u32> = (0..25).collect();
        let got = mean_ranking(&UnitSums::of(&ranked, &units), true, 200, 3, 0.95);
        let want = stability(&rows, &rules, Scheme::RankThenMean, 200, 3);
        let (got, want) = (got.any().expect("one"), want.any().expect("one"));
        assert_eq!(got.ranks, want.ranking.ranks);
        assert!((got.mean_tau.expect("a tau") - want.mean_tau()).abs() < 1e-12);
    }

    #[test]
    fn patients_are_drawn_whole() {
        let rows = vec![vec![1.0, 0.0], vec![1.0, 0.0], vec![0.0, 3.0]];
        let sums = UnitSums::of(&rows, &[0, 0, 1]);
        assert_eq!(
            (sums.sums.clone(), sums.sizes.clone()),
            (vec![2.0, 0.0, 0.0, 3.0], vec![2.0, 1.0])
        );
        let got = mean_ranking(&sums, false, 500, 1, 0.95);
        let got = got.any().expect("a ranking");
        // Only the patients drawn twice over, each a quarter of the time, decide.
        assert!(got.ranks == [2, 1] && (got.kept - 0.75).abs() < 0.1, "{got:?}");
    }

    proptest! {
        #[test]
        fn nothing_panics(rows in prop::collection::vec(prop::collection::vec(any::<f64>(), 3), 0..5)) {
            let units: Vec<u32> = (0..rows.len() as u32).collect();
            let _ = mean_ranking(&UnitSums::of(&rows, &units), true, 5, 0, 0.9);
        }
    }
}
