//! Page's test for an ordered alternative.
//!
//! Columns stand in the order of the hypothesis (data fractions, say), rows are
//! blocks; with rank sums `R_j` within blocks, `L = sum j R_j`, large for a
//! rising trend; p is one-sided (Page 1963). A falling trend: reverse the
//! columns. Assumes independent blocks.
//!
//! *Asymptotic*: normal with mean `n k (k+1)^2 / 4` and variance `n k^2 (k+1)
//! (k^2-1) / 144`, without a correction for ties, as in scipy 1.17: with ties it
//! is conservative. *Exact*: every order of each block's own ranks is as
//! likely, ties included; the distribution of one block by counting over
//! subsets, of all blocks by convolution, up to [`MOST_COLUMNS`] columns and
//! `n (k^3 - k)` = [`MOST_WORK`]; else `p_exact` is absent.
//!
//! Every block tied throughout: degenerate, p of the exact test is 1. Fewer than
//! two columns, no rows, unequal rows, NaN: undefined. Cost O(n k log k), exact
//! O(2^k k^4 + n^2 k^6) within the limits.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Outcome;
use super::block_ranks::BlockRanks;
use super::distributions::normal;

/// Columns up to which the exact p is computed.
pub const MOST_COLUMNS: usize = 10;
/// `n (k^3 - k)` up to which the exact p is computed.
pub const MOST_WORK: usize = 60_000;

/// Result of Page's test.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PageTrend {
    /// Page's statistic.
    pub l: f64,
    /// Its normal deviate.
    pub z: f64,
    /// One-sided p of a rising trend from the normal distribution.
    pub p_asymptotic: f64,
    /// The same from the exact distribution, where it was computed.
    pub p_exact: Option<f64>,
}

impl PageTrend {
    /// The exact p, or else the asymptotic one.
    pub fn p(&self) -> f64 {
        self.p_exact.unwrap_or(self.p_asymptotic)
    }
}

/// Tests for a rise along the columns.
pub fn page_trend(rows: &[Vec<f64>]) -> Outcome<PageTrend> {
    let blocks = match BlockRanks::new(rows) {
        Ok(blocks) => blocks,
        Err(reason) => return Outcome::undefined(reason),
    };
    let (n, k) = (blocks.blocks() as f64, blocks.methods() as f64);
    let l: f64 = blocks.sums.iter().enumerate().map(|(j, sum)| (j + 1) as f64 * sum).sum();
    let mean = n * k * (k + 1.0) * (k + 1.0) / 4.0;
    let variance = n * k * k * (k + 1.0) * (k * k - 1.0) / 144.0;
    let z = (l - mean) / variance.sqrt();
    let size = blocks.methods();
    let feasible = size <= MOST_COLUMNS
        && blocks.blocks().saturating_mul(size * size * size - size) <= MOST_WORK;
    let p_exact = feasible.then(|| exact(&blocks.ranks, l));
    let result = PageTrend { l, z, p_asymptotic: normal::sf(z), p_exact };
    if blocks.within == 0.0 {
        return Outcome::degenerate(result, "all columns are tied in every block: no trend");
    }
    Outcome::of(result)
}

/// `P(L >= l)` over all orders of each block's ranks.
fn exact(ranks: &[Vec<f64>], l: f64) -> f64 {
    // Blocks with the same ranks, whatever their order, share a distribution.
    let mut seen: BTreeMap<Vec<usize>, Counts> = BTreeMap::new();
    let mut total = Counts { first: 0, p: vec![1.0] };
    for row in ranks {
        let mut doubled: Vec<usize> = row.iter().map(|r| (2.0 * r) as usize).collect();
        doubled.sort_unstable();
        let block = seen.entry(doubled).or_insert_with_key(|doubled| Counts::of_block(doubled));
        total = total.plus(block);
    }
    let at = ((2.0 * l) as usize).saturating_sub(total.first);
    total.p.iter().skip(at).rev().sum::<f64>().min(1.0)
}

/// Probabilities of the doubled statistic from `first` on.
struct Counts {
    first: usize,
    p: Vec<f64>,
}

impl Counts {
    /// All orders of one block: ranks are dealt to positions 1, 2, ..; a subset
    /// of the ranks fills as many positions as it has members.
    fn of_block(doubled: &[usize]) -> Self {
        let k = doubled.len();
        let largest: usize = doubled.iter().enumerate().map(|(j, r)| (j + 1) * r).sum();
        let mut by_subset: Vec<Vec<f64>> = vec![Vec::new(); 1 << k];
        by_subset[0] = vec![1.0];
        for subset in 0..1usize << k {
            let from = std::mem::take(&mut by_subset[subset]);
            if subset + 1 == 1 << k {
                return Self::trimmed(&from);
            }
            let position = subset.count_ones() as usize + 1;
            let share = 1.0 / (k + 1 - position) as f64;
            for (i, rank) in doubled.iter().enumerate().filter(|(i, _)| subset >> i & 1 == 0) {
                let (to, gain) = (&mut by_subset[subset | 1 << i], position * rank);
                let length = (from.len() + gain).min(largest + 1);
                if to.len() < length {
                    to.resize(length, 0.0);
                }
                for (t, f) in to[gain.min(length)..].iter_mut().zip(&from) {
                    *t += f * share;
                }
            }
        }
        Self { first: 0, p: vec![1.0] }
    }

    fn trimmed(p: &[f64]) -> Self {
        let first = p.iter().position(|v| *v > 0.0).unwrap_or(0);
        Self { first, p: p[first..].to_vec() }
    }

    fn plus(&self, other: &Self) -> Self {
        let mut p = vec![0.0; self.p.len() + other.p.len() - 1];
        for (i, b) in other.p.iter().enumerate().filter(|(_, b)| **b > 0.0) {
            for (sum, a) in p[i..].iter_mut().zip(&self.p) {
                *sum += a * b;
            }
        }
        Self { first: self.first + other.first, p }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_block_is_a_count_of_permutations() {
        // L = 14 for the rising order only, one of 3! orders.
        let result = page_trend(&[vec![1.0, 2.0, 3.0]]);
        let p = result.value().and_then(|r| r.p_exact).unwrap_or(f64::NAN);
        assert!((p - 1.0 / 6.0).abs() < 1e-15);
    }

    #[test]
    fn ties_have_their_own_exact_distribution() {
        // Ranks 1.5 1.5 3: three orders, the rising one has the largest L.
        let result = page_trend(&[vec![1.0, 1.0, 3.0], vec![1.0, 1.0, 3.0]]);
        let p = result.value().and_then(|r| r.p_exact).unwrap_or(f64::NAN);
        assert!((p - 1.0 / 9.0).abs() < 1e-15, "{p}");
    }

    #[test]
    fn beyond_the_limit_there_is_the_normal_only() {
        let result = page_trend(&vec![(0..11).map(f64::from).collect(); 3]);
        assert!(result.value().is_some_and(|r| r.p_exact.is_none() && r.p() == r.p_asymptotic));
    }

    proptest! {
        #[test]
        fn reversed_columns_are_the_other_tail(
            rows in prop::collection::vec(prop::collection::vec(0u8..5, 4), 1..6),
        ) {
            let up: Vec<Vec<f64>> =
                rows.iter().map(|r| r.iter().map(|v| f64::from(*v)).collect()).collect();
            let down: Vec<Vec<f64>> =
                up.iter().map(|r| r.iter().rev().copied().collect()).collect();
            let (a, b) = (page_trend(&up), page_trend(&down));
            let (Some(a), Some(b)) = (a.any(), b.any()) else { panic!("finite data") };
            prop_assert!((a.z + b.z).abs() < 1e-9);
            prop_assert!(a.p() + b.p() > 1.0 - 1e-9);
        }

        #[test]
        fn nothing_panics(rows in prop::collection::vec(prop::collection::vec(any::<f64>(), 0..4), 0..4)) {
            if let Some(r) = page_trend(&rows).any() {
                prop_assert!((0.0..=1.0).contains(&r.p()), "{:?}", r);
            }
        }
    }
}
