//! Mean, sample variance, quantiles.
//!
//! Definitions: mean `sum x / n`; sample variance `sum (x - mean)^2 / (n - 1)`,
//! in two passes, which keeps full precision for values far from zero (`1e8 +
//! noise`); quantiles by linear interpolation between order statistics at
//! `(n - 1) q` (type 7 of Hyndman and Fan 1996, the default of numpy and R).
//!
//! NaN in, NaN out (quantiles: sorted by total order). Empty input: NaN.
//! Cost: O(n); quantiles O(n log n), or O(1) on sorted input.

/// Arithmetic mean; NaN for empty input.
pub fn mean(x: &[f64]) -> f64 {
    let first = sum(x) / x.len() as f64;
    if !first.is_finite() {
        return first;
    }
    // A second pass over the residuals removes the rounding of the first.
    first + x.iter().map(|v| v - first).sum::<f64>() / x.len() as f64
}

fn sum(x: &[f64]) -> f64 {
    x.iter().sum()
}

/// Sample variance with `n - 1`; NaN below two values, exactly 0 for equal values.
pub fn variance(x: &[f64]) -> f64 {
    if x.len() < 2 {
        return f64::NAN;
    }
    if x.iter().all(|v| *v == x[0]) {
        return if x[0].is_finite() { 0.0 } else { f64::NAN };
    }
    let m = mean(x);
    x.iter().map(|v| (v - m) * (v - m)).sum::<f64>() / (x.len() - 1) as f64
}

/// Sample standard deviation with `n - 1`.
pub fn sd(x: &[f64]) -> f64 {
    variance(x).sqrt()
}

/// Median.
pub fn median(x: &[f64]) -> f64 {
    let mut sorted = x.to_vec();
    sorted.sort_by(f64::total_cmp);
    quantile_sorted(&sorted, 0.5)
}

/// Quantile `q` in 0..=1 of ascending values, type 7.
pub fn quantile_sorted(sorted: &[f64], q: f64) -> f64 {
    if sorted.is_empty() || !(0.0..=1.0).contains(&q) {
        return f64::NAN;
    }
    let place = Place::of(sorted.len(), q);
    place.between(sorted[place.below], sorted[place.above])
}

/// [`quantile_sorted`] of values in any order, which it changes: O(n).
pub(super) fn quantile_of(values: &mut [f64], q: f64) -> f64 {
    if values.is_empty() || !(0.0..=1.0).contains(&q) {
        return f64::NAN;
    }
    let place = Place::of(values.len(), q);
    let (_, low, rest) = values.select_nth_unstable_by(place.below, f64::total_cmp);
    let low = *low;
    // The next in order is the least of those that are not below.
    let next = rest.iter().copied().min_by(f64::total_cmp).unwrap_or(low);
    place.between(low, if place.above == place.below { low } else { next })
}

/// Where a quantile lies among ascending values.
struct Place {
    below: usize,
    above: usize,
    /// Way from the one to the other.
    share: f64,
}

impl Place {
    fn of(n: usize, q: f64) -> Self {
        let position = (n - 1) as f64 * q;
        let below = position.floor();
        Self { below: below as usize, above: position.ceil() as usize, share: position - below }
    }

    fn between(&self, low: f64, high: f64) -> f64 {
        if low == high {
            return low;
        }
        let t = self.share;
        // The two forms of numpy's lerp: exact at both ends.
        if t < 0.5 { low + (high - low) * t } else { high - (high - low) * (1.0 - t) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_values() {
        assert_eq!(mean(&[1.0, 2.0, 6.0]), 3.0);
        assert_eq!(variance(&[1.0, 2.0, 6.0]), 7.0);
        assert_eq!(median(&[4.0, 1.0, 3.0, 2.0]), 2.5);
        assert_eq!(quantile_sorted(&[0.0, 10.0], 0.25), 2.5);
        assert!((variance(&[1e8 + 1.0, 1e8 + 2.0, 1e8 + 3.0]) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_quantile_needs_no_order() {
        let mut values: Vec<f64> = (0..101).map(|i| f64::from(i * 37 % 101) / 7.0).collect();
        values.extend([0.0, -0.0, f64::INFINITY]);
        let mut sorted = values.clone();
        sorted.sort_by(f64::total_cmp);
        for q in [0.0, 0.025, 0.3, 0.5, 0.975, 0.98, 1.0] {
            let want = quantile_sorted(&sorted, q);
            assert_eq!(quantile_of(&mut values, q).to_bits(), want.to_bits(), "{q}");
        }
        assert!(quantile_of(&mut [], 0.5).is_nan() && quantile_of(&mut values, 1.5).is_nan());
    }

    #[test]
    fn too_few_values_are_nan() {
        assert!(mean(&[]).is_nan() && variance(&[1.0]).is_nan() && median(&[]).is_nan());
    }
}
