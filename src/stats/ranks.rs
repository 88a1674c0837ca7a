//! Average ranks (mid-ranks) and the sizes of tie groups.
//!
//! The smallest value has rank 1; equal values share the mean of the ranks
//! they take up. NaN ranks last, in a tie group of its own. Cost O(n log n).
//!
//! **Ties through subtraction.** `0.3 - 0.1`, `0.7 - 0.5` and `0.5 - 0.3` are
//! three different doubles, though the differences of the decimals are equal.
//! [`differences`] removes that: [`settle`] gives all members of a chain of
//! neighbours no further apart than `4 eps scale` one magnitude, where `scale`
//! is the largest magnitude among the *data* that were subtracted (not of the
//! differences).
//! A decimal read as a double is off by at most `eps/2` of itself, a difference
//! of two by `3/2 eps scale`, so two equal ones are within `3 eps scale`; data
//! that are truly that close cannot be told from rounding.

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
    let raw: Vec<f64> = x.iter().zip(y).map(|(a, b)| a - b).collect();
    let scale = x.iter().chain(y).filter(|v| v.is_finite()).fold(0.0f64, |s, v| s.max(v.abs()));
    settle(&raw, scale)
}

/// Values whose magnitudes differ by no more than rounding at `scale` get one
/// magnitude, the smallest of the chain; magnitudes within it of zero are zero.
pub fn settle(values: &[f64], scale: f64) -> Vec<f64> {
    let slack = 4.0 * f64::EPSILON * scale;
    let mut order: Vec<usize> = (0..values.len()).filter(|i| !values[*i].is_nan()).collect();
    order.sort_by(|a, b| values[*a].abs().total_cmp(&values[*b].abs()));
    let mut settled = values.to_vec();
    // Zero is the first link: what is as close to it as rounding is zero.
    let (mut previous, mut shared) = (0.0, 0.0);
    for index in order {
        let magnitude = values[index].abs();
        if magnitude - previous > slack {
            shared = magnitude;
        }
        previous = magnitude;
        settled[index] = if shared == 0.0 { 0.0 } else { shared.copysign(values[index]) };
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
                          y in prop::collection::vec(any::<f64>(), 0..12), s in any::<f64>()) {
            prop_assert_eq!(differences(&x, &y).len(), x.len().min(y.len()));
            prop_assert_eq!(settle(&x, s).len(), x.len());
        }
    }
}
