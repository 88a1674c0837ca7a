//! The exact null distribution of the signed-rank statistic.
//!
//! Under the hypothesis each rank has a plus or a minus with probability 1/2,
//! given the ranks. The share of the `2^n` sign patterns with rank sum `s` is
//! built up one rank at a time, `p(s) <- (p(s) + p(s - r)) / 2`, on doubled
//! ranks, which ties leave whole numbers. Nothing is subtracted: every
//! probability is right to `n` ulps, and exact up to n = 53. Cost O(n S) with
//! `S` the sum of the doubled ranks, O(n^3); ranks without ties are halved.

/// Distribution of the sum of the ranks with a plus.
pub(super) struct SignedRankCounts {
    /// Probability of each sum, in units of `unit`.
    p: Vec<f64>,
    /// 2 without half ranks, else 1.
    unit: usize,
}

impl SignedRankCounts {
    /// For the doubled ranks of the cases that may have either sign.
    pub(super) fn new(doubled: &[usize]) -> Self {
        let unit = if doubled.iter().all(|r| r.is_multiple_of(2)) { 2 } else { 1 };
        let total: usize = doubled.iter().map(|r| r / unit).sum();
        let mut p = vec![0.0; total + 1];
        p[0] = 1.0;
        let mut reached = 0;
        for rank in doubled.iter().map(|r| r / unit) {
            reached += rank;
            for s in (0..=reached).rev() {
                let with = if s >= rank { p[s - rank] } else { 0.0 };
                p[s] = f64::midpoint(p[s], with);
            }
        }
        Self { p, unit }
    }

    /// `P(W <= w)` and `P(W >= w)` for a doubled sum `w`.
    pub(super) fn tails(&self, doubled: usize) -> (f64, f64) {
        let at = doubled / self.unit;
        let below = self.p.iter().take(at + 1).sum::<f64>();
        let above = self.p.iter().skip(at).rev().sum::<f64>();
        (below.min(1.0), above.min(1.0))
    }

    /// The largest number `c` of smallest sums with `P(W < c) <= tail`, for
    /// ranks without ties.
    pub(super) fn below(&self, tail: f64) -> (usize, f64) {
        let (mut sum, mut count) = (0.0, 0);
        for p in &self.p {
            if sum + p > tail {
                break;
            }
            sum += p;
            count += 1;
        }
        (count, sum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// R 4.2.2: `psignrank(5, 8)`.
    #[test]
    fn agrees_with_r() {
        let ranks: Vec<usize> = (1..=8).map(|r| 2 * r).collect();
        assert_eq!(SignedRankCounts::new(&ranks).tails(10).0, 0.039_062_5);
    }

    proptest! {
        #[test]
        fn equals_the_enumeration(ranks in prop::collection::vec(1usize..9, 0..9), pick in any::<u16>()) {
            let counts = SignedRankCounts::new(&ranks);
            let sums: Vec<usize> = (0..1usize << ranks.len())
                .map(|s| (0..ranks.len()).filter(|i| s >> i & 1 == 1).map(|i| ranks[i]).sum())
                .collect();
            let w = sums[pick as usize % sums.len()];
            let share = |f: &dyn Fn(usize) -> bool| {
                sums.iter().filter(|s| f(**s)).count() as f64 / sums.len() as f64
            };
            prop_assert_eq!(counts.tails(w), (share(&|s| s <= w), share(&|s| s >= w)));
        }
    }
}
