//! Area under the ROC curve.
//!
//! `P(score of a positive > score of a negative) + P(tie)/2`, the normalised
//! Mann-Whitney U (Hanley and McNeil 1982). A higher score always means
//! "positive": the direction is never chosen from the data, which would bias
//! the area above 0.5. Ties are exact equality. The count of wins is kept in
//! integers, exact for any number of cases and ties. Infinite scores are
//! ordinary. Undefined when one class has no cases or a score is NaN. Cost O(n
//! log n).

use super::Outcome;
use super::score_order::{ascending, check_both, ties};

/// AUC of `scores` for binary `labels` (`true` is positive).
pub fn roc_auc<S: Copy + Into<f64>>(scores: &[S], labels: &[bool]) -> Outcome<f64> {
    let classes = match check_both(scores, labels) {
        Ok(classes) => classes,
        Err(reason) => return Outcome::undefined(reason),
    };
    let (mut twice_u, mut negatives_below) = (0u64, 0u64);
    for group in ties(&ascending(scores)) {
        let p = group.iter().filter(|e| labels[e.index as usize]).count() as u64;
        let n = group.len() as u64 - p;
        twice_u += p * (2 * negatives_below + n);
        negatives_below += n;
    }
    Outcome::of(twice_u as f64 / 2.0 / (classes.positives as f64 * classes.negatives as f64))
}

/// Mean over classes of per-class AUCs. A class without an AUC makes the mean
/// degenerate: it is then the mean over the other classes, and says so.
pub fn mean_over_classes(classes: &[String], per_class: &[Outcome<f64>]) -> Outcome<f64> {
    let defined: Vec<f64> = per_class.iter().filter_map(|a| a.any().copied()).collect();
    let missing: Vec<String> = classes
        .iter()
        .zip(per_class)
        .filter(|(_, auc)| auc.any().is_none())
        .map(|(class, auc)| format!("{class} ({})", auc.note().unwrap_or_default()))
        .collect();
    if defined.is_empty() {
        return Outcome::undefined(format!("no class has an AUC: {}", missing.join(", ")));
    }
    let mean = super::describe::mean(&defined);
    if missing.is_empty() {
        return Outcome::of(mean);
    }
    Outcome::degenerate(
        mean,
        format!(
            "mean over {} of {} classes; without {}",
            defined.len(),
            classes.len(),
            missing.join(", ")
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ties_count_half() {
        let auc = roc_auc(&[0.1, 0.5, 0.5, 0.9], &[false, true, false, true]);
        assert_eq!(auc.value(), Some(&0.875));
    }

    #[test]
    fn one_class_only_is_undefined() {
        assert_eq!(
            roc_auc(&[0.1, 0.2], &[true, true]).note(),
            Some("all 2 test cases are positive")
        );
        assert!(roc_auc::<f32>(&[], &[]).any().is_none());
    }

    /// pROC once took scores a rounding apart for tied.
    /// pitfall: scores that nearly tie taken for ties.
    #[test]
    fn near_ties_are_no_ties() {
        let above = 0.1 + 0.2;
        assert_eq!(roc_auc(&[0.3, above], &[false, true]).value(), Some(&1.0));
    }

    /// pitfall: a direction chosen so that no AUC falls below one half.
    #[test]
    fn a_bad_classifier_stays_below_one_half() {
        assert_eq!(roc_auc(&[0.9, 0.1], &[false, true]).value(), Some(&0.0));
    }

    proptest! {
        #[test]
        fn equals_the_definition(
            cases in prop::collection::vec((0u8..6, any::<bool>()), 0..30)
        ) {
            let scores: Vec<f32> = cases.iter().map(|c| f32::from(c.0)).collect();
            let labels: Vec<bool> = cases.iter().map(|c| c.1).collect();
            let (mut wins, mut pairs) = (0.0, 0.0);
            for (s, _) in cases.iter().filter(|c| c.1) {
                for (r, _) in cases.iter().filter(|c| !c.1) {
                    pairs += 1.0;
                    wins += f64::from(u8::from(s > r)) + f64::from(u8::from(s == r)) / 2.0;
                }
            }
            if let Some(auc) = roc_auc(&scores, &labels).value() {
                prop_assert!((auc - wins / pairs).abs() < 1e-12);
            } else {
                prop_assert_eq!(pairs, 0.0);
            }
        }

        #[test]
        fn flipping_labels_or_scores_mirrors_it(
            cases in prop::collection::vec((-5i8..5, any::<bool>()), 2..40)
        ) {
            let scores: Vec<f64> = cases.iter().map(|c| f64::from(c.0)).collect();
            let labels: Vec<bool> = cases.iter().map(|c| c.1).collect();
            let flipped: Vec<bool> = labels.iter().map(|l| !l).collect();
            let negated: Vec<f64> = scores.iter().map(|s| -s).collect();
            let transformed: Vec<f64> = scores.iter().map(|s| s.exp()).collect();
            if let Some(auc) = roc_auc(&scores, &labels).value() {
                let mirrored = 1.0 - auc;
                prop_assert!((roc_auc(&scores, &flipped).value().unwrap() - mirrored).abs() < 1e-14);
                prop_assert!((roc_auc(&negated, &labels).value().unwrap() - mirrored).abs() < 1e-14);
                prop_assert_eq!(roc_auc(&transformed, &labels), Outcome::of(*auc));
            }
        }

        #[test]
        fn nothing_panics(scores in prop::collection::vec(any::<f64>(), 0..9),
                          labels in prop::collection::vec(any::<bool>(), 0..9)) {
            if let Some(auc) = roc_auc(&scores, &labels).any() {
                prop_assert!((0.0..=1.0).contains(auc));
            }
        }
    }
}
