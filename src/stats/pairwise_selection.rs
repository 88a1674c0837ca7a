//! Order statistics of pairwise sums and differences, without listing them.
//!
//! The Walsh averages `(d_i + d_j)/2`, `i <= j`, and the differences `x_i -
//! y_j` are the raw material of Hodges-Lehmann estimates; there are n^2/2 or
//! n m of them. The k-th smallest is found by bisection over the doubles
//! themselves: it is the least double with at least k values at or below it,
//! and with sorted data a count takes one pass of two pointers. Exact (the
//! bisection ends on a value of the list), cost O(n log n + 64 n), memory O(n).
//! Input finite.

/// The `k`-th smallest (from 1) Walsh average of ascending values.
pub(super) fn walsh_average(sorted: &[f64], k: u64) -> f64 {
    smallest(|v| {
        // For each i the j in i..n with an average of at most v: as i rises,
        // the end falls.
        let (mut count, mut end) = (0u64, sorted.len());
        for (i, a) in sorted.iter().enumerate() {
            while end > i && f64::midpoint(*a, sorted[end - 1]) > v {
                end -= 1;
            }
            if end <= i {
                break;
            }
            count += (end - i) as u64;
        }
        count >= k
    })
}

/// The `k`-th smallest (from 1) difference `x_i - y_j` of ascending values.
pub(super) fn difference(x: &[f64], y: &[f64], k: u64) -> f64 {
    smallest(|v| {
        let (mut count, mut start) = (0u64, 0);
        for a in x {
            while start < y.len() && a - y[start] > v {
                start += 1;
            }
            count += (y.len() - start) as u64;
        }
        count >= k
    })
}

/// The least double that fulfils a monotone condition.
fn smallest(enough: impl Fn(f64) -> bool) -> f64 {
    let (mut low, mut high) = (key(f64::NEG_INFINITY), key(f64::INFINITY));
    while low < high {
        let middle = low + (high.wrapping_sub(low) as u64 / 2) as i64;
        if enough(value(middle)) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    // -0 is no other value than 0.
    value(low) + 0.0
}

/// Order of doubles as order of integers.
fn key(v: f64) -> i64 {
    let bits = v.to_bits() as i64;
    if bits < 0 { i64::MIN.wrapping_sub(bits) } else { bits }
}

fn value(key: i64) -> f64 {
    let bits = if key < 0 { i64::MIN.wrapping_sub(key) } else { key };
    f64::from_bits(bits as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sorted(mut v: Vec<f64>) -> Vec<f64> {
        v.sort_by(f64::total_cmp);
        v
    }

    proptest! {
        #[test]
        fn equals_the_sorted_list(
            x in prop::collection::vec(-1e3..1e3f64, 1..10),
            y in prop::collection::vec(prop::num::f64::NORMAL, 1..10),
        ) {
            let (x, y) = (sorted(x), sorted(y));
            let averages = (0..x.len()).flat_map(|i| (i..x.len()).map(move |j| (i, j)));
            let averages = sorted(averages.map(|(i, j)| f64::midpoint(x[i], x[j])).collect());
            for (k, want) in averages.iter().enumerate() {
                prop_assert_eq!(walsh_average(&x, k as u64 + 1), *want);
            }
            let differences = sorted(x.iter().flat_map(|a| y.iter().map(move |b| a - b)).collect());
            for (k, want) in differences.iter().enumerate() {
                prop_assert_eq!(difference(&x, &y, k as u64 + 1), *want);
            }
        }
    }
}
