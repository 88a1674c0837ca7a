//! Rankings of methods over cases, as benchmarks and challenges make them.
//!
//! Rows are cases, columns are methods, NaN is a missing result. *Aggregate,
//! then rank*: the mean or median of each column. *Rank, then aggregate*: ranks
//! within each case, then their mean or median. *Test, then rank*: for every
//! ordered pair a one-sided signed-rank test (normal approximation with
//! continuity correction, zeros dropped); a method's score is the share of
//! others it beats with adjusted p at most alpha. These are the rankings of
//! Maier-Hein et al. (2018) and Wiesenfarth et al. (2021, R `challengeR`).
//!
//! Ties share the smallest rank ("min"). A missing result is replaced by
//! [`Rules::missing`], which should be the worst possible value, so that failing
//! cannot improve a rank; rank-then-aggregate needs no number and puts it behind
//! all others of its case. A pair whose differences are all zero has no p, is no
//! win, and does not count in the family of the k(k-1) tests. Means and medians
//! that are equal up to rounding are tied (see [`ranks`]).
//!
//! No cases, no methods, rows of unequal length, infinities, or a missing value
//! without a replacement: undefined. Cost O(n k log n), tests O(k^2 n log n).

use serde::{Deserialize, Serialize};

use super::Outcome;
use super::adjust::{Adjustment, adjust};
use super::describe::{mean, median};
use super::ranks;
use super::wilcoxon::{Method, Zeros, signed_rank};

/// What the values mean.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rules {
    /// Whether smaller values are better.
    pub smaller_is_better: bool,
    /// Stands for a missing value; NaN if there is no such number.
    pub missing: f64,
    /// Level of the tests.
    pub alpha: f64,
}

/// How a ranking is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Scheme {
    MeanThenRank,
    MedianThenRank,
    RankThenMean,
    RankThenMedian,
    /// Without adjustment, or with one.
    TestThenRank(Option<Adjustment>),
}

/// A ranking of methods.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ranking {
    /// What was ranked: mean or median value, mean or median rank, share of wins.
    pub scores: Vec<f64>,
    /// 1 for the best; ties share the smallest rank.
    pub ranks: Vec<usize>,
    /// The tests of test-then-rank.
    pub tests: Option<OrderedTests>,
}

/// One-sided tests of every method against every other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OrderedTests {
    /// Adjusted p of "row better than column"; NaN where all differences are
    /// zero, and on the diagonal.
    pub p: Vec<Vec<f64>>,
    /// Whether that p is at most alpha.
    pub wins: Vec<Vec<bool>>,
}

/// Ranks the columns.
pub fn ranking(rows: &[Vec<f64>], rules: &Rules, scheme: Scheme) -> Outcome<Ranking> {
    let k = rows.first().map_or(0, Vec::len);
    if k == 0 {
        return Outcome::undefined("there are no cases or no methods");
    }
    if rows.iter().any(|row| row.len() != k) {
        return Outcome::undefined("cases differ in their number of methods");
    }
    if rows.iter().flatten().any(|v| v.is_infinite()) || rules.missing.is_infinite() {
        return Outcome::undefined("a value is infinite");
    }
    let by_rank = matches!(scheme, Scheme::RankThenMean | Scheme::RankThenMedian);
    let columns =
        if by_rank { rank_columns(rows, k, rules) } else { filled_columns(rows, k, rules) };
    if columns.iter().flatten().any(|v| v.is_nan()) {
        return Outcome::undefined("a result is missing and nothing stands for it");
    }
    let aggregate = |f: fn(&[f64]) -> f64| columns.iter().map(|c| f(c)).collect::<Vec<f64>>();
    let (scores, smaller) = match scheme {
        Scheme::MeanThenRank => (aggregate(mean), rules.smaller_is_better),
        Scheme::MedianThenRank => (aggregate(median), rules.smaller_is_better),
        Scheme::RankThenMean => (aggregate(mean), true),
        Scheme::RankThenMedian => (aggregate(median), true),
        Scheme::TestThenRank(adjustment) => {
            return Outcome::of(by_tests(&columns, rules, adjustment));
        }
    };
    let slacks: Vec<f64> =
        columns.iter().map(|c| c.iter().fold(0.0, |s, v| ranks::slack(*v, 0.0).max(s))).collect();
    let ranks = minimum_ranks(&ranks::settle(&scores, &slacks), smaller);
    Outcome::of(Ranking { scores, ranks, tests: None })
}

fn filled_columns(rows: &[Vec<f64>], k: usize, rules: &Rules) -> Vec<Vec<f64>> {
    let fill = |v: f64| if v.is_nan() { rules.missing } else { v };
    (0..k).map(|j| rows.iter().map(|row| fill(row[j])).collect()).collect()
}

/// Ranks within each case, a column per method.
fn rank_columns(rows: &[Vec<f64>], k: usize, rules: &Rules) -> Vec<Vec<f64>> {
    let mut columns = vec![Vec::with_capacity(rows.len()); k];
    for row in rows {
        let ranks = minimum_ranks(row, rules.smaller_is_better);
        // Behind the last rank given, which ties keep small.
        let last = ranks.iter().zip(row).filter(|(_, v)| !v.is_nan()).map(|(r, _)| *r).max();
        for ((column, rank), value) in columns.iter_mut().zip(&ranks).zip(row) {
            let rank = if value.is_nan() { last.unwrap_or(0) + 1 } else { *rank };
            column.push(rank as f64);
        }
    }
    columns
}

/// 1 plus the number of better values.
fn minimum_ranks(values: &[f64], smaller_is_better: bool) -> Vec<usize> {
    let better = |a: f64, b: f64| if smaller_is_better { a < b } else { a > b };
    values.iter().map(|v| 1 + values.iter().filter(|w| better(**w, *v)).count()).collect()
}

fn by_tests(columns: &[Vec<f64>], rules: &Rules, adjustment: Option<Adjustment>) -> Ranking {
    let k = columns.len();
    let ordered: Vec<(usize, usize)> =
        (0..k).flat_map(|i| (0..k).filter(move |j| *j != i).map(move |j| (i, j))).collect();
    let raw: Vec<f64> = ordered
        .iter()
        .map(|(i, j)| {
            let method = Method::Asymptotic { correction: true };
            let test = signed_rank(&columns[*i], &columns[*j], Zeros::Wilcox, method);
            let p = test.value().map(|t| t.p);
            p.map_or(f64::NAN, |p| if rules.smaller_is_better { p.less } else { p.greater })
        })
        .collect();
    let p = adjustment.map_or_else(|| raw.clone(), |method| adjust(&raw, method));
    let mut tests = OrderedTests { p: vec![vec![f64::NAN; k]; k], wins: vec![vec![false; k]; k] };
    for ((i, j), p) in ordered.into_iter().zip(p) {
        tests.p[i][j] = p;
        tests.wins[i][j] = p <= rules.alpha;
    }
    let others = k.saturating_sub(1).max(1) as f64;
    let count = |row: &Vec<bool>| row.iter().filter(|won| **won).count() as f64;
    let scores: Vec<f64> = tests.wins.iter().map(|row| count(row) / others).collect();
    Ranking { ranks: minimum_ranks(&scores, false), scores, tests: Some(tests) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const RULES: Rules = Rules { smaller_is_better: false, missing: 0.0, alpha: 0.05 };
    const SCHEMES: [Scheme; 6] = [
        Scheme::MeanThenRank,
        Scheme::MedianThenRank,
        Scheme::RankThenMean,
        Scheme::RankThenMedian,
        Scheme::TestThenRank(None),
        Scheme::TestThenRank(Some(Adjustment::Holm)),
    ];

    /// pitfall: a missing result that is left out and improves a rank.
    #[test]
    fn a_missing_result_never_helps() {
        let full = vec![vec![0.6, 0.5], vec![0.7, 0.9]];
        let missing = vec![vec![0.6, 0.5], vec![0.7, f64::NAN]];
        for scheme in SCHEMES {
            let (a, b) = (ranking(&full, &RULES, scheme), ranking(&missing, &RULES, scheme));
            let (Some(a), Some(b)) = (a.value(), b.value()) else { panic!("rankings") };
            assert!(b.ranks[1] >= a.ranks[1], "{scheme:?}");
        }
    }

    #[test]
    fn the_order_of_the_cases_does_not_break_a_tie() {
        // Sums of the same decimals in another order differ in their last bit.
        let rows = vec![vec![0.1, 0.3], vec![0.2, 0.2], vec![0.3, 0.1], vec![0.7, 0.7]];
        let result = ranking(&rows, &RULES, Scheme::MeanThenRank);
        assert_eq!(result.value().map(|r| r.ranks.clone()), Some(vec![1, 1]));
    }

    proptest! {
        #[test]
        fn turning_the_values_turns_the_rule(
            rows in prop::collection::vec(prop::collection::vec(0u8..9, 3), 1..9),
        ) {
            let up: Vec<Vec<f64>> =
                rows.iter().map(|r| r.iter().map(|v| f64::from(*v)).collect()).collect();
            let down: Vec<Vec<f64>> = up.iter().map(|r| r.iter().map(|v| -v).collect()).collect();
            let turned = Rules { smaller_is_better: true, ..RULES };
            for scheme in SCHEMES {
                let (a, b) = (ranking(&up, &RULES, scheme), ranking(&down, &turned, scheme));
                let (Some(a), Some(b)) = (a.value(), b.value()) else { panic!("rankings") };
                prop_assert_eq!(&a.ranks, &b.ranks);
            }
        }

        #[test]
        fn nothing_panics(rows in prop::collection::vec(prop::collection::vec(any::<f64>(), 0..4), 0..4),
                          missing in any::<f64>(), alpha in any::<f64>()) {
            for scheme in SCHEMES {
                let _ = ranking(&rows, &Rules { smaller_is_better: true, missing, alpha }, scheme);
            }
        }
    }
}
