//! Resampling indices with replacement.
//!
//! Resample `b` of a bootstrap with seed `s` uses stream `b` of ChaCha8 seeded
//! with `s`: the draws depend on nothing else, so the result is the same, bit
//! for bit, for any number of threads. Further layers of one resample (test
//! cases after seeds, say) continue its stream.
//!
//! Indices below `n` are the digits of a random 64-bit fraction to the base `n`:
//! one word gives four, two or one of them, as many as keep the bias, at most
//! `n^k / 2^64` for `k` indices, below `2^-32`. That is far below the
//! Monte-Carlo error of any number of resamples one would draw. Cost O(n) per
//! resample. Source: Brackett-Rozinsky and Lemire (2024), "Batched ranged random
//! integer generation", without their rejection step.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// 64-bit words taken from the generator at a time.
const WORDS: usize = 128;
/// Most indices that come from one word.
const LANES: usize = 4;

/// The random numbers of one resample.
#[derive(Clone, Debug)]
pub struct Draws(ChaCha8Rng);

impl Draws {
    /// Those of resample `b` under `seed`.
    pub fn of(seed: u64, b: usize) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(b as u64);
        Self(rng)
    }

    /// Calls `take` with `count` indices below `n`; never for an `n` of 0.
    pub fn indices(&mut self, n: usize, count: usize, mut take: impl FnMut(usize)) {
        self.lanes(n, count, |_, index| take(index));
    }

    /// The sum of as many values of `x` as it has, drawn like [`Draws::indices`].
    pub(super) fn sum(&mut self, x: &[f64]) -> f64 {
        // An addition waits for the one before it: four sums do not.
        let mut sums = [0.0; LANES];
        self.lanes(x.len(), x.len(), |lane, index| sums[lane] += x[index]);
        sums.iter().sum()
    }

    /// `take` gets the place of an index in its word, and the index.
    fn lanes(&mut self, n: usize, count: usize, take: impl FnMut(usize, usize)) {
        match n {
            0 => {}
            1..=0x100 => self.batched::<4>(n, count, take),
            0x101..=0x1_0000 => self.batched::<2>(n, count, take),
            _ => self.batched::<1>(n, count, take),
        }
    }

    fn batched<const K: usize>(
        &mut self,
        n: usize,
        count: usize,
        mut take: impl FnMut(usize, usize),
    ) {
        let mut buffer = [0u8; WORDS * 8];
        let mut left = count;
        while left > 0 {
            let words = left.div_ceil(K).min(WORDS);
            let bytes = &mut buffer[..words * 8];
            self.0.fill_bytes(bytes);
            for word in bytes.as_chunks().0 {
                let mut fraction = u64::from_le_bytes(*word);
                let mut digit = || {
                    let product = u128::from(fraction) * n as u128;
                    fraction = product as u64;
                    (product >> 64) as usize
                };
                // Known counts let the compiler unroll all but the last word.
                if left >= K {
                    (0..K).for_each(|lane| take(lane, digit()));
                } else {
                    (0..left).for_each(|lane| take(lane, digit()));
                }
                left = left.saturating_sub(K);
            }
        }
    }
}

/// Cases in groups; a resample keeps the size of every group.
///
/// Stratifying by label keeps both classes in every resample, so that an AUC
/// stays defined; stratifying by task is the resampling of rliable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Strata {
    /// Positions of the cases, group by group; groups are not empty.
    groups: Vec<Vec<usize>>,
}

impl Strata {
    /// All `n` cases in one group: no stratification.
    pub fn whole(n: usize) -> Self {
        Self { groups: if n == 0 { Vec::new() } else { vec![(0..n).collect()] } }
    }

    /// Case `i` belongs to group `labels[i]`.
    pub fn of<L: Ord>(labels: &[L]) -> Self {
        let mut groups = std::collections::BTreeMap::<&L, Vec<usize>>::new();
        for (position, label) in labels.iter().enumerate() {
            groups.entry(label).or_default().push(position);
        }
        Self { groups: groups.into_values().collect() }
    }

    /// Number of cases.
    pub fn len(&self) -> usize {
        self.groups.iter().map(Vec::len).sum()
    }

    /// Whether there are no cases.
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// The positions of the cases, group by group in the order of the labels.
    pub(crate) fn groups(&self) -> &[Vec<usize>] {
        &self.groups
    }

    /// Puts a resample of the positions into `into`.
    pub fn resample(&self, draws: &mut Draws, into: &mut Vec<usize>) {
        into.clear();
        for group in &self.groups {
            draws.indices(group.len(), group.len(), |i| into.push(group[i]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resample_keeps_the_size_of_every_group() {
        let labels = [1, 0, 1, 1, 0, 2];
        let strata = Strata::of(&labels);
        assert_eq!(strata.len(), 6);
        let mut drawn = Vec::new();
        for b in 0..20 {
            strata.resample(&mut Draws::of(5, b), &mut drawn);
            let mut got: Vec<i32> = drawn.iter().map(|i| labels[*i]).collect();
            got.sort_unstable();
            assert_eq!(got, [0, 0, 1, 1, 1, 2]);
        }
    }

    #[test]
    fn draws_are_even_and_repeatable() {
        let mut counts = [0u32; 7];
        Draws::of(1, 2).indices(7, 70_000, |i| counts[i] += 1);
        // Standard deviation of a count is 93.
        assert!(counts.iter().all(|c| c.abs_diff(10_000) < 450), "{counts:?}");
        let list = |b| drawn(b, 100, 300);
        assert_eq!(list(3), list(3));
        assert_ne!(list(3), list(4));
    }

    fn drawn(b: usize, n: usize, count: usize) -> Vec<usize> {
        let mut list = Vec::new();
        Draws::of(1, b).indices(n, count, |i| list.push(i));
        list
    }

    #[test]
    fn indices_stay_below_n_and_are_as_many_as_asked() {
        for n in [1, 2, 255, 256, 257, 65_536, 65_537, 5_000_000] {
            for count in [0, 1, 2, 3, 4, 5, 511, 512, 513, 1000] {
                let list = drawn(n, n, count);
                assert_eq!(list.len(), count);
                assert!(list.iter().all(|i| *i < n));
            }
        }
    }

    /// Indices of one word are as independent as those of two.
    #[test]
    fn neighbours_are_independent() {
        let list = drawn(7, 10, 400_000);
        let mut pairs = [[0u32; 10]; 10];
        list.windows(2).for_each(|pair| pairs[pair[0]][pair[1]] += 1);
        // Expectation 4,000, standard deviation 63.
        assert!(pairs.iter().flatten().all(|count| count.abs_diff(4_000) < 300), "{pairs:?}");
    }

    #[test]
    fn a_sum_is_the_sum_of_the_drawn() {
        for n in [1usize, 3, 200, 300, 70_000] {
            let x: Vec<f64> = (0..n).map(|i| (i % 17) as f64).collect();
            let want: f64 = drawn(4, n, n).iter().map(|i| x[*i]).sum();
            assert_eq!(Draws::of(1, 4).sum(&x), want);
        }
    }

    #[test]
    fn nothing_is_drawn_from_nothing() {
        Draws::of(1, 1).indices(0, 5, |_| panic!("an index below 0"));
        let mut drawn = vec![1];
        Strata::whole(0).resample(&mut Draws::of(1, 1), &mut drawn);
        assert!(drawn.is_empty() && Strata::of::<u8>(&[]).is_empty());
    }
}
