//! Resampling indices with replacement.
//!
//! Resample `b` of a bootstrap with seed `s` uses stream `b` of ChaCha8 seeded
//! with `s`: the draws depend on nothing else, so the result is the same, bit
//! for bit, for any number of threads. Further layers of one resample (test
//! cases after seeds, say) continue its stream.
//!
//! An index below `n` is the upper half of a 32-bit word times `n`: the bias of
//! at most `n / 2^32` is far below the Monte-Carlo error of any number of
//! resamples one would draw. Cost O(n) per resample.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Words taken from the generator at a time.
const WORDS: usize = 256;

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

    /// Calls `take` with `count` indices below `n` (and below 2^32, which is
    /// more than there are cases anywhere); never for an `n` of 0.
    pub fn indices(&mut self, n: usize, count: usize, mut take: impl FnMut(usize)) {
        let mut buffer = [0u8; WORDS * 4];
        // A word times more than 2^32 would overflow.
        let below = (n as u64).min(1 << 32);
        let mut left = if n == 0 { 0 } else { count };
        while left > 0 {
            let now = left.min(WORDS);
            let bytes = &mut buffer[..now * 4];
            self.0.fill_bytes(bytes);
            for word in bytes.chunks_exact(4) {
                let word = u32::from_le_bytes([word[0], word[1], word[2], word[3]]);
                take(((u64::from(word) * below) >> 32) as usize);
            }
            left -= now;
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
        let list = |b| {
            let mut list = Vec::new();
            Draws::of(1, b).indices(100, 300, |i| list.push(i));
            list
        };
        assert_eq!(list(3), list(3));
        assert_ne!(list(3), list(4));
    }

    #[test]
    fn nothing_is_drawn_from_nothing() {
        Draws::of(1, 1).indices(0, 5, |_| panic!("an index below 0"));
        let mut drawn = vec![1];
        Strata::whole(0).resample(&mut Draws::of(1, 1), &mut drawn);
        assert!(drawn.is_empty() && Strata::of::<u8>(&[]).is_empty());
    }
}
