//! Points of the ROC and of the precision-recall curve.
//!
//! One point per distinct score, from the highest down: a case is called
//! positive when its score is at least the threshold. The ROC curve starts at
//! (0, 0) with an infinite threshold; the precision-recall curve starts at
//! recall 0 with precision 1, which no threshold reaches, as in scikit-learn.
//!
//! The ROC curve is undefined when a class has no cases, the other when there
//! are no positives; both with a NaN score. Cost O(n log n).

use serde::{Deserialize, Serialize};

use super::Outcome;
use super::score_order::{ascending, check, check_both, ties};

/// A point of the ROC curve.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RocPoint {
    /// Lowest score that is called positive.
    pub threshold: f64,
    /// Share of the negatives called positive: 1 - specificity.
    pub false_positive_rate: f64,
    /// Share of the positives called positive: sensitivity.
    pub true_positive_rate: f64,
}

/// A point of the precision-recall curve.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PrecisionRecallPoint {
    /// Lowest score that is called positive.
    pub threshold: f64,
    /// Share of the positives among the cases called positive.
    pub precision: f64,
    /// Share of the positives called positive.
    pub recall: f64,
}

/// Points of the ROC curve, from (0, 0) to (1, 1).
pub fn roc_curve<S: Copy + Into<f64>>(scores: &[S], labels: &[bool]) -> Outcome<Vec<RocPoint>> {
    let classes = match check_both(scores, labels) {
        Ok(classes) => classes,
        Err(reason) => return Outcome::undefined(reason),
    };
    let start = Step { threshold: f64::INFINITY, positives: 0, negatives: 0 };
    let point = |step: Step| RocPoint {
        threshold: step.threshold,
        false_positive_rate: step.negatives as f64 / classes.negatives as f64,
        true_positive_rate: step.positives as f64 / classes.positives as f64,
    };
    Outcome::of(std::iter::once(start).chain(steps(scores, labels)).map(point).collect())
}

/// Points of the precision-recall curve, by rising recall.
pub fn precision_recall_curve<S: Copy + Into<f64>>(
    scores: &[S],
    labels: &[bool],
) -> Outcome<Vec<PrecisionRecallPoint>> {
    let classes = match check(scores, labels) {
        Ok(classes) if classes.positives == 0 => {
            return Outcome::undefined("there are no positive cases");
        }
        Ok(classes) => classes,
        Err(reason) => return Outcome::undefined(reason),
    };
    let start = PrecisionRecallPoint { threshold: f64::INFINITY, precision: 1.0, recall: 0.0 };
    let point = |step: Step| PrecisionRecallPoint {
        threshold: step.threshold,
        precision: step.positives as f64 / (step.positives + step.negatives) as f64,
        recall: step.positives as f64 / classes.positives as f64,
    };
    Outcome::of(
        std::iter::once(start).chain(steps(scores, labels).into_iter().map(point)).collect(),
    )
}

/// Counts of cases with at least a score.
#[derive(Clone, Copy)]
struct Step {
    threshold: f64,
    positives: usize,
    negatives: usize,
}

fn steps<S: Copy + Into<f64>>(scores: &[S], labels: &[bool]) -> Vec<Step> {
    let (mut positives, mut negatives) = (0, 0);
    let step = |group: &[super::score_order::Entry]| {
        let p = group.iter().filter(|e| labels[e.index as usize]).count();
        positives += p;
        negatives += group.len() - p;
        Step { threshold: scores[group[0].index as usize].into(), positives, negatives }
    };
    ties(&ascending(scores)).rev().map(step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::{average_precision::average_precision, roc_auc::roc_auc};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn areas_agree(cases in prop::collection::vec((0u8..9, any::<bool>()), 2..40)) {
            let scores: Vec<f32> = cases.iter().map(|c| f32::from(c.0)).collect();
            let labels: Vec<bool> = cases.iter().map(|c| c.1).collect();
            if let Some(points) = roc_curve(&scores, &labels).value() {
                let area: f64 = points.windows(2).map(|w| {
                    (w[1].false_positive_rate - w[0].false_positive_rate)
                        * (w[0].true_positive_rate + w[1].true_positive_rate) / 2.0
                }).sum();
                prop_assert!((area - roc_auc(&scores, &labels).value().unwrap()).abs() < 1e-12);
                prop_assert_eq!(points[points.len() - 1].true_positive_rate, 1.0);
            }
            if let Some(points) = precision_recall_curve(&scores, &labels).value() {
                let area: f64 =
                    points.windows(2).map(|w| (w[1].recall - w[0].recall) * w[1].precision).sum();
                let ap = *average_precision(&scores, &labels).any().unwrap();
                prop_assert!((area - ap).abs() < 1e-12);
            }
        }

        #[test]
        fn nothing_panics(scores in prop::collection::vec(any::<f64>(), 0..9),
                          labels in prop::collection::vec(any::<bool>(), 0..9)) {
            let _ = (roc_curve(&scores, &labels), precision_recall_curve(&scores, &labels));
        }
    }
}
