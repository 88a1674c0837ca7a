//! The exact null distribution of the rank sum of one of two groups.
//!
//! Under the hypothesis every choice of `n` of the `N` ranks is as likely as
//! any other, given the ranks. The number of choices of `j` ranks with sum `s`
//! is built up one rank at a time on doubled ranks, which ties leave whole
//! numbers; sums of positive terms in doubles, right to `N` ulps. Cost O(N n S)
//! with `S` about `n N`: O(N^2 n^2); ranks without ties are halved. Source: the
//! shift algorithm of Streitberg and Roehmel (1986).

/// Distribution of the sum of `n` ranks.
pub(super) struct RankSumCounts {
    /// Choices of `n` ranks by sum, in units of `unit`, from `first` on.
    choices: Vec<f64>,
    all: f64,
    first: usize,
    unit: usize,
}

impl RankSumCounts {
    /// For the doubled ranks of all cases, `n` of which form the group.
    pub(super) fn new(doubled: &[usize], n: usize) -> Self {
        let unit = if doubled.iter().all(|r| r.is_multiple_of(2)) { 2 } else { 1 };
        let mut ranks: Vec<usize> = doubled.iter().map(|r| r / unit).collect();
        ranks.sort_unstable();
        let n = n.min(ranks.len());
        // by_size[j][s]: choices of j of the ranks so far with sum s. Ascending
        // ranks keep the lists short as long as possible.
        let mut by_size: Vec<Vec<f64>> = vec![Vec::new(); n + 1];
        by_size[0].push(1.0);
        for (seen, rank) in ranks.iter().enumerate() {
            // What is left must be able to fill the group.
            let fewest = (n + seen + 1).saturating_sub(ranks.len()).max(1);
            for j in (fewest..=n.min(seen + 1)).rev() {
                let (smaller, larger) = by_size.split_at_mut(j);
                let (from, to) = (&smaller[j - 1], &mut larger[0]);
                if from.is_empty() {
                    continue;
                }
                if to.len() < from.len() + rank {
                    to.resize(from.len() + rank, 0.0);
                }
                for (t, f) in to[*rank..].iter_mut().zip(from) {
                    *t += f;
                }
            }
        }
        let first = ranks.iter().take(n).sum();
        let choices: Vec<f64> = by_size.swap_remove(n).into_iter().skip(first).collect();
        let all = choices.iter().sum();
        Self { choices, all, first, unit }
    }

    /// `P(W <= w)` and `P(W >= w)` for a doubled sum `w`.
    pub(super) fn tails(&self, doubled: usize) -> (f64, f64) {
        let at = (doubled / self.unit).saturating_sub(self.first);
        let below = self.choices.iter().take(at + 1).sum::<f64>();
        let above = self.choices.iter().skip(at).rev().sum::<f64>();
        (below / self.all, above / self.all)
    }

    /// `P(|W - c| >= |w - c|)` about a centre given as its quadruple, so that
    /// half of an odd doubled sum is whole.
    pub(super) fn as_far(&self, doubled: usize, quadruple_centre: usize) -> f64 {
        let far = (2 * doubled).abs_diff(quadruple_centre);
        let reaches =
            |i: usize| (2 * self.unit * (self.first + i)).abs_diff(quadruple_centre) >= far;
        let sum: f64 =
            self.choices.iter().enumerate().filter(|(i, _)| reaches(*i)).map(|(_, c)| c).sum();
        (sum / self.all).min(1.0)
    }

    /// How many of the smallest sums have together at most the probability
    /// `tail`, and that probability, for ranks without ties.
    pub(super) fn below(&self, tail: f64) -> (usize, f64) {
        let (mut sum, mut count) = (0.0, 0);
        for choices in &self.choices {
            if sum + choices > tail * self.all {
                break;
            }
            sum += choices;
            count += 1;
        }
        (count, sum / self.all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// R 4.2.2: `pwilcox(10, 5, 8)`.
    #[test]
    fn agrees_with_r() {
        let ranks: Vec<usize> = (1..=13).map(|r| 2 * r).collect();
        let (below, _) = RankSumCounts::new(&ranks, 5).tails(2 * (10 + 15));
        assert!((below - 0.085_470_085_470_085_47).abs() < 1e-15, "{below}");
    }

    proptest! {
        #[test]
        fn equals_the_enumeration(ranks in prop::collection::vec(1usize..9, 1..9), n in 0usize..9) {
            let n = n.min(ranks.len());
            let sums: Vec<usize> = (0..1usize << ranks.len())
                .filter(|s| s.count_ones() as usize == n)
                .map(|s| (0..ranks.len()).filter(|i| s >> i & 1 == 1).map(|i| ranks[i]).sum())
                .collect();
            let counts = RankSumCounts::new(&ranks, n);
            let centre = 2 * n * ranks.iter().sum::<usize>() / ranks.len();
            for w in &sums {
                let share = |f: &dyn Fn(usize) -> bool| {
                    sums.iter().filter(|s| f(**s)).count() as f64 / sums.len() as f64
                };
                let (below, above) = counts.tails(*w);
                prop_assert!((below - share(&|s| s <= *w)).abs() < 1e-14);
                prop_assert!((above - share(&|s| s >= *w)).abs() < 1e-14);
                let far = share(&|s| (2 * s).abs_diff(centre) >= (2 * w).abs_diff(centre));
                prop_assert!((counts.as_far(*w, centre) - far).abs() < 1e-14);
            }
        }
    }
}
