//! AUC and average precision of multi-class scores.
//!
//! *One versus rest*: the AUC of each class's score against all other cases;
//! macro mean, or weighted by the class's cases (Provost and Domingos 2001).
//! *One versus one*: for each pair, the mean of the two AUCs of the cases of
//! these classes, by the score of either; macro mean (Hand and Till 2001), or
//! weighted by the pair's cases. The latter does not depend on how common the
//! classes are. Scores are used as they are; they need not sum to 1
//! (scikit-learn 1.9 insists that they do). Macro average precision: mean over
//! classes of one-versus-rest average precision.
//!
//! A class without cases has no AUC: the mean over the others, degenerate, says
//! so. Undefined without cases, with rows of unequal length, a NaN, or a label
//! without a score. Cost O(K n log n).

use serde::{Deserialize, Serialize};

use super::Outcome;
use super::average_precision::average_precision;
use super::roc_auc::roc_auc;

/// Weights of the mean over classes or pairs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Weighting {
    /// All count the same.
    #[default]
    Macro,
    /// By their number of cases.
    ByCases,
}

/// AUC of each class against the rest.
pub fn one_versus_rest_each<R: AsRef<[f64]>>(
    scores: &[R],
    labels: &[usize],
) -> Outcome<Vec<Outcome<f64>>> {
    match check(scores, labels) {
        Ok(classes) => Outcome::of(each_class(scores, labels, classes, roc_auc)),
        Err(reason) => Outcome::undefined(reason),
    }
}

/// Mean over classes of the AUC against the rest.
pub fn one_versus_rest<R: AsRef<[f64]>>(
    scores: &[R],
    labels: &[usize],
    weighting: Weighting,
) -> Outcome<f64> {
    match check(scores, labels) {
        Ok(classes) => {
            let each = each_class(scores, labels, classes, roc_auc);
            mean(&each, &weights(labels, classes, weighting), "classes")
        }
        Err(reason) => Outcome::undefined(reason),
    }
}

/// Mean over classes of the average precision against the rest.
pub fn macro_average_precision<R: AsRef<[f64]>>(scores: &[R], labels: &[usize]) -> Outcome<f64> {
    match check(scores, labels) {
        Ok(classes) => {
            let each = each_class(scores, labels, classes, average_precision);
            mean(&each, &weights(labels, classes, Weighting::Macro), "classes")
        }
        Err(reason) => Outcome::undefined(reason),
    }
}

/// Mean over pairs of classes of the AUC within the pair.
pub fn one_versus_one<R: AsRef<[f64]>>(
    scores: &[R],
    labels: &[usize],
    weighting: Weighting,
) -> Outcome<f64> {
    let classes = match check(scores, labels) {
        Ok(classes) => classes,
        Err(reason) => return Outcome::undefined(reason),
    };
    let mut members = vec![Vec::new(); classes];
    for (case, label) in labels.iter().enumerate() {
        members[*label].push(case);
    }
    let (mut pairs, mut weights) = (Vec::new(), Vec::new());
    for a in 0..classes {
        for b in a + 1..classes {
            let is_a = [vec![true; members[a].len()], vec![false; members[b].len()]].concat();
            let is_b: Vec<bool> = is_a.iter().map(|a| !a).collect();
            let by = |class: usize| -> Vec<f64> {
                let cases = members[a].iter().chain(&members[b]);
                cases.map(|case| scores[*case].as_ref()[class]).collect()
            };
            let (first, second) = (roc_auc(&by(a), &is_a), roc_auc(&by(b), &is_b));
            pairs.push(match (first.any(), second.any()) {
                (Some(first), Some(second)) => Outcome::of(f64::midpoint(*first, *second)),
                _ => Outcome::undefined("a class of the pair has no cases"),
            });
            weights.push(match weighting {
                Weighting::Macro => 1.0,
                Weighting::ByCases => is_a.len() as f64,
            });
        }
    }
    mean(&pairs, &weights, "pairs of classes")
}

fn each_class<R: AsRef<[f64]>>(
    scores: &[R],
    labels: &[usize],
    classes: usize,
    metric: impl Fn(&[f64], &[bool]) -> Outcome<f64>,
) -> Vec<Outcome<f64>> {
    let of = |class: usize| {
        let column: Vec<f64> = scores.iter().map(|row| row.as_ref()[class]).collect();
        let is: Vec<bool> = labels.iter().map(|label| *label == class).collect();
        metric(&column, &is)
    };
    (0..classes).map(of).collect()
}

fn weights(labels: &[usize], classes: usize, weighting: Weighting) -> Vec<f64> {
    match weighting {
        Weighting::Macro => vec![1.0; classes],
        Weighting::ByCases => {
            let mut counts = vec![0.0; classes];
            for label in labels {
                counts[*label] += 1.0;
            }
            counts
        }
    }
}

/// Weighted mean of what is defined.
fn mean(values: &[Outcome<f64>], weights: &[f64], what: &str) -> Outcome<f64> {
    let defined = || {
        let all = values.iter().zip(weights);
        all.filter_map(|(value, weight)| Some((value.any()?, weight)))
    };
    let total: f64 = defined().map(|(_, weight)| weight).sum();
    if total == 0.0 {
        return Outcome::undefined(format!("none of the {} {what} has an area", values.len()));
    }
    let mean = defined().map(|(value, weight)| value * weight).sum::<f64>() / total;
    let missing = values.len() - defined().count();
    if missing > 0 {
        let all = values.len();
        return Outcome::degenerate(
            mean,
            format!("{missing} of {all} {what} have no area: left out"),
        );
    }
    Outcome::of(mean)
}

/// The number of classes, or why the rows do not fit the labels.
fn check<R: AsRef<[f64]>>(scores: &[R], labels: &[usize]) -> Result<usize, String> {
    if scores.len() != labels.len() {
        return Err(format!("{} rows for {} labels", scores.len(), labels.len()));
    }
    let Some(first) = scores.first() else { return Err("there are no test cases".into()) };
    let classes = first.as_ref().len();
    if scores.iter().any(|row| row.as_ref().len() != classes) {
        return Err("the rows have unequal numbers of scores".into());
    }
    if scores.iter().any(|row| row.as_ref().iter().any(|s| s.is_nan())) {
        return Err("a score is not a number".into());
    }
    match labels.iter().find(|label| **label >= classes) {
        Some(label) => Err(format!("class {label} has no score")),
        None => Ok(classes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_class_without_cases_is_left_out_and_named() {
        let scores = [[0.7, 0.2, 0.1], [0.4, 0.5, 0.1], [0.6, 0.3, 0.1]];
        for outcome in [
            one_versus_rest(&scores, &[0, 1, 0], Weighting::Macro),
            one_versus_one(&scores, &[0, 1, 0], Weighting::Macro),
            macro_average_precision(&scores, &[0, 1, 0]),
        ] {
            assert!(matches!(outcome, Outcome::Degenerate { value: 1.0, .. }), "{outcome:?}");
        }
    }

    proptest! {
        #[test]
        fn two_classes_are_the_binary_auc(
            cases in prop::collection::vec((0u8..20, any::<bool>()), 2..40)
        ) {
            let rows: Vec<[f64; 2]> =
                cases.iter().map(|c| [1.0 - f64::from(c.0) / 20.0, f64::from(c.0) / 20.0]).collect();
            let scores: Vec<f64> = rows.iter().map(|row| row[1]).collect();
            let labels: Vec<bool> = cases.iter().map(|c| c.1).collect();
            let classes: Vec<usize> = labels.iter().map(|l| usize::from(*l)).collect();
            if let Some(auc) = roc_auc(&scores, &labels).value() {
                for weighting in [Weighting::Macro, Weighting::ByCases] {
                    let rest = one_versus_rest(&rows, &classes, weighting);
                    let one = one_versus_one(&rows, &classes, weighting);
                    prop_assert!((rest.value().unwrap() - auc).abs() < 1e-12);
                    prop_assert!((one.value().unwrap() - auc).abs() < 1e-12);
                }
            }
        }

        #[test]
        fn nothing_panics(rows in prop::collection::vec(prop::collection::vec(any::<f64>(), 0..4), 0..6),
                          labels in prop::collection::vec(0usize..4, 0..6)) {
            for weighting in [Weighting::Macro, Weighting::ByCases] {
                let _ = one_versus_rest(&rows, &labels, weighting);
                let _ = one_versus_one(&rows, &labels, weighting);
            }
            let _ = (macro_average_precision(&rows, &labels), one_versus_rest_each(&rows, &labels));
        }
    }
}
