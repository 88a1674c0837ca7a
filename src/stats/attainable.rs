//! The smallest p that a test can give, and the fewest runs with which it can
//! be significant at all.
//!
//! Tests on ranks, signs and arrangements have finitely many outcomes. With `n`
//! pairs the most extreme one has the two-sided p `2 / 2^n` in Wilcoxon's
//! signed-rank, the sign-flip and the sign test: five seeds cannot go below
//! 0.0625, whatever they show. With `n` and `m` values the least p of the
//! Mann-Whitney and the two-sample permutation test is `2 / C(n + m, n)`. A p
//! from `B` drawn arrangements is never below `2 / (B + 1)`. Rank tests that are
//! too large for the exact distribution ([`wilcoxon::AUTO_EXACT`],
//! [`mann_whitney::AUTO_EXACT`]) have the least p of their normal approximation
//! with continuity correction. The t tests have no least p.
//!
//! Two-sided p by doubling, as [`super::p_values::PValues`] has it. Assumes no
//! pair without a difference (a zero that is dropped is a pair less) and, for
//! two samples, no ties between the sides; ties among the differences change
//! nothing. "Can be significant" means a p below the level, not at it.
//!
//! No pairs, or an empty side: 1, nothing can be shown. Cost O(1) for a least p,
//! at most [`MOST_RUNS`] of them for the fewest runs. Source: Pitman (1937);
//! Lehmann (1975), Nonparametrics, sections 1.2 and 3.1.

use serde::{Deserialize, Serialize};

use super::distributions::normal;
use super::permutation::{Effort, MOST_EXACT};
use super::{mann_whitney, wilcoxon};

/// Runs up to which the fewest are looked for.
pub const MOST_RUNS: usize = 5_000;

/// A test of paired runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PairedTest {
    /// The paired t test.
    T,
    /// Wilcoxon's signed-rank test.
    SignedRank,
    /// The permutation test by flipping signs.
    SignFlip(Effort),
    /// The sign test.
    Sign,
}

/// A test of two independent samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TwoSampleTest {
    /// Welch's t test.
    Welch,
    /// The Mann-Whitney (rank-sum) test.
    RankSum,
    /// The permutation test by regrouping.
    Permutation(Effort),
}

/// The smallest two-sided p with `n` pairs; 0 for the t test, which has none.
pub fn least_p_paired(test: PairedTest, n: usize) -> f64 {
    if n == 0 || (test == PairedTest::T && n < 2) {
        return 1.0;
    }
    match test {
        PairedTest::T => 0.0,
        PairedTest::SignFlip(effort) => of_arrangements(power_of_two(n), &effort),
        PairedTest::SignedRank if n > wilcoxon::AUTO_EXACT => {
            let n = n as f64;
            let (mean, variance) = (n * (n + 1.0) / 4.0, n * (n + 1.0) * (2.0 * n + 1.0) / 24.0);
            2.0 * normal::sf((mean - 0.5) / variance.sqrt())
        }
        PairedTest::SignedRank | PairedTest::Sign => (2.0 / power_of_two(n)).min(1.0),
    }
}

/// The smallest two-sided p with `n` and `m` values; 0 for Welch's test.
pub fn least_p_two_sample(test: TwoSampleTest, n: usize, m: usize) -> f64 {
    if n == 0 || m == 0 || (test == TwoSampleTest::Welch && n.min(m) < 2) {
        return 1.0;
    }
    match test {
        TwoSampleTest::Welch => 0.0,
        TwoSampleTest::Permutation(effort) => of_arrangements(choices(n, m), &effort),
        TwoSampleTest::RankSum if beyond_exact(n, m) => {
            let (n, m) = (n as f64, m as f64);
            let sd = (n * m * (n + m + 1.0) / 12.0).sqrt();
            2.0 * normal::sf((n * m / 2.0 - 0.5) / sd)
        }
        TwoSampleTest::RankSum => (2.0 / choices(n, m)).min(1.0),
    }
}

/// The fewest pairs with which a p below `level` is possible; `None` where no
/// number of them makes it so.
pub fn fewest_pairs(test: PairedTest, level: f64) -> Option<usize> {
    (1..=MOST_RUNS).find(|n| least_p_paired(test, *n) < level)
}

/// The fewest runs per side, as many on each, with which a p below `level` is
/// possible.
pub fn fewest_runs(test: TwoSampleTest, level: f64) -> Option<usize> {
    (1..=MOST_RUNS).find(|n| least_p_two_sample(test, *n, *n) < level)
}

/// Whether the Mann-Whitney test of these sizes is asymptotic.
pub(super) fn beyond_exact(n: usize, m: usize) -> bool {
    n.min(m).saturating_mul(n.saturating_add(m)) > mann_whitney::AUTO_EXACT
}

/// `arrangements` that can be enumerated or are drawn.
fn of_arrangements(arrangements: f64, effort: &Effort) -> f64 {
    let all_are_looked_at = arrangements <= effort.exact_up_to.min(MOST_EXACT) as f64;
    let least = if all_are_looked_at {
        2.0 / arrangements
    } else if effort.draws == 0 {
        1.0
    } else {
        2.0 / (effort.draws as f64 + 1.0)
    };
    least.min(1.0)
}

/// Infinite beyond the largest double.
fn power_of_two(n: usize) -> f64 {
    2.0f64.powi(n.min(2_000) as i32)
}

/// `C(n + m, n)`, infinite beyond the largest double.
fn choices(n: usize, m: usize) -> f64 {
    let (all, group) = (n as f64 + m as f64, n.min(m));
    let mut product = 1.0f64;
    for i in 0..group {
        // Whole at every step, and exact below 2^53.
        product = product * (all - i as f64) / (i as f64 + 1.0);
        if product.is_infinite() {
            break;
        }
    }
    product
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::wilcoxon::{Method, Zeros};
    use crate::stats::{permutation, sign_test};

    const DRAWN: Effort = Effort { exact_up_to: 0, draws: 99, seed: 1 };

    /// The least p is that of the tests themselves on the most extreme data.
    #[test]
    fn the_tests_reach_it() {
        for n in 1..=60usize {
            let x: Vec<f64> = (1..=n).map(|v| v as f64).collect();
            let zeros = vec![0.0; n];
            let close = |got: f64, want: f64, what: &str| {
                assert!((got / want - 1.0).abs() < 1e-9, "{what} of {n}: {got} {want}");
            };
            let ranked = wilcoxon::signed_rank(&x, &zeros, Zeros::Wilcox, Method::Auto);
            let ranked = ranked.value().expect("a test").p.two_sided;
            close(least_p_paired(PairedTest::SignedRank, n), ranked, "signed rank");
            let signs = sign_test::paired(&x, &zeros);
            let signs = signs.any().expect("a test").p.two_sided;
            close(least_p_paired(PairedTest::Sign, n), signs, "sign");
            let y: Vec<f64> = (1..=n / 2 + 1).map(|v| -(v as f64)).collect();
            let sums = mann_whitney::mann_whitney(&x, &y, Method::Auto);
            let sums = sums.value().expect("a test").p.two_sided;
            close(least_p_two_sample(TwoSampleTest::RankSum, n, y.len()), sums, "rank sum");
            if n > 8 {
                continue;
            }
            let effort = Effort::default();
            let flipped = permutation::paired(&x, &zeros, &effort);
            let flipped = flipped.value().expect("a test").p.two_sided;
            close(least_p_paired(PairedTest::SignFlip(effort), n), flipped, "sign flip");
            let regrouped = permutation::independent(&x, &y, &effort);
            let regrouped = regrouped.value().expect("a test").p.two_sided;
            let least = least_p_two_sample(TwoSampleTest::Permutation(effort), n, y.len());
            close(least, regrouped, "permutation");
        }
    }

    #[test]
    fn known_numbers() {
        assert_eq!(least_p_paired(PairedTest::SignedRank, 5), 0.0625);
        assert_eq!(fewest_pairs(PairedTest::SignedRank, 0.05), Some(6));
        // At the level is not below it.
        assert_eq!(fewest_pairs(PairedTest::Sign, 0.0625), Some(6));
        assert_eq!(fewest_pairs(PairedTest::SignFlip(Effort::default()), 0.01), Some(8));
        assert_eq!(fewest_pairs(PairedTest::T, 1e-9), Some(2));
        // 2 / C(8, 4) = 0.0286, 2 / C(6, 3) = 0.1.
        assert_eq!(fewest_runs(TwoSampleTest::RankSum, 0.05), Some(4));
        assert_eq!(fewest_runs(TwoSampleTest::Permutation(Effort::default()), 0.1), Some(4));
        assert_eq!(fewest_pairs(PairedTest::SignFlip(DRAWN), 0.02), None);
        assert_eq!(fewest_pairs(PairedTest::SignFlip(DRAWN), 0.021), Some(1));
        assert_eq!(fewest_runs(TwoSampleTest::RankSum, 0.0), None);
        assert_eq!(least_p_two_sample(TwoSampleTest::RankSum, 0, 9), 1.0);
    }
}
