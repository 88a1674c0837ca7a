//! An estimate with its interval.
//!
//! Each has three states ([`Outcome`]), and what is not finite is no value: a
//! table that is made from it needs no further check.

use serde::{Deserialize, Serialize};

use super::types::Interval;
use crate::stats::t_test::TTest;
use crate::stats::{Bounds, Outcome};

/// Spread below this share of the scores' magnitude is rounding: t would be
/// enormous and mean nothing.
const ROUNDING: f64 = 1e-12;

/// An estimate with its interval.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The estimate.
    pub value: Outcome<f64>,
    /// Its interval; undefined where the estimate is.
    pub interval: Outcome<Interval>,
}

impl Estimate {
    /// No estimate, for a reason.
    pub(super) fn undefined(reason: impl Into<String>) -> Self {
        let reason = reason.into();
        Self { value: Outcome::undefined(reason.clone()), interval: Outcome::undefined(reason) }
    }

    pub(super) fn of(
        value: Outcome<f64>,
        bounds: Outcome<Bounds>,
        confidence: f64,
        method: &str,
    ) -> Self {
        let interval = |b: Bounds| Interval {
            low: b.low,
            high: b.high,
            confidence,
            method: method.to_string(),
        };
        let finite = |b: &Bounds| b.low.is_finite() && b.high.is_finite();
        Self {
            value: checked(value, |v| v.is_finite()),
            interval: checked(bounds, finite).map(interval),
        }
    }

    /// Estimate and interval of a t test ([`settled`] before).
    pub(super) fn of_t(test: &Outcome<TTest>, confidence: f64, method: &str) -> Self {
        let value = test.clone().map(|t| t.estimate);
        let bounds = test.clone().map(|t| Bounds { low: t.ci_low, high: t.ci_high });
        Self::of(value, bounds, confidence, method)
    }

    /// The estimate, by convention or not.
    pub fn point(&self) -> Option<f64> {
        self.value.any().copied()
    }

    /// The interval, unless it is a convention.
    pub fn bounds(&self) -> Option<&Interval> {
        self.interval.value()
    }

    /// Why there is no ordinary estimate or no ordinary interval.
    pub fn note(&self) -> Option<&str> {
        self.value.note().or_else(|| self.interval.note())
    }
}

/// A test whose spread is but rounding is degenerate; `scale` is the magnitude
/// of the scores that went in.
pub(super) fn settled(test: Outcome<TTest>, scale: f64) -> Outcome<TTest> {
    match test {
        Outcome::Value { value } if value.ci_high - value.ci_low <= ROUNDING * scale => {
            if value.estimate.abs() <= ROUNDING * scale {
                Outcome::undefined("it is 0 in every seed, to rounding")
            } else {
                let point = TTest { ci_low: value.estimate, ci_high: value.estimate, ..value };
                Outcome::degenerate(point, "it is the same in every seed, to rounding: no spread")
            }
        }
        other => other,
    }
}

/// Largest magnitude.
pub(super) fn scale<'a>(scores: impl IntoIterator<Item = &'a f64>) -> f64 {
    scores.into_iter().fold(0.0, |largest, v| largest.max(v.abs()))
}

fn checked<T>(outcome: Outcome<T>, finite: impl Fn(&T) -> bool) -> Outcome<T> {
    if outcome.any().is_some_and(|value| !finite(value)) {
        return Outcome::undefined("the scores are too large: the result is not finite");
    }
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::t_test::{Alternative, one_sample};

    #[test]
    fn what_is_not_finite_is_undefined() {
        let open = Bounds { low: 0.0, high: f64::INFINITY };
        let got = Estimate::of(Outcome::of(f64::NAN), Outcome::of(open), 0.95, "t");
        assert_eq!((got.point(), got.bounds()), (None, None));
        assert!(got.note().is_some_and(|note| note.contains("not finite")));
    }

    #[test]
    fn rounding_is_no_spread() {
        let test = |x: &[f64]| settled(one_sample(x, 0.0, Alternative::TwoSided, 0.95), 0.5);
        assert!(matches!(test(&[0.1, 0.1 + 2e-17, 0.1]), Outcome::Degenerate { .. }));
        assert!(matches!(test(&[0.0, 1e-17, 0.0]), Outcome::Undefined { .. }));
        assert!(test(&[0.1, 0.101, 0.1]).value().is_some());
    }
}
