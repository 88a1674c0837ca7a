//! Variance and interval of an AUC by DeLong's method.
//!
//! With placements `V10` of the `m` positives and `V01` of the `n` negatives
//! (both of mean AUC), `var = s^2(V10) / m + s^2(V01) / n` (DeLong, DeLong and
//! Clarke-Pearson 1988), here by one sort as in Sun and Xu (2014) and in exact
//! integers. The interval is normal, clipped to [0, 1] as in pROC 1.18; the
//! logit one (Pepe 2003, section 5.2) stays inside by construction and covers
//! better near 1.
//!
//! Assumes independent cases. Ties count half. One case in a class: the AUC is
//! degenerate, its variance NaN (it cannot be estimated). Zero variance
//! (perfect, inverted or constant scores): degenerate, the interval is a point
//! and tells nothing of the uncertainty. No cases of a class or a NaN score:
//! undefined. Cost O(n log n).

use serde::{Deserialize, Serialize};

use super::Outcome;
use super::bounds::{Bounds, confidence_error};
use super::distributions::normal;
use super::placement::{Covariance, Placements};
use super::score_order::check_both;

/// An AUC with its uncertainty over cases.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct AucEstimate {
    /// Area under the ROC curve.
    pub auc: f64,
    /// DeLong variance.
    pub variance: f64,
    /// Lower end of the normal interval, clipped.
    pub ci_low: f64,
    /// Upper end of the normal interval, clipped.
    pub ci_high: f64,
    /// Confidence level of the interval.
    pub confidence: f64,
    /// Positive cases.
    pub positives: usize,
    /// Negative cases.
    pub negatives: usize,
}

impl AucEstimate {
    /// Square root of the variance.
    pub fn standard_error(&self) -> f64 {
        self.variance.sqrt()
    }

    /// Interval that is symmetric in the log odds of the AUC.
    pub fn logit_interval(&self) -> Outcome<Bounds> {
        let odds = self.auc * (1.0 - self.auc);
        if self.variance.is_nan() {
            return Outcome::undefined("the variance cannot be estimated");
        }
        if odds == 0.0 {
            let point = Bounds { low: self.auc, high: self.auc };
            return Outcome::degenerate(point, "an AUC of 0 or 1 has no log odds: a point");
        }
        let centre = (self.auc / (1.0 - self.auc)).ln();
        let half = half_width(self.confidence) * self.standard_error() / odds;
        let back = |x: f64| 1.0 / (1.0 + (-x).exp());
        Outcome::of(Bounds { low: back(centre - half), high: back(centre + half) })
    }
}

/// AUC, DeLong variance and interval.
pub fn delong<S: Copy + Into<f64>>(
    scores: &[S],
    labels: &[bool],
    confidence: f64,
) -> Outcome<AucEstimate> {
    if let Some(error) = confidence_error(confidence) {
        return Outcome::undefined(error);
    }
    let classes = match check_both(scores, labels) {
        Ok(classes) => classes,
        Err(reason) => return Outcome::undefined(reason),
    };
    let placements = Placements::new(scores, labels, classes);
    let auc = placements.auc();
    let variance = Covariance::new(&placements, &placements).value();
    let half = half_width(confidence) * variance.sqrt();
    // Written so that NaN stays NaN; `clamp` keeps it.
    let estimate = AucEstimate {
        auc,
        variance,
        ci_low: (auc - half).clamp(0.0, 1.0),
        ci_high: (auc + half).clamp(0.0, 1.0),
        confidence,
        positives: classes.positives,
        negatives: classes.negatives,
    };
    if variance.is_nan() {
        return Outcome::degenerate(estimate, ONE_CASE);
    }
    if variance == 0.0 {
        return Outcome::degenerate(
            estimate,
            "the placements do not vary: the variance is 0 and the interval a point",
        );
    }
    Outcome::of(estimate)
}

/// Why a variance cannot be estimated.
pub(super) const ONE_CASE: &str = "a class has one case: the variance cannot be estimated";

/// Normal quantile of a two-sided interval.
pub(super) fn half_width(confidence: f64) -> f64 {
    -normal::quantile((1.0 - confidence) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn perfect_scores_have_no_variance() {
        let got = delong(&[0.1, 0.2, 0.8, 0.9], &[false, false, true, true], 0.95);
        let Outcome::Degenerate { value, .. } = got else { panic!("{got:?}") };
        assert_eq!((value.auc, value.variance, value.ci_low, value.ci_high), (1.0, 0.0, 1.0, 1.0));
        assert!(value.logit_interval().value().is_none());
    }

    #[test]
    fn a_single_positive_has_an_auc_without_variance() {
        let got = delong(&[0.1, 0.2, 0.15], &[false, true, false], 0.95);
        let Outcome::Degenerate { value, .. } = got else { panic!("{got:?}") };
        assert!(value.auc == 1.0 && value.variance.is_nan() && value.ci_low.is_nan());
    }

    proptest! {
        #[test]
        fn equals_the_definition(
            cases in prop::collection::vec((0u8..8, any::<bool>()), 4..40)
        ) {
            let scores: Vec<f32> = cases.iter().map(|c| f32::from(c.0)).collect();
            let labels: Vec<bool> = cases.iter().map(|c| c.1).collect();
            let of = |class| -> Vec<f64> {
                cases.iter().filter(|c| c.1 == class).map(|c| f64::from(c.0)).collect()
            };
            let (x, y) = (of(true), of(false));
            prop_assume!(x.len() > 1 && y.len() > 1);
            let win = |a: f64, b: f64| if a > b { 1.0 } else if a == b { 0.5 } else { 0.0 };
            let v10: Vec<f64> =
                x.iter().map(|a| y.iter().map(|b| win(*a, *b)).sum::<f64>() / y.len() as f64).collect();
            let v01: Vec<f64> =
                y.iter().map(|b| x.iter().map(|a| win(*a, *b)).sum::<f64>() / x.len() as f64).collect();
            let want = crate::stats::describe::variance(&v10) / x.len() as f64
                + crate::stats::describe::variance(&v01) / y.len() as f64;
            let outcome = delong(&scores, &labels, 0.9);
            let got = outcome.any().unwrap();
            prop_assert!((got.variance - want).abs() < 1e-14);
            prop_assert_eq!(got.variance == 0.0, outcome.value().is_none());
            // A flip of the labels keeps the variance and mirrors the interval.
            let flipped: Vec<bool> = labels.iter().map(|l| !l).collect();
            let flipped = *delong(&scores, &flipped, 0.9).any().unwrap();
            prop_assert!((got.variance - flipped.variance).abs() < 1e-15);
            prop_assert!((got.ci_low - (1.0 - flipped.ci_high)).abs() < 1e-14);
        }

        #[test]
        fn nothing_panics(scores in prop::collection::vec(any::<f64>(), 0..9),
                          labels in prop::collection::vec(any::<bool>(), 0..9),
                          confidence in any::<f64>()) {
            for confidence in [confidence, 0.95] {
                if let Some(got) = delong(&scores, &labels, confidence).any() {
                    let _ = got.logit_interval();
                }
            }
        }
    }
}
