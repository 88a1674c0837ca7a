//! Area under the ROC curve.
//!
//! `P(score of a positive > score of a negative) + P(tie)/2`, the normalised
//! Mann-Whitney U from mid-ranks (Hanley and McNeil 1982). Undefined when one
//! class has no cases or a score is NaN. Cost O(n log n).

use super::Outcome;

/// AUC of `scores` for binary `labels` (positive above 0.5).
pub fn roc_auc(scores: &[f32], labels: &[bool]) -> Outcome<f64> {
    if scores.len() != labels.len() {
        return Outcome::undefined(format!("{} scores for {} labels", scores.len(), labels.len()));
    }
    if scores.iter().any(|s| s.is_nan()) {
        return Outcome::undefined("a score is not a number");
    }
    let positives = labels.iter().filter(|l| **l).count();
    let negatives = labels.len() - positives;
    if positives == 0 || negatives == 0 {
        let only = if positives == 0 { "negative" } else { "positive" };
        return Outcome::undefined(format!("all {} test cases are {only}", labels.len()));
    }
    let mut order: Vec<(f32, bool)> = scores.iter().copied().zip(labels.iter().copied()).collect();
    order.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    // Twice the U statistic, in integers: exact for any number of ties.
    let mut twice_u: u128 = 0;
    let mut negatives_below: u128 = 0;
    for group in order.chunk_by(|a, b| a.0 == b.0) {
        let p = group.iter().filter(|(_, label)| *label).count() as u128;
        let n = group.len() as u128 - p;
        twice_u += p * (2 * negatives_below + n);
        negatives_below += n;
    }
    Outcome::of(twice_u as f64 / 2.0 / (positives as f64 * negatives as f64))
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
        assert!(roc_auc(&[], &[]).any().is_none());
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
            if let Some(auc) = roc_auc(&scores, &labels).value() { prop_assert!((auc - wins / pairs).abs() < 1e-12) } else { prop_assert_eq!(pairs, 0.0) }
        }
    }
}
