//! The interval of a mean by a named method.
//!
//! One entry for the t interval and the four bootstrap intervals, whose
//! definitions, assumptions and undefined cases are those of [`super::t_test`]
//! and [`super::bootstrap`]. How often each covers the true mean is measured in
//! [`super::coverage`]. Constant values: a degenerate point (BCa: undefined).
//! Cost O(n), bootstrap O(B n).

use serde::{Deserialize, Serialize};

use super::bootstrap::{Bootstrap, Method, studentized_mean};
use super::t_test::{Alternative, one_sample};
use super::{Bounds, Outcome};

/// A method for the interval of a mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IntervalMethod {
    /// Student's t.
    T,
    /// Percentile bootstrap.
    Percentile,
    /// Basic bootstrap.
    Basic,
    /// BCa bootstrap.
    Bca,
    /// Studentised bootstrap.
    Studentized,
}

impl IntervalMethod {
    /// All methods.
    pub const ALL: [Self; 5] =
        [Self::T, Self::Percentile, Self::Basic, Self::Bca, Self::Studentized];
}

/// Interval of the mean of `x`; the t interval draws nothing.
pub fn mean_interval(
    x: &[f64],
    method: IntervalMethod,
    confidence: f64,
    resamples: usize,
    seed: u64,
) -> Outcome<Bounds> {
    let drawn = |method| Bootstrap::draw_mean(x, resamples, seed).interval(method, confidence);
    match method {
        IntervalMethod::T => t_interval(x, confidence),
        IntervalMethod::Percentile => drawn(Method::Percentile),
        IntervalMethod::Basic => drawn(Method::Basic),
        IntervalMethod::Bca => drawn(Method::Bca),
        IntervalMethod::Studentized => studentized_mean(x, resamples, seed, confidence),
    }
}

/// The t interval of a mean.
pub fn t_interval(x: &[f64], confidence: f64) -> Outcome<Bounds> {
    if let Some(first) = x.first().filter(|_| x.len() > 1)
        && first.is_finite()
        && x.iter().all(|v| v == first)
    {
        let point = Bounds { low: *first, high: *first };
        return Outcome::degenerate(point, "all values are equal: the interval is a point");
    }
    one_sample(x, 0.0, Alternative::TwoSided, confidence)
        .map(|test| Bounds { low: test.ci_low, high: test.ci_high })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// scipy 1.17.1: `t.interval(0.9, 2, 2, sem([1, 2, 3]))`.
    #[test]
    fn agrees_with_scipy() {
        let got = *t_interval(&[1.0, 2.0, 3.0], 0.9).value().expect("an interval");
        assert!(
            (got.low - 0.314_145_539_152_950_2).abs() < 1e-12
                && (got.high - 3.685_854_460_847_048_5).abs() < 1e-12
        );
    }

    /// pitfall: a BCa interval of constant data that is no number.
    #[test]
    fn equal_values_are_a_point() {
        for method in IntervalMethod::ALL {
            let got = mean_interval(&[0.0; 4], method, 0.95, 50, 1);
            assert!(got.value().is_none(), "{method:?}");
        }
        assert!(t_interval(&[1.0], 0.95).any().is_none());
    }

    proptest! {
        #[test]
        fn nothing_panics(x in prop::collection::vec(any::<f64>(), 0..6), c: f64) {
            for method in IntervalMethod::ALL {
                let _ = mean_interval(&x, method, c, 20, 1);
                if let Some(b) = mean_interval(&x, method, 0.9, 20, 1).any() {
                    prop_assert!(b.low <= b.high);
                }
            }
        }
    }
}
