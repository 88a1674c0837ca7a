//! Friedman's test with Iman and Davenport's F and Kendall's W.
//!
//! Ranks within blocks (see [`BlockRanks`]); with column sums `R_j`,
//! `chi2 = (k - 1) sum (R_j - n(k+1)/2)^2 / sum (r_ij - (k+1)/2)^2`, the form that
//! includes the tie correction; `k - 1` degrees of freedom (Friedman 1937,
//! Conover 1999). `F = (n-1) chi2 / (n(k-1) - chi2)` with `k - 1` and
//! `(k-1)(n-1)` degrees of freedom (Iman and Davenport 1980), less conservative.
//! `W = chi2 / (n (k-1))`, 0 to 1. Assumes independent blocks; both distributions
//! are large-n approximations. Small designs have the *exact* p too, over all
//! arrangements of the ranks within blocks given their ties
//! (`friedman_exact`).
//!
//! The p to show ([`Friedman::p_used`]) is the exact one where there is one, else
//! that of F, and that of `chi2` where F is infinite: two blocks of three in the
//! same order have an exact p of 6/36 = 0.167, a chi-square p of 0.135, and an F
//! whose p of 0 says nothing.
//!
//! All blocks in the same order: degenerate, F is infinite. Every block tied
//! throughout: undefined (0/0). Fewer than two blocks or methods, unequal rows,
//! NaN: undefined. Cost O(n k log k), and that of the exact distribution.

use serde::{Deserialize, Serialize};

use super::Outcome;
use super::block_ranks::BlockRanks;
use super::distributions::{chi_squared, fisher_f};
use super::friedman_exact;

/// Where a p of Friedman's test comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PMethod {
    /// All arrangements of the ranks within blocks.
    Exact,
    /// F of Iman and Davenport.
    ImanDavenport,
    /// Chi-square with `k - 1` degrees of freedom.
    ChiSquare,
}

impl PMethod {
    /// As prose has it: "exact", "F of Iman and Davenport", "chi-square".
    pub fn words(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::ImanDavenport => "F of Iman and Davenport",
            Self::ChiSquare => "chi-square",
        }
    }
}

/// Result of Friedman's test.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Friedman {
    /// Number of blocks.
    pub blocks: usize,
    /// Mean rank of each method, 1 for the smallest values.
    pub average_ranks: Vec<f64>,
    /// Rank sum of each method.
    pub rank_sums: Vec<f64>,
    /// Friedman's statistic, corrected for ties.
    pub chi2: f64,
    /// Degrees of freedom of `chi2`.
    pub df: f64,
    /// p of `chi2`.
    pub p: f64,
    /// Iman and Davenport's F.
    pub f: f64,
    /// Denominator degrees of freedom of `f`; the numerator's are `df`.
    pub df2: f64,
    /// p of `f`; 0 for an infinite one, by convention and not as evidence.
    pub f_p: f64,
    /// p over all arrangements of the ranks; none for large designs.
    #[serde(default)]
    pub exact_p: Option<f64>,
    /// Kendall's coefficient of concordance.
    pub kendall_w: f64,
}

impl Friedman {
    /// The p to show: exact where it is known, else by F, else by chi-square.
    pub fn p_used(&self) -> f64 {
        match self.p_method() {
            PMethod::Exact => self.exact_p.unwrap_or(self.p),
            PMethod::ImanDavenport => self.f_p,
            PMethod::ChiSquare => self.p,
        }
    }

    /// Where [`Friedman::p_used`] comes from.
    pub fn p_method(&self) -> PMethod {
        match self.exact_p {
            Some(_) => PMethod::Exact,
            None if self.f.is_finite() => PMethod::ImanDavenport,
            None => PMethod::ChiSquare,
        }
    }
}

/// Tests whether the columns have the same distribution within blocks.
pub fn friedman(rows: &[Vec<f64>]) -> Outcome<Friedman> {
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
    let (n, df) = (ranks.blocks() as f64, (ranks.methods() - 1) as f64);
    let chi2 = df * ranks.between / ranks.within;
    let (f, df2) = ((n - 1.0) * ranks.between / ranks.residual(), df * (n - 1.0));
    let result = Friedman {
        blocks: ranks.blocks(),
        average_ranks: ranks.average(),
        chi2,
        df,
        p: chi_squared::sf(chi2, df),
        f,
        df2,
        f_p: fisher_f::sf(f, df, df2),
        exact_p: friedman_exact::upper_tail(&ranks),
        kendall_w: ranks.between / (n * ranks.within),
        rank_sums: ranks.sums,
    };
    if f.is_infinite() {
        let convention =
            format!("all blocks agree: F is infinite, p is {}", result.p_method().words());
        return Outcome::degenerate(result, convention);
    }
    Outcome::of(result)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn perfect_agreement_and_ties() {
        let same = vec![vec![1.0, 2.0, 3.0]; 4];
        let result = friedman(&same);
        let r = result.any().expect("a result");
        assert!(matches!(result, Outcome::Degenerate { .. }));
        assert_eq!((r.chi2, r.f_p, r.kendall_w), (8.0, 0.0, 1.0));
        assert!(friedman(&vec![vec![1.0; 3]; 4]).any().is_none());
    }

    /// pitfall: an infinite F whose p is 0, on two or three blocks in one order.
    #[test]
    fn blocks_that_agree_have_a_p_above_zero() {
        for (n, want) in [(2, 6.0 / 36.0), (3, 6.0 / 216.0)] {
            let found = friedman(&vec![vec![0.1, 0.2, 0.3]; n]);
            let found = found.any().expect("a result");
            assert!((found.p_used() - want).abs() < 1e-15 && found.p_method() == PMethod::Exact);
        }
        let many = friedman(&vec![(0..9).map(f64::from).collect::<Vec<f64>>(); 40]);
        let many = many.any().expect("a result");
        assert_eq!((many.p_method(), many.p_used()), (PMethod::ChiSquare, many.p));
        let mut rows = vec![(0..9).map(f64::from).collect::<Vec<f64>>(); 40];
        rows[0].reverse();
        let mixed = friedman(&rows);
        let mixed = mixed.value().expect("a result");
        assert_eq!((mixed.p_method(), mixed.p_used()), (PMethod::ImanDavenport, mixed.f_p));
    }

    /// pitfall: all values equal, one value missing, or fewer than five blocks, and
    /// the tool ranks on, calls the effect large or fails.
    #[test]
    fn odd_blocks_are_undefined_with_a_reason_and_three_are_enough() {
        let equal = friedman(&vec![vec![0.7; 3]; 5]);
        assert!(equal.any().is_none() && equal.note().is_some());
        let mut missing = vec![vec![1.0, 2.0, 3.0]; 5];
        missing[2][1] = f64::NAN;
        let missing = friedman(&missing);
        assert!(
            missing.any().is_none() && missing.note().is_some_and(|n| n.contains("not a number")),
            "{missing:?}"
        );
        let three = [vec![1.0, 2.0, 3.0], vec![1.0, 3.0, 2.0], vec![2.0, 1.0, 3.0]];
        assert!(friedman(&three).value().is_some_and(|r| r.p > 0.0 && r.p < 1.0));
    }

    proptest! {
        #[test]
        fn a_monotone_change_of_a_block_changes_nothing(
            rows in prop::collection::vec(prop::collection::vec(0u8..9, 4), 2..8),
        ) {
            let raw: Vec<Vec<f64>> =
                rows.iter().map(|r| r.iter().map(|v| f64::from(*v)).collect()).collect();
            let bent: Vec<Vec<f64>> =
                raw.iter().enumerate().map(|(i, r)| r.iter().map(|v| v.exp() + i as f64).collect()).collect();
            prop_assert_eq!(friedman(&raw), friedman(&bent));
        }

        #[test]
        fn nothing_panics(rows in prop::collection::vec(prop::collection::vec(any::<f64>(), 0..4), 0..4)) {
            if let Some(r) = friedman(&rows).any() {
                prop_assert!((0.0..=1.0).contains(&r.p) && (0.0..=1.0).contains(&r.f_p), "{:?}", r);
                prop_assert!(r.p_used() > 0.0 && r.p_used() <= 1.0 + 1e-12, "{:?}", r);
            }
        }
    }
}
