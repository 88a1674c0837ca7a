//! Quade's test: Friedman's with blocks weighted by their spread.
//!
//! Ranks `r_ij` within blocks, ranks `Q_i` of the blocks by range (largest minus
//! smallest value), `s_ij = Q_i (r_ij - (k+1)/2)`, `A = sum s_ij^2`, `B = sum_j
//! (sum_i s_ij)^2 / n`, `F = (n-1) B / (A - B)` with `k - 1` and `(n-1)(k-1)`
//! degrees of freedom (Quade 1979; R's `quade.test`). Assumes that differences
//! within blocks can be compared between blocks. Ties share the mean rank.
//!
//! Ranges are subtractions, so equal decimals may look different (see
//! [`ranks`]): [`RangeTies::Settled`] ties them within rounding,
//! [`RangeTies::AsComputed`] compares the doubles, as R does.
//!
//! All blocks in the same order with no residual: degenerate, F infinite and
//! `p = k!^(1-n)` (the permutation probability, as in R). Every block tied,
//! fewer than two blocks or methods, unequal rows, non-finite: undefined. Cost
//! O(n k log k + n log n).

use serde::{Deserialize, Serialize};

use super::Outcome;
use super::block_ranks::BlockRanks;
use super::distributions::fisher_f;
use super::ranks;

/// Which block ranges are tied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RangeTies {
    /// Those that are equal up to the rounding of the subtraction.
    #[default]
    Settled,
    /// Those that are equal as doubles.
    AsComputed,
}

/// Result of Quade's test.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Quade {
    /// Test statistic.
    pub f: f64,
    /// Numerator degrees of freedom.
    pub df1: f64,
    /// Denominator degrees of freedom.
    pub df2: f64,
    /// p of F.
    pub p: f64,
}

/// Tests whether the columns have the same distribution within blocks.
pub fn quade(rows: &[Vec<f64>], ties: RangeTies) -> Outcome<Quade> {
    let blocks = match BlockRanks::new(rows) {
        Ok(blocks) => blocks,
        Err(reason) => return Outcome::undefined(reason),
    };
    if blocks.blocks() < 2 {
        return Outcome::undefined("one block alone has no replication");
    }
    if rows.iter().flatten().any(|v| !v.is_finite()) {
        return Outcome::undefined("a value is not finite");
    }
    let weights = ranks::average_ranks(&ranges(rows, ties));
    let (n, k) = (blocks.blocks() as f64, blocks.methods() as f64);
    let centre = f64::midpoint(k, 1.0);
    let mut columns = vec![0.0; blocks.methods()];
    let mut total = 0.0;
    for (weight, row) in weights.iter().zip(&blocks.ranks) {
        for (column, rank) in columns.iter_mut().zip(row) {
            let s = weight * (rank - centre);
            *column += s;
            total += s * s;
        }
    }
    if total == 0.0 {
        return Outcome::undefined("all methods are tied in every block: 0/0");
    }
    let explained = columns.iter().map(|s| s * s).sum::<f64>() / n;
    let (df1, df2) = (k - 1.0, (n - 1.0) * (k - 1.0));
    if total - explained <= 1e-12 * total {
        let p = (-(n - 1.0) * libm::lgamma(k + 1.0)).exp();
        let result = Quade { f: f64::INFINITY, df1, df2, p };
        return Outcome::degenerate(result, "no residual: F is infinite, p is k!^(1-n)");
    }
    let f = (n - 1.0) * explained / (total - explained);
    Outcome::of(Quade { f, df1, df2, p: fisher_f::sf(f, df1, df2) })
}

fn ranges(rows: &[Vec<f64>], ties: RangeTies) -> Vec<f64> {
    let ends = |row: &Vec<f64>| {
        row.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(*v), h.max(*v)))
    };
    let raw: Vec<f64> = rows.iter().map(ends).map(|(l, h)| h - l).collect();
    match ties {
        RangeTies::AsComputed => raw,
        RangeTies::Settled => {
            let slacks: Vec<f64> = rows.iter().map(ends).map(|(l, h)| ranks::slack(h, l)).collect();
            ranks::settle(&raw, &slacks)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// pitfall: ranges of blocks tie as decimals and differ as doubles.
    #[test]
    fn equal_decimal_ranges_tie() {
        let rows = [vec![0.3, 0.1], vec![0.5, 0.7], vec![0.5, 0.3]];
        let settled = ranges(&rows, RangeTies::Settled);
        assert!(settled.iter().all(|r| *r == settled[0]), "{settled:?}");
        assert_ne!(
            ranges(&rows, RangeTies::AsComputed)[0],
            ranges(&rows, RangeTies::AsComputed)[1]
        );
    }

    #[test]
    fn perfect_agreement_is_degenerate() {
        let result = quade(&vec![vec![1.0, 2.0, 3.0]; 3], RangeTies::Settled);
        assert!(
            matches!(result, Outcome::Degenerate { value, .. } if (value.p - 1.0 / 36.0).abs() < 1e-14)
        );
    }

    proptest! {
        #[test]
        fn nothing_panics(rows in prop::collection::vec(prop::collection::vec(any::<f64>(), 0..4), 0..4)) {
            for ties in [RangeTies::Settled, RangeTies::AsComputed] {
                if let Some(r) = quade(&rows, ties).any() {
                    prop_assert!((0.0..=1.0).contains(&r.p), "{:?}", r);
                }
            }
        }
    }
}
