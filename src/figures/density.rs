//! A smooth density for violins: Gaussian kernels, Silverman's bandwidth
//! `0.9 min(sd, IQR / 1.34) n^(-1/5)` (1986), cut off at the data's range so that
//! it shows no value that was not seen. Below [`ENOUGH_FOR_QUARTILES`] values the
//! bandwidth is that of the standard deviation alone: quartiles of so few may lie
//! close together and leave a hill per value. Cost O(n) per point.

use crate::stats::describe::{quantile_sorted, sd};

/// Fewer values than this have no density: it would show the kernel.
pub(super) const FEWEST_FOR_DENSITY: usize = 10;
const ENOUGH_FOR_QUARTILES: usize = 20;
const POINTS: usize = 48;

/// Places and heights (1 at the highest) over ascending values; none for too
/// few of them or for values that are all equal.
pub(super) fn density(sorted: &[f64]) -> Option<Vec<(f64, f64)>> {
    let (low, high) = (*sorted.first()?, *sorted.last()?);
    let n = sorted.len();
    let quartiles = quantile_sorted(sorted, 0.75) - quantile_sorted(sorted, 0.25);
    let quartiles = if n < ENOUGH_FOR_QUARTILES { f64::INFINITY } else { quartiles };
    let spread = [sd(sorted), quartiles / 1.34].into_iter().filter(|s| *s > 0.0);
    let width = 0.9 * spread.fold(f64::INFINITY, f64::min) * (n as f64).powf(-0.2);
    if n < FEWEST_FOR_DENSITY || !width.is_finite() || width <= 0.0 || high <= low {
        return None;
    }
    let height =
        |at: f64| -> f64 { sorted.iter().map(|v| (-0.5 * ((at - v) / width).powi(2)).exp()).sum() };
    let step = (high - low) / (POINTS - 1) as f64;
    let places = (0..POINTS).map(|i| low + step * i as f64);
    let raw: Vec<(f64, f64)> = places.map(|at| (at, height(at))).collect();
    let most = raw.iter().map(|p| p.1).fold(f64::MIN_POSITIVE, f64::max);
    Some(raw.into_iter().map(|(at, h)| (at, h / most)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_top_is_where_the_values_are() {
        let found =
            density(&[0.0, 0.08, 0.1, 0.1, 0.1, 0.11, 0.12, 0.12, 0.13, 0.9]).expect("a density");
        let top = found.iter().max_by(|a, b| a.1.total_cmp(&b.1)).expect("a top");
        assert!((top.0 - 0.1).abs() < 0.05 && top.1 == 1.0, "{top:?}");
        assert_eq!((found[0].0, found[POINTS - 1].0), (0.0, 0.9));
    }

    #[test]
    fn few_or_equal_values_have_none() {
        assert_eq!(density(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0]), None);
        assert_eq!(density(&[1.0; 19]), None);
        assert_eq!(density(&[]), None);
    }
}
