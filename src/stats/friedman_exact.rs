//! The exact null distribution of Friedman's statistic.
//!
//! Under the hypothesis every arrangement of a block's ranks over the columns
//! is as likely as any other, given the ranks: ties stay as they are (the
//! permutation distribution, Friedman 1937; Lehmann 1975, section 6.3). What is
//! followed block by block is the vector of the columns' doubled rank sums, with
//! the number of its arrangements; the statistic does not ask which column is
//! which, so vectors are kept sorted, and the first block need not be moved.
//! Sums of squares of whole numbers: no two statistics are told apart, or taken
//! for one, by rounding.
//!
//! Cost: vectors times arrangements of a block, summed over the blocks. Beyond
//! [`MOST_STEPS`] of them there is no exact p. That reaches 3 columns with some
//! 80 blocks, 4 with 20, 5 with 8, 6 with 4, 7 and 8 with 2.

use super::block_ranks::BlockRanks;

/// Arrangements that are looked at before the exact distribution is given up:
/// about 70 ms.
pub(super) const MOST_STEPS: usize = 1 << 21;
/// Columns that fit into one sorted vector of sums.
const MOST_COLUMNS: usize = 8;

/// Sorted doubled rank sums, one 16-bit number per column.
type Sums = [u16; MOST_COLUMNS];

/// `P(statistic >= the observed one)` given the ranks; `None` beyond
/// [`MOST_STEPS`].
pub(super) fn upper_tail(ranks: &BlockRanks) -> Option<f64> {
    let (k, n) = (ranks.methods(), ranks.blocks());
    if k > MOST_COLUMNS || 2 * k * n > usize::from(u16::MAX) {
        return None;
    }
    let blocks: Vec<Vec<u16>> = ranks.ranks.iter().map(|row| doubled(row)).collect();
    let (first, rest) = blocks.split_first()?;
    let (last, middle) = rest.split_last()?;
    let mut steps = 0;
    let mut states = vec![(sorted(first), 1.0)];
    for block in middle {
        let arrangements = arrangements(block, &mut steps, states.len())?;
        states = moved(&states, &arrangements, k);
    }
    let observed = square(ranks.sums.iter().map(|sum| (2.0 * sum) as u64));
    let arrangements = arrangements(last, &mut steps, states.len())?;
    let (mut reached, mut all) = (0.0, 0.0);
    for (sums, count) in &states {
        for arrangement in &arrangements {
            let pairs = sums.iter().zip(arrangement);
            let statistic = square(pairs.map(|(s, r)| u64::from(*s) + u64::from(*r)));
            all += count;
            if statistic >= observed {
                reached += count;
            }
        }
    }
    Some(reached / all)
}

fn doubled(row: &[f64]) -> Vec<u16> {
    row.iter().map(|rank| (2.0 * rank) as u16).collect()
}

fn sorted(block: &[u16]) -> Sums {
    let mut sums = [0; MOST_COLUMNS];
    sums[..block.len()].copy_from_slice(block);
    sums[..block.len()].sort_unstable();
    sums
}

/// Up to a constant the statistic: the sums have one mean.
fn square(sums: impl Iterator<Item = u64>) -> u64 {
    sums.map(|sum| sum * sum).sum()
}

/// The distinct arrangements of a block's ranks, if `states` times as many
/// are still to be afforded.
fn arrangements(block: &[u16], steps: &mut usize, states: usize) -> Option<Vec<Sums>> {
    *steps += states.saturating_mul(count(block));
    if *steps > MOST_STEPS {
        return None;
    }
    let k = block.len();
    let mut next = sorted(block);
    let mut all = vec![next];
    while step(&mut next[..k]) {
        all.push(next);
    }
    Some(all)
}

/// `k! / (t_1! t_2! ...)` with the sizes of the ties.
fn count(block: &[u16]) -> usize {
    let mut ordered = block.to_vec();
    ordered.sort_unstable();
    let factorial = |n: usize| (1..=n).product::<usize>();
    let ties = ordered.chunk_by(|a, b| a == b).map(|tied| factorial(tied.len()));
    factorial(block.len()) / ties.product::<usize>()
}

/// The next arrangement in lexical order; false after the last.
fn step(values: &mut [u16]) -> bool {
    let Some(at) = (1..values.len()).rev().find(|i| values[i - 1] < values[*i]) else {
        return false;
    };
    if let Some(larger) = (at..values.len()).rev().find(|i| values[*i] > values[at - 1]) {
        values.swap(at - 1, larger);
    }
    values[at..].reverse();
    true
}

/// The states after one more block.
fn moved(states: &[(Sums, f64)], arrangements: &[Sums], k: usize) -> Vec<(Sums, f64)> {
    let mut next = Vec::with_capacity(states.len() * arrangements.len());
    for (sums, count) in states {
        for arrangement in arrangements {
            let mut sums = *sums;
            for (sum, rank) in sums.iter_mut().zip(arrangement) {
                *sum += rank;
            }
            sums[..k].sort_unstable();
            next.push((sums, *count));
        }
    }
    next.sort_unstable_by_key(|state| state.0);
    next.dedup_by(|later, kept| {
        let same = later.0 == kept.0;
        if same {
            kept.1 += later.1;
        }
        same
    });
    next
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tail(rows: &[Vec<f64>]) -> f64 {
        upper_tail(&BlockRanks::new(rows).expect("ranks")).expect("an exact p")
    }

    /// All arrangements of every block, one by one.
    fn enumerated(rows: &[Vec<f64>]) -> f64 {
        let ranks = BlockRanks::new(rows).expect("ranks");
        let blocks: Vec<Vec<Sums>> = ranks
            .ranks
            .iter()
            .map(|row| arrangements(&doubled(row), &mut 0, 1).expect("few"))
            .collect();
        let observed = square(ranks.sums.iter().map(|sum| (2.0 * sum) as u64));
        let all: usize = blocks.iter().map(Vec::len).product();
        let reached = (0..all).filter(|index| {
            let (mut index, mut sums) = (*index, [0u64; MOST_COLUMNS]);
            for block in &blocks {
                for (sum, rank) in sums.iter_mut().zip(block[index % block.len()]) {
                    *sum += u64::from(rank);
                }
                index /= block.len();
            }
            square(sums.into_iter()) >= observed
        });
        reached.count() as f64 / all as f64
    }

    /// Same order in every block: `k!` of `k!^n` arrangements.
    #[test]
    fn agreement_by_hand() {
        let same =
            |n: usize, k: usize| tail(&vec![(0..k).map(|j| j as f64).collect::<Vec<f64>>(); n]);
        for (n, k, want) in [(2, 3, 6.0 / 36.0), (3, 3, 6.0 / 216.0), (2, 4, 24.0 / 576.0)] {
            assert!((same(n, k) - want).abs() < 1e-15, "{n} blocks, {k} columns");
        }
    }

    /// Tables of Friedman's test (Hollander and Wolfe 1973, A.15): k = 3, n = 4,
    /// P(chi2 >= 6.5) = 0.042; k = 4, n = 3, P(chi2 >= 7.4) = 0.033.
    #[test]
    fn printed_tables() {
        let three = [[1.0, 2.0, 3.0], [1.0, 2.0, 3.0], [1.0, 2.0, 3.0], [1.0, 3.0, 2.0]];
        let three: Vec<Vec<f64>> = three.iter().map(|row| row.to_vec()).collect();
        assert!((tail(&three) - 0.042).abs() < 5e-4, "{}", tail(&three));
        let four = [[1.0, 2.0, 3.0, 4.0], [1.0, 2.0, 4.0, 3.0], [2.0, 1.0, 3.0, 4.0]];
        let four: Vec<Vec<f64>> = four.iter().map(|row| row.to_vec()).collect();
        assert!((tail(&four) - 0.033).abs() < 5e-4, "{}", tail(&four));
    }

    #[test]
    fn large_designs_are_given_up_and_medium_ones_are_not() {
        let rows = |n: usize, k: usize| -> BlockRanks {
            let row = |i: usize| (0..k).map(|j| ((i * 7 + j * 5) % 11) as f64).collect();
            BlockRanks::new(&(0..n).map(row).collect::<Vec<Vec<f64>>>()).expect("ranks")
        };
        for (n, k) in [(60, 3), (16, 4), (7, 5), (4, 6), (2, 8)] {
            assert!(upper_tail(&rows(n, k)).is_some(), "{n} blocks of {k}");
        }
        for (n, k) in [(2, 9), (30, 6), (40_000, 3)] {
            assert!(upper_tail(&rows(n, k)).is_none(), "{n} blocks of {k}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn equals_the_enumeration(
            rows in prop::collection::vec(prop::collection::vec(0u8..4, 3), 2..6),
            wide in prop::collection::vec(prop::collection::vec(0u8..9, 4), 2..4),
        ) {
            for rows in [rows, wide] {
                let rows: Vec<Vec<f64>> =
                    rows.iter().map(|r| r.iter().map(|v| f64::from(*v)).collect()).collect();
                let (got, want) = (tail(&rows), enumerated(&rows));
                prop_assert!((got - want).abs() < 1e-13, "{got} {want}");
            }
        }
    }
}
