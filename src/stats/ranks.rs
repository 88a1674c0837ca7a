//! Average ranks (mid-ranks) and the sizes of tie groups.
//!
//! The smallest value has rank 1; equal values share the mean of the ranks
//! they take up. NaN ranks last, in a tie group of its own. Cost O(n log n).
//!
//! **Ties through subtraction.** `0.3 - 0.1`, `0.7 - 0.5` and `0.5 - 0.3` are
//! three different doubles, though the differences of the decimals are equal.
//! A decimal is read with an error of at most half an ulp, so a difference is
//! off by at most `2 eps max(|x|, |y|)`, its *slack*: relative to the data, not
//! to the difference. [`settle`] gives neighbours whose magnitudes are no
//! further apart than their two slacks one magnitude, and makes a magnitude
//! within its own slack zero. Data that are truly that close cannot be told
//! from rounding. [`differences`] does both steps.

/// Average ranks of the values, in their order.
pub fn average_ranks(x: &[f64]) -> Vec<f64> {
    rank(x).0
}

/// Sizes of the groups of equal values, in ascending order of value.
pub fn tie_groups(x: &[f64]) -> Vec<usize> {
    rank(x).1
}

/// [`average_ranks`] and [`tie_groups`] in one.
pub fn rank(x: &[f64]) -> (Vec<f64>, Vec<usize>) {
    let mut order: Vec<usize> = (0..x.len()).collect();
    let same = |a: usize, b: usize| x[a] == x[b] || (x[a].is_nan() && x[b].is_nan());
    order.sort_by(|a, b| ascending(x[*a], x[*b]));
    let mut ranks = vec![0.0; x.len()];
    let mut groups = Vec::new();
    let mut before = 0;
    for group in order.chunk_by(|a, b| same(*a, *b)) {
        let shared = before as f64 + (group.len() + 1) as f64 / 2.0;
        for index in group {
            ranks[*index] = shared;
        }
        groups.push(group.len());
        before += group.len();
    }
    (ranks, groups)
}

/// `sum t^3 - t` over tie groups.
pub fn tie_sum(groups: &[usize]) -> f64 {
    groups.iter().map(|t| *t as f64).map(|t| t * (t - 1.0) * (t + 1.0)).sum()
}

/// `x_i - y_i`, with ties through subtraction settled (see the module).
pub fn differences(x: &[f64], y: &[f64]) -> Vec<f64> {
    let pairs = || x.iter().zip(y);
    let raw: Vec<f64> = pairs().map(|(a, b)| a - b).collect();
    let slacks: Vec<f64> = pairs().map(|(a, b)| slack(*a, *b)).collect();
    settle(&raw, &slacks)
}

/// By how much `a - b` may be off; 0 where it is not finite.
pub fn slack(a: f64, b: f64) -> f64 {
    let slack = 2.0 * f64::EPSILON * a.abs().max(b.abs());
    if slack.is_finite() { slack } else { 0.0 }
}

/// Values whose magnitudes are within their slacks of each other get the
/// smallest magnitude of their chain; NaN stays. Equal lengths are expected; a
/// missing slack is 0.
pub fn settle(values: &[f64], slacks: &[f64]) -> Vec<f64> {
    let of = |i: usize| slacks.get(i).copied().unwrap_or(0.0);
    let mut order: Vec<usize> = (0..values.len()).filter(|i| !values[*i].is_nan()).collect();
    order.sort_by(|a, b| values[*a].abs().total_cmp(&values[*b].abs()));
    let mut settled = values.to_vec();
    // Zero, known exactly, is the first link.
    let (mut previous, mut reach, mut shared) = (0.0, 0.0, 0.0);
    for index in order {
        let magnitude = values[index].abs();
        if magnitude - previous > reach + of(index) {
            shared = magnitude;
        }
        (previous, reach) = (magnitude, of(index));
        settled[index] = if shared == 0.0 { 0.0 } else { f64::copysign(shared, values[index]) };
    }
    settled
}

fn ascending(a: f64, b: f64) -> std::cmp::Ordering {
    // -0 and 0 are one value, and NaN of either sign is last.
    a.partial_cmp(&b).unwrap_or_else(|| a.is_nan().cmp(&b.is_nan()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_ranks() {
        let (ranks, groups) = rank(&[3.0, 1.0, 3.0, 2.0, 3.0]);
        assert_eq!(ranks, [4.0, 1.0, 4.0, 2.0, 4.0]);
        assert_eq!(groups, [1, 1, 3]);
        assert_eq!(tie_sum(&groups), 24.0);
        assert_eq!(average_ranks(&[f64::NAN, 0.0, -0.0, f64::NAN]), [3.5, 1.5, 1.5, 3.5]);
    }

    /// pitfall: 0.3 - 0.1, 0.7 - 0.5 and 0.5 - 0.3 are three different doubles.
    #[test]
    fn equal_decimals_tie_after_subtraction() {
        let (x, y) = ([0.3, 0.7, 0.5, 0.1, 0.3], [0.1, 0.5, 0.3, 0.3, 0.3]);
        let raw: Vec<f64> = x.iter().zip(&y).map(|(a, b)| a - b).collect();
        assert!(tie_groups(&raw).len() > 3, "the pitfall itself: {raw:?}");
        let settled = differences(&x, &y);
        assert_eq!(tie_groups(&settled), [1, 1, 3]);
        assert_eq!(settled[3], -settled[0]);
        assert_eq!(settled[4], 0.0);
    }

    #[test]
    fn what_is_small_but_real_stays() {
        // An outlier's own rounding says nothing about the other pairs.
        assert_eq!(differences(&[1e15, 1.0], &[0.0, 0.5]), [1e15, 0.5]);
        let settled = differences(&[1e-9, 2e-9], &[0.0, 0.0]);
        assert_eq!(settled, [1e-9, 2e-9]);
        assert_eq!(differences(&[f64::INFINITY, f64::NAN], &[1.0, 1.0])[0], f64::INFINITY);
    }

    proptest! {
        #[test]
        fn ranks_add_up(x in prop::collection::vec(any::<f64>(), 0..20)) {
            let (ranks, groups) = rank(&x);
            let n = x.len();
            prop_assert_eq!(groups.iter().sum::<usize>(), n);
            prop_assert_eq!(ranks.iter().sum::<f64>(), (n * (n + 1)) as f64 / 2.0);
        }

        #[test]
        fn nothing_panics(x in prop::collection::vec(any::<f64>(), 0..12),
                          y in prop::collection::vec(any::<f64>(), 0..12)) {
            prop_assert_eq!(differences(&x, &y).len(), x.len().min(y.len()));
            prop_assert_eq!(settle(&x, &y).len(), x.len());
        }
    }
}
