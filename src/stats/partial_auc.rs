//! Partial area under the ROC curve, plain and standardised.
//!
//! The area under the curve between two false positive rates, with linear
//! interpolation at both; or, by the symmetry of the curve, the area of
//! specificity between two sensitivities. Standardised (McClish 1989):
//! `(1 + (A - A_min) / (A_max - A_min)) / 2`, where `A_min` is the area under
//! the chance diagonal and `A_max` that of a perfect curve: 0.5 is chance, 1 is
//! perfect, and values below 0.5 are possible. Over [0, 1] both are the AUC.
//!
//! Undefined when a class has no cases, a score is NaN, or the range is not `0
//! <= low < high <= 1`. Cost O(n log n). scikit-learn's `max_fpr` is
//! `Over::FalsePositiveRate` with `low = 0`.

use serde::{Deserialize, Serialize};

use super::Outcome;
use super::roc_curve::{RocPoint, roc_curve};

/// The axis along which the range is given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Over {
    /// Area of sensitivity between two false positive rates.
    #[default]
    FalsePositiveRate,
    /// Area of specificity between two sensitivities.
    Sensitivity,
}

/// A partial area.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PartialAuc {
    /// The area itself, at most `high - low`.
    pub area: f64,
    /// On the scale of an AUC: 0.5 is chance, 1 is perfect.
    pub standardised: f64,
}

/// Partial AUC over `low..=high` of an axis.
pub fn partial_auc<S: Copy + Into<f64>>(
    scores: &[S],
    labels: &[bool],
    over: Over,
    low: f64,
    high: f64,
) -> Outcome<PartialAuc> {
    if !(low >= 0.0 && low < high && high <= 1.0) {
        return Outcome::undefined(format!("the range {low} to {high} is not within 0 to 1"));
    }
    roc_curve(scores, labels).map(|points| {
        let area = match over {
            Over::FalsePositiveRate => {
                let of = |p: &RocPoint| (p.false_positive_rate, p.true_positive_rate);
                area(points.iter().map(of), low, high)
            }
            Over::Sensitivity => {
                // Specificity against the false negative rate: the curve mirrored.
                let of = |p: &RocPoint| (1.0 - p.true_positive_rate, 1.0 - p.false_positive_rate);
                area(points.iter().rev().map(of), 1.0 - high, 1.0 - low)
            }
        };
        let least = (high - low) * (high + low) / 2.0;
        let least = match over {
            Over::FalsePositiveRate => least,
            Over::Sensitivity => (high - low) - least,
        };
        let most = high - low;
        PartialAuc { area, standardised: 0.5 * (1.0 + (area - least) / (most - least)) }
    })
}

/// Area under a polyline of rising x between two of its x values.
fn area(points: impl Iterator<Item = (f64, f64)>, low: f64, high: f64) -> f64 {
    let mut sum = 0.0;
    let mut last: Option<(f64, f64)> = None;
    for (x, y) in points {
        if let Some((x0, y0)) = last {
            let (from, to) = (x0.max(low), x.min(high));
            if to > from {
                let at = |t: f64| y0 + (y - y0) * ((t - x0) / (x - x0));
                sum += (to - from) * (at(from) + at(to)) / 2.0;
            }
        }
        last = Some((x, y));
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::roc_auc::roc_auc;
    use proptest::prelude::*;

    const SCORES: [f64; 8] = [0.1, 0.4, 0.35, 0.8, 0.7, 0.2, 0.6, 0.65];
    const LABELS: [bool; 8] = [false, false, true, true, false, false, true, true];

    /// scikit-learn 1.9.1, `roc_auc_score(y, s, max_fpr=0.4)`.
    #[test]
    fn agrees_with_scikit_learn() {
        let got = partial_auc(&SCORES, &LABELS, Over::FalsePositiveRate, 0.0, 0.4);
        let got = got.value().unwrap();
        assert!((got.standardised - MAX_FPR_04).abs() < 1e-12, "{}", got.standardised);
    }
    const MAX_FPR_04: f64 = 0.648_437_5;

    #[test]
    fn a_perfect_curve_is_one_on_any_range() {
        let scores = LABELS.map(|l| f64::from(u8::from(l)));
        for over in [Over::FalsePositiveRate, Over::Sensitivity] {
            let got = partial_auc(&scores, &LABELS, over, 0.3, 0.45);
            assert!((got.value().unwrap().standardised - 1.0).abs() < 1e-12);
            let constant = partial_auc(&[0.5; 8], &LABELS, over, 0.3, 0.45);
            assert!((constant.value().unwrap().standardised - 0.5).abs() < 1e-12);
        }
    }

    proptest! {
        #[test]
        fn parts_add_up_to_the_whole(
            cases in prop::collection::vec((0u8..9, any::<bool>()), 2..40), cut in 0.01..0.99f64
        ) {
            let scores: Vec<f32> = cases.iter().map(|c| f32::from(c.0)).collect();
            let labels: Vec<bool> = cases.iter().map(|c| c.1).collect();
            if let Some(auc) = roc_auc(&scores, &labels).value() {
                for over in [Over::FalsePositiveRate, Over::Sensitivity] {
                    let part = |low, high| {
                        partial_auc(&scores, &labels, over, low, high).value().unwrap().area
                    };
                    prop_assert!((part(0.0, cut) + part(cut, 1.0) - auc).abs() < 1e-12);
                    let whole = partial_auc(&scores, &labels, over, 0.0, 1.0);
                    prop_assert!((whole.value().unwrap().standardised - auc).abs() < 1e-12);
                }
            }
        }

        #[test]
        fn nothing_panics(scores in prop::collection::vec(any::<f64>(), 0..9),
                          labels in prop::collection::vec(any::<bool>(), 0..9),
                          low in any::<f64>(), high in any::<f64>()) {
            for over in [Over::FalsePositiveRate, Over::Sensitivity] {
                let _ = partial_auc(&scores, &labels, over, low, high);
                let _ = partial_auc(&scores, &labels, over, 0.2, 0.7);
            }
        }
    }
}
