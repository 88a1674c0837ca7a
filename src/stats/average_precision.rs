//! Average precision: area under the precision-recall curve, as steps.
//!
//! `AP = sum_k (R_k - R_{k-1}) P_k` over the distinct scores from the highest
//! down, as in scikit-learn; no interpolation, which would be optimistic (Davis
//! and Goadrich 2006). Cases with equal scores enter together. Its chance level
//! is the share of positives, not 0.5.
//!
//! Undefined without positives (0/0) or with a NaN score. Without negatives it
//! is 1 whatever the scores: degenerate. Cost O(n log n).

use super::Outcome;
use super::score_order::{ascending, check, ties};

/// Average precision of `scores` for binary `labels`.
pub fn average_precision<S: Copy + Into<f64>>(scores: &[S], labels: &[bool]) -> Outcome<f64> {
    let classes = match check(scores, labels) {
        Ok(classes) => classes,
        Err(reason) => return Outcome::undefined(reason),
    };
    if classes.positives == 0 {
        return Outcome::undefined("there are no positive cases");
    }
    if classes.negatives == 0 {
        return Outcome::degenerate(1.0, "without negatives every precision is 1");
    }
    let (mut above, mut positives_above, mut sum) = (0usize, 0usize, 0.0);
    for group in ties(&ascending(scores)).rev() {
        let p = group.iter().filter(|e| labels[e.index as usize]).count();
        above += group.len();
        positives_above += p;
        sum += p as f64 * positives_above as f64 / above as f64;
    }
    Outcome::of(sum / classes.positives as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_values() {
        let labels = [false, false, true, true];
        // scikit-learn 1.9.1, average_precision_score: 0.8333333333333333.
        let got = average_precision(&[0.1, 0.4, 0.35, 0.8], &labels);
        assert!((got.value().unwrap() - 0.833_333_333_333_333_3).abs() < 1e-15);
        assert_eq!(average_precision(&[0.5; 4], &labels).value(), Some(&0.5));
        assert!(average_precision(&[0.5; 2], &[false; 2]).any().is_none());
        assert_eq!(average_precision(&[0.5; 2], &[true; 2]).value(), None);
    }

    proptest! {
        #[test]
        fn monotone_transforms_leave_it_alone(
            cases in prop::collection::vec((-30i8..30, any::<bool>()), 0..40)
        ) {
            let scores: Vec<f64> = cases.iter().map(|c| f64::from(c.0)).collect();
            let labels: Vec<bool> = cases.iter().map(|c| c.1).collect();
            let cubes: Vec<f64> = scores.iter().map(|s| s.powi(3) + 1.0).collect();
            prop_assert_eq!(average_precision(&scores, &labels), average_precision(&cubes, &labels));
        }

        #[test]
        fn nothing_panics(scores in prop::collection::vec(any::<f64>(), 0..9),
                          labels in prop::collection::vec(any::<bool>(), 0..9)) {
            if let Some(ap) = average_precision(&scores, &labels).any() {
                prop_assert!(*ap > 0.0 && *ap <= 1.0);
            }
        }
    }
}
