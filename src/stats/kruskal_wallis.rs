//! The Kruskal-Wallis test of k independent groups.
//!
//! `H = 12 / (N(N+1)) sum n_i (R_i - (N+1)/2)^2 / (1 - sum(t^3 - t)/(N^3 - N))` on
//! the mean ranks `R_i` of the pooled values, chi-squared with `k - 1` degrees of
//! freedom (Kruskal and Wallis 1952). Assumes independent values; the
//! distribution is a large-sample approximation. Effect sizes (Tomczak and
//! Tomczak 2014): `eta^2_H = (H - k + 1)/(N - k)`, may be negative; `epsilon^2 =
//! H/(N - 1)`.
//!
//! All values equal: undefined (0/0). Fewer than two groups, an empty group, NaN:
//! undefined; infinities are ranked. Cost O(N log N).

use serde::{Deserialize, Serialize};

use super::Outcome;
use super::distributions::chi_squared;
use super::ranks;

/// Result of a Kruskal-Wallis test.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KruskalWallis {
    /// Test statistic, corrected for ties.
    pub h: f64,
    /// Degrees of freedom.
    pub df: f64,
    /// p of H.
    pub p: f64,
    /// `(H - k + 1)/(N - k)`; NaN with one value per group.
    pub eta2: f64,
    /// `H/(N - 1)`.
    pub epsilon2: f64,
    /// Mean rank of each group.
    pub mean_ranks: Vec<f64>,
}

/// Tests whether the groups have one distribution.
pub fn kruskal_wallis(groups: &[Vec<f64>]) -> Outcome<KruskalWallis> {
    let pooled = match PooledRanks::new(groups) {
        Ok(pooled) => pooled,
        Err(reason) => return Outcome::undefined(reason),
    };
    let (n, df) = (pooled.n, (groups.len() - 1) as f64);
    let centre = f64::midpoint(n, 1.0);
    let between: f64 = pooled
        .sizes
        .iter()
        .zip(&pooled.mean_ranks)
        .map(|(size, rank)| size * (rank - centre) * (rank - centre))
        .sum();
    let h = between / pooled.variance;
    Outcome::of(KruskalWallis {
        h,
        df,
        p: chi_squared::sf(h, df),
        eta2: if n > df + 1.0 { (h - df) / (n - df - 1.0) } else { f64::NAN },
        epsilon2: h / (n - 1.0),
        mean_ranks: pooled.mean_ranks,
    })
}

/// Mean ranks of groups in the pooled values.
pub(super) struct PooledRanks {
    /// All values.
    pub(super) n: f64,
    /// Values of each group.
    pub(super) sizes: Vec<f64>,
    /// Mean rank of each group.
    pub(super) mean_ranks: Vec<f64>,
    /// `N(N+1)/12` less the part of the ties; positive.
    pub(super) variance: f64,
}

impl PooledRanks {
    pub(super) fn new(groups: &[Vec<f64>]) -> Result<Self, String> {
        if groups.len() < 2 {
            return Err(format!("a comparison needs two groups, got {}", groups.len()));
        }
        if groups.iter().any(Vec::is_empty) {
            return Err("a group has no values".into());
        }
        let all: Vec<f64> = groups.iter().flatten().copied().collect();
        if all.iter().any(|v| v.is_nan()) {
            return Err("a value is not a number".into());
        }
        let (ranks, ties) = ranks::rank(&all);
        if ties.len() == 1 {
            return Err("all values are equal: 0/0".into());
        }
        let mut rest = ranks.as_slice();
        let mut mean_ranks = Vec::with_capacity(groups.len());
        for group in groups {
            let (own, others) = rest.split_at(group.len());
            mean_ranks.push(own.iter().sum::<f64>() / own.len() as f64);
            rest = others;
        }
        let n = all.len() as f64;
        Ok(Self {
            n,
            sizes: groups.iter().map(|g| g.len() as f64).collect(),
            mean_ranks,
            variance: (n * (n + 1.0) - ranks::tie_sum(&ties) / (n - 1.0)) / 12.0,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// pitfall: constant data: one tool says 1, one nothing, one fails.
    #[test]
    fn constants_are_undefined() {
        assert!(kruskal_wallis(&[vec![1.0; 3], vec![1.0; 2]]).any().is_none());
    }

    proptest! {
        #[test]
        fn two_groups_are_mann_whitneys_normal(
            x in prop::collection::vec(0u8..9, 1..9), y in prop::collection::vec(0u8..9, 1..9),
        ) {
            use crate::stats::mann_whitney::{Method, mann_whitney};
            let x: Vec<f64> = x.into_iter().map(f64::from).collect();
            let y: Vec<f64> = y.into_iter().map(f64::from).collect();
            let u = mann_whitney(&x, &y, Method::Asymptotic { correction: false });
            let h = kruskal_wallis(&[x, y]);
            if let (Some(u), Some(h)) = (u.value(), h.value()) {
                prop_assert!((u.p.two_sided - h.p).abs() < 1e-12);
            }
        }

        #[test]
        fn nothing_panics(groups in prop::collection::vec(prop::collection::vec(any::<f64>(), 0..4), 0..4)) {
            if let Some(r) = kruskal_wallis(&groups).any() {
                prop_assert!((0.0..=1.0).contains(&r.p), "{:?}", r);
            }
        }
    }
}
