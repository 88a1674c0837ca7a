//! Dunn's test of all pairs after Kruskal-Wallis.
//!
//! `z = (R_i - R_j) / sqrt((N(N+1)/12 - sum(t^3 - t)/(12(N-1))) (1/n_i + 1/n_j))` on
//! mean ranks of all pooled values, two-sided, corrected for ties (Dunn 1964).
//! Not adjusted for the number of pairs: take [`PairwiseP::adjusted`]. Undefined
//! where Kruskal-Wallis is. Cost O(N log N + k^2).

use super::Outcome;
use super::distributions::normal;
use super::kruskal_wallis::PooledRanks;
use super::pairwise::PairwiseP;

/// Unadjusted two-sided p of each pair of groups.
pub fn dunn(groups: &[Vec<f64>]) -> Outcome<PairwiseP> {
    let pooled = match PooledRanks::new(groups) {
        Ok(pooled) => pooled,
        Err(reason) => return Outcome::undefined(reason),
    };
    let (ranks, sizes) = (&pooled.mean_ranks, &pooled.sizes);
    Outcome::of(PairwiseP::from_pairs(groups.len(), |i, j| {
        let se = (pooled.variance * (1.0 / sizes[i] + 1.0 / sizes[j])).sqrt();
        (2.0 * normal::sf((ranks[i] - ranks[j]).abs() / se)).min(1.0)
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::kruskal_wallis::kruskal_wallis;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn one_pair_is_kruskal_wallis(
            x in prop::collection::vec(0u8..9, 1..9), y in prop::collection::vec(0u8..9, 1..9),
        ) {
            let groups = [x, y].map(|g| g.into_iter().map(f64::from).collect::<Vec<f64>>());
            if let (Some(d), Some(h)) = (dunn(&groups).value(), kruskal_wallis(&groups).value()) {
                prop_assert!((d.p[0][1] - h.p).abs() < 1e-12);
            }
        }

        #[test]
        fn nothing_panics(groups in prop::collection::vec(prop::collection::vec(any::<f64>(), 0..4), 0..4)) {
            let _ = dunn(&groups);
        }
    }
}
