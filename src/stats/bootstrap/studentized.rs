//! The studentised bootstrap (bootstrap-t).
//!
//! Every resample gives `t_b = (s_b - s) / se_b` with its own standard error;
//! the interval is `[s - q(1 - a/2) se, s - q(a/2) se]` with the quantiles
//! (type 7) of the `t_b`. Second-order accurate like BCa, and for the mean of
//! few skewed values closer to its level, at the price of long intervals (Hall
//! 1988; Efron and Tibshirani 1993, section 12.5).
//!
//! A resample that repeats one value has no standard error: its `t_b` is
//! infinite, with the sign of `s_b - s` (0 when they are equal). Such resamples
//! are kept, not dropped, for dropping them shortens the interval; when they
//! reach a quantile (for 95 % always at 3 values, where 1 resample of 9 is
//! constant, and near 4 values) the interval is undefined. Constant data: a
//! degenerate point. Fewer than two, or non-finite values: undefined. Cost O(B
//! n); other statistics than the mean pay for their standard error.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::draw::Draws;
use crate::stats::Outcome;
use crate::stats::bounds::{Bounds, confidence_error};
use crate::stats::describe::{mean, quantile_sorted, sd};

/// A statistic and the standard error that goes with it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Studentized {
    /// The statistic.
    pub estimate: f64,
    /// Its standard error.
    pub standard_error: f64,
}

/// Interval of a statistic that comes with its standard error.
pub fn studentized(
    x: &[f64],
    resamples: usize,
    seed: u64,
    confidence: f64,
    statistic: impl Fn(&[f64]) -> Studentized + Sync,
) -> Outcome<Bounds> {
    if let Some(reason) = unusable(x, resamples, confidence) {
        return Outcome::undefined(reason);
    }
    let of_sample = statistic(x);
    let one = |values: &mut Vec<f64>, b: usize| {
        values.clear();
        Draws::of(seed, b).indices(x.len(), x.len(), |i| values.push(x[i]));
        let drawn = statistic(values);
        ratio(drawn.estimate - of_sample.estimate, drawn.standard_error)
    };
    let t = (0..resamples).into_par_iter().map_init(Vec::new, one).collect();
    finish(of_sample, t, confidence)
}

/// Interval of the mean, its standard error being `sd / sqrt(n)`; sums in place.
pub fn studentized_mean(
    x: &[f64],
    resamples: usize,
    seed: u64,
    confidence: f64,
) -> Outcome<Bounds> {
    if let Some(reason) = unusable(x, resamples, confidence) {
        return Outcome::undefined(reason);
    }
    let centred = Centred::of(x);
    let one = |b: usize| centred.resample(&mut Draws::of(seed, b)).1;
    let t = (0..resamples).into_par_iter().map(one).collect();
    centred.interval(t, confidence)
}

/// Values minus their mean: sums of their squares do not cancel.
pub(crate) struct Centred {
    mean: f64,
    standard_error: f64,
    deviations: Vec<f64>,
}

impl Centred {
    pub(crate) fn of(x: &[f64]) -> Self {
        let m = mean(x);
        Self {
            mean: m,
            standard_error: sd(x) / (x.len() as f64).sqrt(),
            deviations: x.iter().map(|v| v - m).collect(),
        }
    }

    /// Mean and `t_b` of one resample.
    pub(crate) fn resample(&self, draws: &mut Draws) -> (f64, f64) {
        let count = self.deviations.len();
        let n = count as f64;
        let (mut sum, mut squares) = (0.0, 0.0);
        draws.indices(count, count, |i| {
            let d = self.deviations[i];
            sum += d;
            squares += d * d;
        });
        let shift = sum / n;
        let spread = squares - sum * shift;
        // What is left of equal values is rounding.
        let spread = if spread <= 1e-13 * squares { 0.0 } else { spread };
        (self.mean + shift, ratio(shift, (spread / (n - 1.0) / n).sqrt()))
    }

    pub(crate) fn interval(&self, t: Vec<f64>, confidence: f64) -> Outcome<Bounds> {
        let of_sample = Studentized { estimate: self.mean, standard_error: self.standard_error };
        finish(of_sample, t, confidence)
    }
}

fn ratio(difference: f64, standard_error: f64) -> f64 {
    if difference == 0.0 && standard_error == 0.0 { 0.0 } else { difference / standard_error }
}

fn unusable(x: &[f64], resamples: usize, confidence: f64) -> Option<String> {
    if x.len() < 2 {
        return Some(format!("a studentised interval needs two values, got {}", x.len()));
    }
    if resamples == 0 {
        return Some("there are no resamples".into());
    }
    if x.iter().any(|v| !v.is_finite()) {
        return Some("a value is not finite".into());
    }
    confidence_error(confidence)
}

fn finish(of_sample: Studentized, mut t: Vec<f64>, confidence: f64) -> Outcome<Bounds> {
    let Studentized { estimate, standard_error } = of_sample;
    if !estimate.is_finite() || !standard_error.is_finite() || t.iter().any(|t| t.is_nan()) {
        return Outcome::undefined("a statistic or its standard error is not finite");
    }
    if standard_error == 0.0 {
        let point = Bounds { low: estimate, high: estimate };
        return Outcome::degenerate(point, "all values are equal: the interval is a point");
    }
    t.sort_unstable_by(f64::total_cmp);
    let alpha = (1.0 - confidence) / 2.0;
    let low = estimate - quantile_sorted(&t, 1.0 - alpha) * standard_error;
    let high = estimate - quantile_sorted(&t, alpha) * standard_error;
    if !low.is_finite() || !high.is_finite() {
        return Outcome::undefined(
            "too few values: resamples without spread reach the quantiles of the studentised statistic",
        );
    }
    Outcome::of(Bounds { low, high })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of_mean(x: &[f64]) -> Studentized {
        Studentized { estimate: mean(x), standard_error: sd(x) / (x.len() as f64).sqrt() }
    }

    #[test]
    fn the_fast_mean_is_the_mean() {
        let x: Vec<f64> = (0..25).map(|i| 1e6 + f64::from(i * i % 17)).collect();
        let slow = studentized(&x, 999, 5, 0.95, of_mean);
        let fast = studentized_mean(&x, 999, 5, 0.95);
        let (slow, fast) = (slow.value().expect("slow"), fast.value().expect("fast"));
        assert!((slow.low - fast.low).abs() < 1e-8 && (slow.high - fast.high).abs() < 1e-8);
    }

    #[test]
    fn a_long_right_tail_stretches_the_interval_to_the_right() {
        let x: Vec<f64> = (1..30).map(|i| (f64::from(i) / 8.0).exp()).collect();
        let bounds = *studentized_mean(&x, 4000, 1, 0.95).value().expect("an interval");
        assert!(bounds.high - mean(&x) > 1.3 * (mean(&x) - bounds.low), "{bounds:?}");
    }

    #[test]
    fn few_values_have_none() {
        assert!(studentized_mean(&[1.0, 2.0, 4.0], 2000, 1, 0.95).any().is_none());
        assert!(studentized_mean(&[1.0], 2000, 1, 0.95).any().is_none());
        assert!(matches!(studentized_mean(&[2.0; 4], 99, 1, 0.95), Outcome::Degenerate { .. }));
    }

    proptest! {
        #[test]
        fn nothing_panics(x in prop::collection::vec(any::<f64>(), 0..8), c in any::<f64>()) {
            let _ = studentized_mean(&x, 30, 1, c);
            if let Some(b) = studentized_mean(&x, 30, 1, 0.9).any() {
                prop_assert!(b.low <= b.high);
            }
            let _ = studentized(&x, 30, 1, 0.9, of_mean);
        }
    }
}
