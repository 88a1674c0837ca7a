//! Metrics of runs that their records do not hold, from their predictions.
//!
//! A record has the AUC and the accuracy. Whatever else a study names in
//! `comparison.further`, or somebody asks for by `--metric`, follows from the
//! predictions that lie beside it, so it can be asked of runs that have ended.

use std::sync::Arc;

use super::error::FrameError;
use super::predictions::read_prediction_rows;
use crate::records::{Answer, FurtherMetrics, Metric, Prediction, Record, RunDir};
use crate::scores::prediction::{METRICS, Prepared};
use crate::scores::{CaseRun, CaseTable};

/// Those metrics of a run, on its own test cases and on further sets.
///
/// # Errors
/// Its predictions cannot be read.
pub(super) fn further_metrics(
    run: &RunDir,
    record: &Record,
    wanted: &[String],
) -> Result<Vec<FurtherMetrics>, FrameError> {
    let has = |recorded: &[Metric], name: &String| recorded.iter().any(|m| m.metric == *name);
    let own = (None, run.clone(), &record.metrics);
    let also = record
        .also_tested
        .iter()
        .map(|set| (Some(set.test_set.clone()), run.of_test_set(&set.test_set), &set.metrics));
    let mut found = Vec::new();
    for (test_set, run, recorded) in std::iter::once(own).chain(also) {
        let missing: Vec<usize> = (0..METRICS.len())
            .filter(|at| wanted.iter().any(|name| name == METRICS[*at] && !has(recorded, name)))
            .collect();
        if missing.is_empty() || !run.predictions().is_file() {
            continue;
        }
        let (classes, rows) = read_prediction_rows(&run.predictions())?;
        found.push(FurtherMetrics { test_set, metrics: of_rows(&rows, &classes, &missing) });
    }
    Ok(found)
}

/// Metrics by their places in [`METRICS`]: the mean or overall one, then those of each
/// class where there are several.
fn of_rows(rows: &[Prediction], classes: &[String], wanted: &[usize]) -> Vec<Metric> {
    let exclusive = rows.iter().any(|row| matches!(row.answer, Answer::Class { .. }));
    let known = |class: usize| rows.iter().filter(move |row| row.answer.knows(class));
    let all_known = (0..classes.len()).all(|class| known(class).count() == rows.len());
    let by_class: Vec<[f64; METRICS.len()]> = if exclusive {
        prepared(rows.iter(), 0..classes.len(), true).by_class()
    } else {
        let alone = |class: usize| prepared(known(class), class..class + 1, false);
        (0..classes.len()).flat_map(|class| alone(class).by_class()).collect()
    };
    let overall = if exclusive || all_known {
        let weights = vec![1; rows.len()];
        prepared(rows.iter(), 0..classes.len(), exclusive).weighted(&weights)
    } else {
        std::array::from_fn(|at| mean(by_class.iter().map(|of| of[at])))
    };
    let mut metrics = Vec::new();
    for at in wanted {
        let lacking: Vec<&str> = classes
            .iter()
            .zip(&by_class)
            .filter(|(_, of)| of[*at].is_nan() && !(exclusive && of_all_classes(*at)))
            .map(|(class, _)| class.as_str())
            .collect();
        let note = match (overall[*at].is_nan(), lacking.as_slice()) {
            (true, _) => Some(Prepared::reason(*at).to_string()),
            (false, []) => None,
            (false, lacking) => Some(format!(
                "mean over {} of {} classes; without {} ({})",
                classes.len() - lacking.len(),
                classes.len(),
                lacking.join(", "),
                Prepared::reason(*at)
            )),
        };
        metrics.push(metric(*at, None, overall[*at], note, rows.len()));
        if classes.len() < 2 || (exclusive && of_all_classes(*at)) {
            continue;
        }
        for (index, (class, of)) in classes.iter().zip(&by_class).enumerate() {
            let note = of[*at].is_nan().then(|| Prepared::reason(*at).to_string());
            metrics.push(metric(*at, Some(class), of[*at], note, known(index).count()));
        }
    }
    metrics
}

/// Whether a metric of exclusive classes is of all of them together.
fn of_all_classes(metric: usize) -> bool {
    !matches!(METRICS[metric], "auc" | "average_precision" | "f1" | "sensitivity" | "specificity")
}

fn metric(at: usize, class: Option<&String>, value: f64, note: Option<String>, n: usize) -> Metric {
    Metric {
        metric: METRICS[at].into(),
        class: class.cloned(),
        value: (!value.is_nan()).then_some(value),
        undefined: note,
        n: n as u64,
    }
}

fn prepared<'a>(
    rows: impl Iterator<Item = &'a Prediction>,
    classes: std::ops::Range<usize>,
    exclusive: bool,
) -> Prepared {
    let rows: Vec<&Prediction> = rows.collect();
    let score = |class: usize, row: &&Prediction| {
        row.answer.scores().get(class).map_or(f64::NAN, |score| f64::from(*score))
    };
    let scores = |class| rows.iter().map(|row| score(class, row)).collect();
    let labels = |class| rows.iter().map(|row| row.answer.has(class)).collect();
    let table = CaseTable {
        labels: classes.clone().map(labels).collect(),
        exclusive,
        ..CaseTable::default()
    };
    let run = CaseRun { table: Arc::new(table), scores: classes.map(scores).collect() };
    Prepared::new(&run, true)
}

/// Over what is a number; NaN without any.
fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let values: Vec<f64> = values.filter(|value| !value.is_nan()).collect();
    values.iter().sum::<f64>() / values.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(answer: Answer) -> Prediction {
        Prediction { case: String::new(), patient: String::new(), answer }
    }

    fn each(labels: [Option<bool>; 2], scores: [f32; 2]) -> Prediction {
        row(Answer::Labels { labels: labels.to_vec(), scores: scores.to_vec() })
    }

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(ToString::to_string).collect()
    }

    fn values(metrics: &[Metric]) -> Vec<(&str, Option<f64>)> {
        let name = |metric: &'_ Metric| metric.value;
        metrics.iter().map(|m| (m.class.as_deref().unwrap_or(""), name(m))).collect()
    }

    /// scikit-learn 1.7 on the labels that are known: recall of `a` 1/2, of `b` 1.
    #[test]
    fn labels_that_nobody_knows_count_for_no_class() {
        let rows = [
            each([Some(true), Some(true)], [0.9, 0.7]),
            each([Some(true), None], [0.2, 0.1]),
            each([None, Some(false)], [0.3, 0.2]),
        ];
        let found = of_rows(&rows, &names(&["a", "b"]), &[5]);
        assert_eq!(values(&found), [("", Some(0.75)), ("a", Some(0.5)), ("b", Some(1.0))]);
        assert_eq!((found[0].n, found[1].n, found[2].n), (3, 2, 2));
    }

    #[test]
    fn a_class_without_a_value_is_named_and_nothing_is_made_up() {
        let rows = [
            each([Some(true), Some(false)], [0.9, 0.1]),
            each([Some(false), Some(false)], [0.2, 0.3]),
        ];
        let found = of_rows(&rows, &names(&["a", "b"]), &[5, 7]);
        assert_eq!(found[0].value, Some(1.0));
        assert!(found[0].undefined.as_ref().is_some_and(|note| note.contains("without b")));
        assert_eq!((found[2].value, found[2].undefined.is_some()), (None, true));
    }

    /// scikit-learn 1.9.1: `matthews_corrcoef` of [0, 1, 0, 2] and [0, 1, 1, 2] is 0.7.
    #[test]
    fn what_is_of_all_classes_has_no_rows_of_single_ones() {
        let one = |class, scores: [f32; 3]| row(Answer::Class { class, scores: scores.to_vec() });
        let rows = [
            one(0, [0.7, 0.2, 0.1]),
            one(1, [0.2, 0.5, 0.3]),
            one(0, [0.3, 0.4, 0.3]),
            one(2, [0.1, 0.3, 0.6]),
        ];
        let found = of_rows(&rows, &names(&["a", "b", "c"]), &[4, 7]);
        let mcc: Vec<&Metric> = found.iter().filter(|m| m.metric == "mcc").collect();
        assert_eq!(mcc.len(), 1);
        assert!((mcc[0].value.expect("a value") - 0.7).abs() < 1e-12);
        assert_eq!(found.iter().filter(|m| m.metric == "f1").count(), 4);
        assert!(found.iter().all(|m| m.undefined.is_none()), "{found:?}");
    }
}
