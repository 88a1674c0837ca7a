//! How stable a ranking is when the cases are drawn anew.
//!
//! Cases are redrawn with replacement, all methods together, and ranked again;
//! Kendall's tau-b between each such ranking and that of all cases says how much
//! they agree, the shares of ranks per method where it may end up (Wiesenfarth
//! et al. 2021). The cases stand for the population of cases only: the methods
//! and their training runs are taken as fixed.
//!
//! A tau with a ranking that ties all methods is 0/0 and NaN, left out of the
//! mean. If the ranking of all cases ties all methods no tau exists: degenerate.
//! Resample `b` uses stream `b` of ChaCha8. Undefined where the ranking is, for
//! no resamples, or an index beyond the cases. Cost B rankings and O(B k^2).

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::bootstrap::Draws;
use super::describe::{mean, quantile_sorted};
use super::ranking::{Ranking, Rules, Scheme, ranking};
use super::{Bounds, Outcome};

/// A ranking with its resamples.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stability {
    /// The ranking of all cases.
    pub ranking: Ranking,
    /// Ranks of the methods in each resample.
    pub resampled: Vec<Vec<usize>>,
    /// Kendall's tau-b of each resample with the ranking; NaN where undefined.
    pub taus: Vec<f64>,
}

impl Stability {
    /// Mean of the defined taus; NaN if there is none.
    pub fn mean_tau(&self) -> f64 {
        let defined: Vec<f64> = self.taus.iter().copied().filter(|t| !t.is_nan()).collect();
        mean(&defined)
    }

    /// For each method the share of resamples in which it has rank 1, 2, ..
    pub fn rank_shares(&self) -> Vec<Vec<f64>> {
        let k = self.ranking.ranks.len();
        let mut shares = vec![vec![0.0; k]; k];
        for ranks in &self.resampled {
            for (share, rank) in shares.iter_mut().zip(ranks) {
                share[rank - 1] += 1.0 / self.resampled.len() as f64;
            }
        }
        shares
    }

    /// For each method the percentile interval of its rank.
    pub fn rank_intervals(&self, confidence: f64) -> Vec<Bounds> {
        let tail = (1.0 - confidence) / 2.0;
        (0..self.ranking.ranks.len())
            .map(|method| {
                let mut ranks: Vec<f64> =
                    self.resampled.iter().map(|ranks| ranks[method] as f64).collect();
                ranks.sort_by(f64::total_cmp);
                Bounds {
                    low: quantile_sorted(&ranks, tail),
                    high: quantile_sorted(&ranks, 1.0 - tail),
                }
            })
            .collect()
    }
}

/// Stability over `resamples` of the cases, drawn with `seed`.
pub fn stability(
    rows: &[Vec<f64>],
    rules: &Rules,
    scheme: Scheme,
    resamples: usize,
    seed: u64,
) -> Outcome<Stability> {
    over(rows, rules, scheme, resamples, |b| {
        let mut cases = Vec::with_capacity(rows.len());
        Draws::of(seed, b).indices(rows.len(), rows.len(), |i| cases.push(i));
        cases
    })
}

/// Stability over resamples given as lists of cases.
pub fn stability_on(
    rows: &[Vec<f64>],
    rules: &Rules,
    scheme: Scheme,
    resamples: &[Vec<usize>],
) -> Outcome<Stability> {
    if resamples.iter().any(|list| list.is_empty() || list.iter().any(|i| *i >= rows.len())) {
        return Outcome::undefined("a resample is empty or holds a case that does not exist");
    }
    over(rows, rules, scheme, resamples.len(), |b| resamples[b].clone())
}

fn over(
    rows: &[Vec<f64>],
    rules: &Rules,
    scheme: Scheme,
    resamples: usize,
    cases: impl Fn(usize) -> Vec<usize> + Sync,
) -> Outcome<Stability> {
    if resamples == 0 {
        return Outcome::undefined("there are no resamples");
    }
    let full = match ranking(rows, rules, scheme) {
        Outcome::Value { value } | Outcome::Degenerate { value, .. } => value,
        Outcome::Undefined { reason } => return Outcome::undefined(reason),
    };
    let resampled: Option<Vec<Vec<usize>>> = (0..resamples)
        .into_par_iter()
        .map(|b| {
            let drawn: Vec<Vec<f64>> = cases(b).into_iter().map(|i| rows[i].clone()).collect();
            ranking(&drawn, rules, scheme).any().map(|r| r.ranks.clone())
        })
        .collect();
    let Some(resampled) = resampled else {
        return Outcome::undefined("a resample has no ranking");
    };
    let taus = resampled.iter().map(|ranks| tau_b(ranks, &full.ranks)).collect();
    let tied = full.ranks.iter().all(|r| *r == full.ranks[0]);
    let result = Stability { ranking: full, resampled, taus };
    if tied {
        return Outcome::degenerate(result, "the ranking ties all methods: tau is 0/0");
    }
    Outcome::of(result)
}

/// Concordant minus discordant pairs over the geometric mean of the untied ones.
pub(super) fn tau_b(a: &[usize], b: &[usize]) -> f64 {
    let (mut difference, mut untied_a, mut untied_b) = (0i64, 0i64, 0i64);
    for i in 0..a.len().min(b.len()) {
        for j in 0..i {
            let (x, y) = (a[i].cmp(&a[j]) as i64, b[i].cmp(&b[j]) as i64);
            difference += x * y;
            untied_a += x * x;
            untied_b += y * y;
        }
    }
    difference as f64 / (untied_a as f64 * untied_b as f64).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const RULES: Rules = Rules { smaller_is_better: false, missing: 0.0, alpha: 0.05 };

    #[test]
    fn a_clear_order_is_stable() {
        let rows: Vec<Vec<f64>> = (0..20u8)
            .map(|i| (0..3u8).map(|j| f64::from(j * 10) + f64::from(i % 7)).collect())
            .collect();
        let result = stability(&rows, &RULES, Scheme::MeanThenRank, 200, 1);
        let s = result.value().expect("a ranking");
        assert_eq!((s.ranking.ranks.clone(), s.mean_tau()), (vec![3, 2, 1], 1.0));
        assert!((s.rank_shares()[0][2] - 1.0).abs() < 1e-12);
        assert_eq!(s.rank_intervals(0.95)[2], Bounds { low: 1.0, high: 1.0 });
    }

    #[test]
    fn results_do_not_depend_on_threads() {
        let rows: Vec<Vec<f64>> =
            (0..15u8).map(|i| (0..4u8).map(|j| f64::from(i * (j + 3) % 11)).collect()).collect();
        let run = || stability(&rows, &RULES, Scheme::RankThenMean, 100, 4);
        let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread");
        let (one, many) = (alone.install(run), run());
        assert_eq!(one.any().map(|s| &s.resampled), many.any().map(|s| &s.resampled));
    }

    #[test]
    fn tau_of_tied_and_of_reversed_rankings() {
        assert_eq!(tau_b(&[1, 2, 3], &[3, 2, 1]), -1.0);
        assert!(tau_b(&[1, 1, 1], &[1, 2, 3]).is_nan());
        // scipy 1.17.1: kendalltau([1, 2, 2, 4], [1, 2, 3, 4]).
        assert!((tau_b(&[1, 2, 2, 4], &[1, 2, 3, 4]) - 0.912_870_929_175_276_8).abs() < 1e-15);
    }

    proptest! {
        #[test]
        fn nothing_panics(rows in prop::collection::vec(prop::collection::vec(any::<f64>(), 0..4), 0..4),
                          given in prop::collection::vec(prop::collection::vec(0usize..5, 0..4), 0..4),
                          c in any::<f64>()) {
            for result in [
                stability(&rows, &RULES, Scheme::MedianThenRank, 3, 1),
                stability_on(&rows, &RULES, Scheme::RankThenMean, &given),
            ] {
                if let Some(s) = result.any() {
                    let _ = (s.mean_tau(), s.rank_shares(), s.rank_intervals(c));
                }
            }
        }
    }
}
