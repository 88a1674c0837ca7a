//! Conover's test of all pairs after Friedman.
//!
//! `t = |R_i - R_j| / sqrt(2 (n A - sum R_j^2) / ((n-1)(k-1)))` on rank sums, `A`
//! the sum of squared ranks, with `(n-1)(k-1)` degrees of freedom, two-sided
//! (Conover and Iman 1979; Conover 1999, section 5.8). More powerful than
//! Nemenyi's and not adjusted for the number of pairs: take [`PairwiseP::adjusted`].
//! Ties are in `A`.
//!
//! All blocks in the same order: degenerate, `t` is infinite and p = 0 (NaN for
//! two methods with equal sums). Every block tied throughout, fewer than two
//! blocks or methods, unequal rows, NaN: undefined. Cost O(n k log k + k^2).

use serde::{Deserialize, Serialize};

use super::Outcome;
use super::block_ranks::BlockRanks;
use super::distributions::student_t;
use super::pairwise::PairwiseP;

/// Result of Conover's test.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Conover {
    /// Degrees of freedom of each t.
    pub df: f64,
    /// Rank sums.
    pub rank_sums: Vec<f64>,
    /// Standard error of a difference of rank sums.
    pub standard_error: f64,
    /// Unadjusted two-sided p of each pair.
    pub pairs: PairwiseP,
}

/// Tests all pairs of columns.
pub fn conover(rows: &[Vec<f64>]) -> Outcome<Conover> {
    let ranks = match BlockRanks::new(rows) {
        Ok(ranks) => ranks,
        Err(reason) => return Outcome::undefined(reason),
    };
    if ranks.blocks() < 2 {
        return Outcome::undefined("one block alone has no replication");
    }
    if ranks.within == 0.0 {
        return Outcome::undefined("all methods are tied in every block: 0/0");
    }
    let df = (ranks.blocks() - 1) as f64 * (ranks.methods() - 1) as f64;
    let standard_error = (2.0 * ranks.residual() / df).sqrt();
    let pairs = PairwiseP::from_pairs(ranks.methods(), |i, j| {
        student_t::two_sided((ranks.sums[i] - ranks.sums[j]) / standard_error, df)
    });
    let result = Conover { df, rank_sums: ranks.sums, standard_error, pairs };
    if standard_error == 0.0 {
        return Outcome::degenerate(result, "all blocks agree: t is infinite, p 0");
    }
    Outcome::of(result)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// pitfall: no number where all blocks agree.
    #[test]
    fn perfect_agreement_is_no_nan() {
        let result = conover(&vec![vec![1.0, 2.0, 3.0]; 5]);
        assert!(matches!(&result, Outcome::Degenerate { value, .. } if value.pairs.p[0][1] == 0.0));
    }

    proptest! {
        #[test]
        fn nothing_panics(rows in prop::collection::vec(prop::collection::vec(any::<f64>(), 0..4), 0..4)) {
            let _ = conover(&rows);
        }
    }
}
