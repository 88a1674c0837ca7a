//! Metrics of one run from its test predictions.

use crate::records::{Answer, Metric, Prediction};
use crate::spec::Target;
use crate::stats::roc_auc::{mean_over_classes, roc_auc};
use crate::stats::{Outcome, accuracy};

/// `auc` (mean over classes), `accuracy`, and `auc` per class where there is
/// more than one.
///
/// Multi-class AUC is one-vs-rest, unweighted. A class with one label value
/// only has no AUC; the mean is then over the others, and says so. Labels that
/// nobody knows count in no metric.
pub fn metrics_of(rows: &[Prediction], classes: &[String], target: Target) -> Vec<Metric> {
    let per_class: Vec<Outcome<f64>> =
        (0..classes.len()).map(|class| class_auc(rows, class)).collect();
    let n = rows.len() as u64;
    let mut metrics = vec![
        metric("auc", None, &mean_over_classes(classes, &per_class), n),
        metric("accuracy", None, &accuracy_of(rows, target), n),
    ];
    if classes.len() > 1 {
        for (index, (class, auc)) in classes.iter().zip(&per_class).enumerate() {
            metrics.push(metric("auc", Some(class), auc, known(rows, index).count() as u64));
        }
    }
    metrics
}

fn metric(name: &str, class: Option<&String>, outcome: &Outcome<f64>, n: u64) -> Metric {
    Metric {
        metric: name.into(),
        class: class.cloned(),
        value: outcome.any().copied(),
        undefined: outcome.note().map(Into::into),
        n,
    }
}

fn class_auc(rows: &[Prediction], class: usize) -> Outcome<f64> {
    let (scores, labels): (Vec<f32>, Vec<bool>) = known(rows, class)
        .map(|row| {
            let score = row.answer.scores().get(class).copied().unwrap_or(f32::NAN);
            (score, row.answer.has(class))
        })
        .unzip();
    roc_auc(&scores, &labels)
}

/// The cases of which it is known whether they are of a class.
fn known(rows: &[Prediction], class: usize) -> impl Iterator<Item = &Prediction> {
    rows.iter().filter(move |row| row.answer.knows(class))
}

fn accuracy_of(rows: &[Prediction], target: Target) -> Outcome<f64> {
    match target {
        Target::MultiClass => {
            let scores: Vec<&[f32]> = rows.iter().map(|row| row.answer.scores()).collect();
            let labels: Vec<usize> = rows.iter().map(right_class).collect();
            accuracy::multi_class(&scores, &labels)
        }
        Target::Binary | Target::MultiLabel | Target::Segmentation => {
            let (scores, labels): (Vec<f32>, Vec<bool>) = rows
                .iter()
                .flat_map(|row| row.answer.scores().iter().zip(labels(row)))
                .filter_map(|(score, label)| Some((*score, (*label)?)))
                .unzip();
            accuracy::binary(&scores, &labels)
        }
    }
}

/// The one class that is right; no class where there is no such one.
fn right_class(row: &Prediction) -> usize {
    match row.answer {
        Answer::Class { class, .. } => class,
        Answer::Labels { .. } => usize::MAX,
    }
}

/// The label of each class by itself.
fn labels(row: &Prediction) -> &[Option<bool>] {
    match &row.answer {
        Answer::Labels { labels, .. } => labels,
        Answer::Class { .. } => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(answer: Answer) -> Prediction {
        Prediction { case: String::new(), patient: String::new(), answer }
    }

    fn each(labels: [bool; 2], scores: [f32; 2]) -> Prediction {
        each_known(labels.map(Some), scores)
    }

    fn each_known(labels: [Option<bool>; 2], scores: [f32; 2]) -> Prediction {
        row(Answer::Labels { labels: labels.to_vec(), scores: scores.to_vec() })
    }

    fn one(class: usize, scores: [f32; 2]) -> Prediction {
        row(Answer::Class { class, scores: scores.to_vec() })
    }

    #[test]
    fn a_class_with_one_label_value_is_left_out_and_named() {
        let classes = ["a".to_string(), "b".to_string()];
        let rows = [each([true, false], [0.9, 0.2]), each([false, false], [0.1, 0.3])];
        let metrics = metrics_of(&rows, &classes, Target::MultiLabel);
        assert_eq!(metrics[0].value, Some(1.0));
        assert!(metrics[0].undefined.as_ref().is_some_and(|u| u.contains("without b")));
        assert_eq!(metrics[3].value, None);
    }

    /// sklearn 1.7 on the labels that are known: roc_auc_score([1, 0], [0.9, 0.1])
    /// = 1 for `a`, roc_auc_score([0, 1, 0], [0.2, 0.3, 0.6]) = 0.5 for `b`;
    /// accuracy: 4 of 5 at 0.5.
    #[test]
    fn labels_that_nobody_knows_count_in_no_metric() {
        let classes = ["a".to_string(), "b".to_string()];
        let rows = [
            each_known([Some(true), Some(false)], [0.9, 0.2]),
            each_known([None, Some(true)], [0.99, 0.3]),
            each_known([Some(false), None], [0.1, 0.8]),
            each_known([None, Some(false)], [0.0, 0.6]),
        ];
        let metrics = metrics_of(&rows, &classes, Target::MultiLabel);
        assert_eq!(metrics[0].value, Some(0.75));
        assert_eq!(metrics[1].value, Some(3.0 / 5.0));
        assert_eq!((metrics[2].value, metrics[2].n), (Some(1.0), 2));
        assert_eq!((metrics[3].value, metrics[3].n), (Some(0.5), 3));
    }

    #[test]
    fn multi_class_is_one_against_the_rest() {
        let classes = ["a".to_string(), "b".to_string()];
        let rows = [one(0, [0.7, 0.3]), one(1, [0.6, 0.4])];
        let metrics = metrics_of(&rows, &classes, Target::MultiClass);
        assert_eq!((metrics[0].value, metrics[1].value), (Some(1.0), Some(0.5)));
    }
}
