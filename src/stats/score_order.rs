//! Cases in ascending order of score, shared by every ROC statistic.
//!
//! Scores become integers with the same order, equal for equal scores (-0 and 0
//! included), so that ties are found by comparing integers and a radix sort
//! applies. Its passes skip digits that all scores share: single-precision
//! scores, whose lower bits are zero, cost half of what double ones do.
//!
//! Order among tied cases is that of the cases. NaN has no order: callers
//! refuse it (`unusable`). Cost O(n log n) below 256 cases, O(n) above.

/// The largest number of cases: beyond it, integer sums of placements could overflow.
const MAX_CASES: usize = 1 << 30;
const RADIX_FROM: usize = 256;
const DIGIT_BITS: usize = 8;
const BUCKETS: usize = 1 << DIGIT_BITS;
const DIGITS: usize = 64 / DIGIT_BITS;

/// A case: the order-preserving integer of its score, and its index.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    pub(super) key: u64,
    pub(super) index: u32,
}

/// Numbers of cases of each class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Classes {
    pub(super) positives: usize,
    pub(super) negatives: usize,
}

/// The class counts, or why scores and labels cannot be compared.
pub(super) fn check<S: Copy + Into<f64>>(scores: &[S], labels: &[bool]) -> Result<Classes, String> {
    if scores.len() != labels.len() {
        return Err(format!("{} scores for {} labels", scores.len(), labels.len()));
    }
    if labels.len() > MAX_CASES {
        return Err(format!("more than {MAX_CASES} cases"));
    }
    if scores.iter().any(|s| (*s).into().is_nan()) {
        return Err("a score is not a number".into());
    }
    let positives = labels.iter().filter(|l| **l).count();
    Ok(Classes { positives, negatives: labels.len() - positives })
}

/// As [`check`]; a class without cases is an error too.
pub(super) fn check_both<S: Copy + Into<f64>>(
    scores: &[S],
    labels: &[bool],
) -> Result<Classes, String> {
    let classes = check(scores, labels)?;
    if classes.positives == 0 || classes.negatives == 0 {
        let only = if classes.positives == 0 { "negative" } else { "positive" };
        return Err(format!("all {} test cases are {only}", labels.len()));
    }
    Ok(classes)
}

/// Cases by ascending score. Split at ties with [`ties`].
pub(super) fn ascending<S: Copy + Into<f64>>(scores: &[S]) -> Vec<Entry> {
    let entry = |(index, score): (usize, &S)| Entry { key: key(*score), index: index as u32 };
    let mut entries: Vec<Entry> = scores.iter().enumerate().map(entry).collect();
    if entries.len() < RADIX_FROM {
        entries.sort_unstable();
        entries
    } else {
        radix_sorted(entries)
    }
}

/// Groups of equal scores, ascending.
pub(super) fn ties(entries: &[Entry]) -> impl DoubleEndedIterator<Item = &[Entry]> {
    entries.chunk_by(|a, b| a.key == b.key)
}

fn key<S: Into<f64>>(score: S) -> u64 {
    // Adding 0 turns -0 into 0.
    let bits = (score.into() + 0.0).to_bits();
    if bits >> 63 == 1 { !bits } else { bits | (1 << 63) }
}

fn digit(key: u64, place: usize) -> usize {
    (key >> (place * DIGIT_BITS)) as usize & (BUCKETS - 1)
}

/// Least significant digit first; all histograms in one pass over the keys.
fn radix_sorted(mut from: Vec<Entry>) -> Vec<Entry> {
    let mut counts = [[0u32; BUCKETS]; DIGITS];
    for entry in &from {
        for (place, counts) in counts.iter_mut().enumerate() {
            counts[digit(entry.key, place)] += 1;
        }
    }
    let mut to = vec![Entry::default(); from.len()];
    for (place, counts) in counts.iter_mut().enumerate() {
        if counts.iter().any(|count| *count as usize == from.len()) {
            continue;
        }
        let mut start = 0;
        for count in counts.iter_mut() {
            (*count, start) = (start, start + *count);
        }
        for entry in &from {
            let next = &mut counts[digit(entry.key, place)];
            to[*next as usize] = *entry;
            *next += 1;
        }
        std::mem::swap(&mut from, &mut to);
    }
    from
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn signed_zeros_are_tied() {
        let entries = ascending(&[0.0, -0.0, -1.0, f64::INFINITY]);
        let groups: Vec<usize> = ties(&entries).map(<[Entry]>::len).collect();
        assert_eq!(groups, [1, 2, 1]);
    }

    proptest! {
        #[test]
        fn radix_and_comparison_agree(
            scores in prop::collection::vec(any::<f64>().prop_filter("", |v| !v.is_nan()), 256..400)
        ) {
            let entries = ascending(&scores);
            let mut order: Vec<u32> = (0..scores.len() as u32).collect();
            order.sort_by(|a, b| scores[*a as usize].partial_cmp(&scores[*b as usize]).unwrap());
            prop_assert_eq!(entries.iter().map(|e| e.index).collect::<Vec<_>>(), order);
        }
    }
}
