//! Pearson's correlation coefficient.
//!
//! `r = sum (x - mean x)(y - mean y)` over the product of the two norms, each
//! vector scaled by its norm first, so that nothing overflows. The p value
//! takes `t = r sqrt((n - 2) / (1 - r^2))` as Student's with `n - 2` degrees of
//! freedom: exact for bivariate normal data. Interval by Fisher's z (1921).
//!
//! Constant values: undefined (0/0). Values equal up to rounding: degenerate,
//! `r` would be that of the rounding. Two cases: `r` is 1 or -1 whatever the
//! data, p = 1, degenerate. Fewer than two cases, unequal lengths or a value
//! that is not finite: undefined. Ties mean nothing. Cost O(n).

use serde::{Deserialize, Serialize};

use super::Outcome;
use super::bounds::{Bounds, confidence_error};
use super::describe::mean;
use super::distributions::{normal, student_t};

/// A correlation coefficient and its test against 0.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Correlation {
    /// The coefficient, in -1..=1.
    pub coefficient: f64,
    /// Two-sided p of no association.
    pub p: f64,
    /// Number of cases.
    pub cases: usize,
}

/// Why two cases say nothing.
pub(super) const TWO_CASES: &str = "two cases always correlate fully: p = 1";

/// Deviations below this share of the mean are rounding (scipy warns there).
const ROUNDING: f64 = 1e-13;

/// Pearson's correlation of `x` and `y`.
pub fn pearson(x: &[f64], y: &[f64]) -> Outcome<Correlation> {
    if let Some(reason) = unusable(x, y) {
        return Outcome::undefined(reason);
    }
    if x.iter().chain(y).any(|v| !v.is_finite()) {
        return Outcome::undefined("a value is not finite");
    }
    let (Some((unit_x, fine_x)), Some((unit_y, fine_y))) = (unit(x), unit(y)) else {
        return Outcome::undefined("values are constant, or too large for their mean");
    };
    let r: f64 = unit_x.iter().zip(&unit_y).map(|(a, b)| a * b).sum();
    let result = of_coefficient(r.clamp(-1.0, 1.0), x.len());
    if x.len() == 2 {
        return Outcome::degenerate(Correlation { p: 1.0, ..result }, TWO_CASES);
    }
    if !fine_x || !fine_y {
        return Outcome::degenerate(result, "values are equal up to rounding");
    }
    Outcome::of(result)
}

impl Correlation {
    /// Interval by Fisher's z, `atanh r +- z / sqrt(n - 3)`: for Pearson's
    /// coefficient of bivariate normal data.
    pub fn fisher_interval(&self, confidence: f64) -> Outcome<Bounds> {
        self.interval(confidence, 1.0)
    }

    /// The same with the variance of Spearman's coefficient, `(1 + r^2 / 2) /
    /// (n - 3)` (Bonett and Wright 2000).
    pub fn rank_interval(&self, confidence: f64) -> Outcome<Bounds> {
        self.interval(confidence, 1.0 + self.coefficient * self.coefficient / 2.0)
    }

    fn interval(&self, confidence: f64, variance: f64) -> Outcome<Bounds> {
        if let Some(error) = confidence_error(confidence) {
            return Outcome::undefined(error);
        }
        if self.cases < 4 {
            return Outcome::undefined("an interval of a correlation needs four cases");
        }
        let centre = self.coefficient.atanh();
        if !centre.is_finite() {
            let point = Bounds { low: self.coefficient, high: self.coefficient };
            return Outcome::degenerate(point, "a full correlation: the interval is a point");
        }
        let z = -normal::quantile((1.0 - confidence) / 2.0);
        let half = z * (variance / (self.cases - 3) as f64).sqrt();
        Outcome::of(Bounds { low: (centre - half).tanh(), high: (centre + half).tanh() })
    }
}

/// With the p of the t approximation.
pub(super) fn of_coefficient(coefficient: f64, cases: usize) -> Correlation {
    let df = cases as f64 - 2.0;
    let t = coefficient * (df / ((1.0 - coefficient) * (1.0 + coefficient))).sqrt();
    Correlation { coefficient, p: student_t::two_sided(t, df), cases }
}

/// What keeps any correlation from being computed.
pub(super) fn unusable(x: &[f64], y: &[f64]) -> Option<String> {
    if x.len() != y.len() {
        return Some(format!("{} values against {}", x.len(), y.len()));
    }
    if x.len() < 2 {
        return Some(format!("a correlation needs two cases, got {}", x.len()));
    }
    x.iter().chain(y).any(|v| v.is_nan()).then(|| "a value is not a number".into())
}

/// Deviations from the mean, of norm 1, and whether they are more than
/// rounding; `None` for constant values.
fn unit(x: &[f64]) -> Option<(Vec<f64>, bool)> {
    if x.iter().all(|v| *v == x[0]) {
        return None;
    }
    // Scaled before the mean: a sum of the largest doubles would overflow.
    let largest = x.iter().fold(0.0f64, |largest, v| largest.max(v.abs()));
    let scaled: Vec<f64> = x.iter().map(|v| v / largest).collect();
    let centre = mean(&scaled);
    let deviations: Vec<f64> = scaled.iter().map(|v| v - centre).collect();
    let widest = deviations.iter().fold(0.0f64, |widest, d| widest.max(d.abs()));
    if !(widest > 0.0 && widest.is_finite()) {
        return None;
    }
    let deviations: Vec<f64> = deviations.iter().map(|d| d / widest).collect();
    let norm = deviations.iter().map(|d| d * d).sum::<f64>().sqrt();
    let fine = widest * norm >= ROUNDING * centre.abs();
    Some((deviations.iter().map(|d| d / norm).collect(), fine))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn limits_are_named() {
        assert!(pearson(&[1.0, 1.0], &[1.0, 2.0]).any().is_none());
        let two = pearson(&[1.0, 2.0], &[5.0, 3.0]);
        let Outcome::Degenerate { value, .. } = two else { panic!("{two:?}") };
        assert_eq!((value.coefficient, value.p), (-1.0, 1.0));
        let near = pearson(&[1.0, 1.0, 1.0 + f64::EPSILON], &[1.0, 2.0, 3.0]);
        assert!(matches!(near, Outcome::Degenerate { .. }));
    }

    /// scipy 1.17.1: `pearsonr([1, 2, 3, 4, 6], [2, 1, 4, 3, 5]).confidence_interval(0.9)`.
    #[test]
    fn fishers_interval_agrees_with_scipy() {
        let got = pearson(&[1.0, 2.0, 3.0, 4.0, 6.0], &[2.0, 1.0, 4.0, 3.0, 5.0]);
        let bounds = got.value().unwrap().fisher_interval(0.9);
        let bounds = bounds.value().unwrap();
        assert!((bounds.low - FISHER.0).abs() < 1e-9 && (bounds.high - FISHER.1).abs() < 1e-9);
    }
    const FISHER: (f64, f64) = (-0.000_149_502_487_754_626_22, 0.981_096_330_381_351);

    proptest! {
        #[test]
        fn symmetric_bounded_and_blind_to_units(
            cases in prop::collection::vec((-1e3..1e3f64, -1e3..1e3f64), 3..30),
            scale in 0.01..100.0f64,
        ) {
            let (x, y): (Vec<f64>, Vec<f64>) = cases.into_iter().unzip();
            let scaled: Vec<f64> = x.iter().map(|v| -v * scale).collect();
            let (a, b, c) = (pearson(&x, &y), pearson(&y, &x), pearson(&scaled, &y));
            if let (Some(a), Some(b), Some(c)) = (a.value(), b.value(), c.value()) {
                prop_assert!((a.coefficient - b.coefficient).abs() < 1e-12);
                prop_assert!((a.coefficient + c.coefficient).abs() < 1e-12);
                prop_assert!(a.coefficient.abs() <= 1.0 && (0.0..=1.0).contains(&a.p));
                if let Some(bounds) = a.fisher_interval(0.95).value() {
                    prop_assert!(bounds.contains(a.coefficient));
                }
            }
        }

        #[test]
        fn nothing_panics(x in prop::collection::vec(any::<f64>(), 0..6),
                          y in prop::collection::vec(any::<f64>(), 0..6), c in any::<f64>()) {
            if let Some(got) = pearson(&x, &y).any() {
                prop_assert!((0.0..=1.0).contains(&got.p), "{got:?}");
                let _ = (got.fisher_interval(c), got.rank_interval(0.9));
            }
        }
    }
}
