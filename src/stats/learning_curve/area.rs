//! Area under the learning curve.
//!
//! Trapezoids under the mean curve over `log10(fraction)`, divided by the range
//! of the logarithms: a mean score over label budgets, each doubling of labels
//! counting alike. Undefined with one fraction, whose range is zero.
//!
//! The area is linear in the scores, so the area of the mean curve is the mean
//! of the runs' areas; the interval is the t interval of that mean, which needs
//! two runs and assumes runs' areas near normal. Cost O(runs fractions).

use super::curve::Curve;
use crate::stats::t_test::{Alternative, one_sample};
use crate::stats::{Bounds, Outcome};

/// Normalised area under the mean curve.
pub fn area(curve: &Curve) -> Outcome<f64> {
    under(curve.fractions(), &curve.mean())
}

/// Its t interval over runs.
pub fn area_interval(curve: &Curve, confidence: f64) -> Outcome<Bounds> {
    let mut areas = Vec::with_capacity(curve.runs().len());
    for run in curve.runs() {
        match under(curve.fractions(), run).any() {
            Some(area) => areas.push(*area),
            None => return Outcome::undefined(ONE_FRACTION),
        }
    }
    if areas.len() > 1 && areas.iter().all(|a| *a == areas[0]) {
        let point = Bounds { low: areas[0], high: areas[0] };
        return Outcome::degenerate(point, "all runs have the same area");
    }
    one_sample(&areas, 0.0, Alternative::TwoSided, confidence)
        .map(|test| Bounds { low: test.ci_low, high: test.ci_high })
}

const ONE_FRACTION: &str = "a curve with one fraction has no area";

fn under(fractions: &[f64], scores: &[f64]) -> Outcome<f64> {
    let x: Vec<f64> = fractions.iter().map(|f| f.log10()).collect();
    let (Some(first), Some(last)) = (x.first(), x.last()) else {
        return Outcome::undefined(ONE_FRACTION);
    };
    let range = last - first;
    if range <= 0.0 {
        return Outcome::undefined(ONE_FRACTION);
    }
    let trapezoids = x.windows(2).zip(scores.windows(2));
    let area: f64 = trapezoids.map(|(x, y)| (x[1] - x[0]) * (y[0] / 2.0 + y[1] / 2.0)).sum();
    if !area.is_finite() {
        return Outcome::undefined("the scores are too large for their area to be finite");
    }
    Outcome::of(area / range)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn curve(runs: &[Vec<f64>]) -> Curve {
        Curve::of(&[0.01, 0.1, 1.0], runs).any().expect("a curve").clone()
    }

    #[test]
    fn known_values() {
        let curve = curve(&[vec![0.0, 1.0, 1.0], vec![0.5, 0.5, 0.5]]);
        assert_eq!(area(&curve).value(), Some(&0.625));
        let bounds = *area_interval(&curve, 0.95).value().expect("an interval");
        assert!((bounds.low + bounds.high - 1.25).abs() < 1e-12 && bounds.high > 2.0);
    }

    #[test]
    fn one_run_has_no_interval_and_one_fraction_no_area() {
        assert!(area_interval(&curve(&[vec![0.0, 1.0, 2.0]]), 0.95).any().is_none());
        let point = Curve::of(&[1.0], &[vec![0.5]]);
        assert!(area(point.any().expect("a curve")).any().is_none());
    }

    proptest! {
        #[test]
        fn the_area_is_a_mean_and_nothing_panics(
            runs in prop::collection::vec(prop::collection::vec(any::<f64>(), 3), 0..4),
            c in any::<f64>(),
        ) {
            if let Some(curve) = Curve::of(&[0.01, 0.1, 1.0], &runs).any() {
                let _ = area_interval(curve, c);
                if let Some(area) = area(curve).any() {
                    let mean = curve.mean();
                    let (low, high) = mean.iter().fold((f64::MAX, f64::MIN), |(l, h), v| (l.min(*v), h.max(*v)));
                    let slack = 1e-9 * low.abs().max(high.abs());
                    prop_assert!(low - slack <= *area && *area <= high + slack);
                }
            }
        }
    }
}
