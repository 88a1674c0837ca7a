//! Where two lists differ.

use std::ops::Range;

/// How far ahead the place is looked for where both lists go on alike.
const AHEAD: usize = 128;
/// After so many the rest counts as one.
const MOST: usize = 500;

/// The stretches of two lists that differ, in order. Not the shortest account of
/// the difference, but one that takes no time to speak of.
pub(super) fn hunks<T: PartialEq>(a: &[T], b: &[T]) -> Vec<(Range<usize>, Range<usize>)> {
    let end = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    // What is alike at both ends is alike once.
    let end = end.min(a.len().min(b.len()) - alike(a, b));
    let (to_a, to_b) = (a.len() - end, b.len() - end);
    let (a, b) = (&a[..to_a], &b[..to_b]);
    let (mut i, mut j) = (0, 0);
    let mut out = Vec::new();
    loop {
        let same = alike(&a[i..], &b[j..]);
        (i, j) = (i + same, j + same);
        if i == a.len() && j == b.len() {
            return out;
        }
        let (x, y) = match meeting(&a[i..], &b[j..]) {
            Some(meeting) if out.len() + 1 < MOST => meeting,
            _ => (a.len() - i, b.len() - j),
        };
        out.push((i..i + x, j..j + y));
        (i, j) = (i + x, j + y);
    }
}

/// Length of the common beginning.
fn alike<T: PartialEq>(a: &[T], b: &[T]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

/// The nearest place where both go on alike for two items, or to the end.
fn meeting<T: PartialEq>(a: &[T], b: &[T]) -> Option<(usize, usize)> {
    let goes_on = |x: usize, y: usize| match (a.get(x), b.get(y)) {
        (Some(p), Some(q)) => p == q && a.get(x + 1) == b.get(y + 1),
        _ => false,
    };
    (1..2 * AHEAD).find_map(|far| {
        let from = far.saturating_sub(AHEAD);
        // Replaced items first, then those that one list alone has.
        let mut splits: Vec<usize> = (from..=far.min(AHEAD)).collect();
        splits.sort_by_key(|x| x.abs_diff(far - x));
        splits.into_iter().map(|x| (x, far - x)).find(|(x, y)| goes_on(*x, *y))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn replaced_added_and_lost_items_are_stretches() {
        let of = |a: &str, b: &str| {
            let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
            hunks(&a, &b)
        };
        assert_eq!(of("abcdef", "abcdef"), []);
        assert_eq!(of("abXdefgh", "abcdefgh"), [(2..3, 2..3)]);
        assert_eq!(of("abXcdefgh", "abcdefgh"), [(2..3, 2..2)]);
        assert_eq!(of("aXbcdeYfgh", "abcdefgh"), [(1..2, 1..1), (6..7, 5..5)]);
        assert_eq!(of("aa", "a"), [(1..2, 1..1)]);
        assert_eq!(of("", "ab"), [(0..0, 0..2)]);
    }

    proptest! {
        #[test]
        fn what_is_outside_of_all_stretches_is_alike(
            a in prop::collection::vec(0u8..4, 0..40),
            b in prop::collection::vec(0u8..4, 0..40),
        ) {
            let (mut i, mut j) = (0, 0);
            for (x, y) in hunks(&a, &b) {
                prop_assert_eq!(&a[i..x.start], &b[j..y.start]);
                prop_assert!(!x.is_empty() || !y.is_empty());
                (i, j) = (x.end, y.end);
            }
            prop_assert_eq!(&a[i..], &b[j..]);
        }
    }
}
