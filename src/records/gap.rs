//! Test scores far below those of the validation cases: a sign that the two are
//! not of one kind.

use std::collections::BTreeMap;

use super::{Metric, Record, RunState};
use crate::scores::known_share;
use crate::spec::{RunKind, RunSpec};

/// Mean difference from which it is said; the choice of the best epoch alone
/// raises a validation score by less.
const LEAST: f64 = 0.05;

/// A sentence for each task whose runs score much better on their validation
/// cases than on their test cases, by the first metric of their records.
pub fn validation_gaps<'a>(
    runs: impl IntoIterator<Item = (&'a RunSpec, Option<&'a Record>)>,
) -> Vec<String> {
    let mut tasks: BTreeMap<(&str, &str), Vec<(f64, f64)>> = BTreeMap::new();
    for (spec, record) in runs {
        let Some(record) = record.filter(|record| record.state == RunState::Done) else { continue };
        if spec.kind != RunKind::Target {
            continue;
        }
        let Some(tested) = overall(&record.metrics) else { continue };
        let of_metric = |m: &&Metric| m.metric == tested.metric && m.class.is_none();
        let validated = record.validation.iter().find(of_metric).and_then(|m| m.value);
        if let Some((validated, value)) = validated.zip(tested.value) {
            tasks.entry((&spec.task, &tested.metric)).or_default().push((validated, value));
        }
    }
    tasks.into_iter().filter_map(|((task, metric), runs)| said(task, metric, &runs)).collect()
}

fn overall(metrics: &[Metric]) -> Option<&Metric> {
    metrics.iter().find(|metric| metric.class.is_none())
}

fn said(task: &str, metric: &str, runs: &[(f64, f64)]) -> Option<String> {
    // Of distances nobody can say what a large difference is.
    let title = known_share(metric)?;
    let n = runs.len() as f64;
    let mean = |of: &dyn Fn(&(f64, f64)) -> f64| runs.iter().map(of).sum::<f64>() / n;
    let (validated, tested) = (mean(&|run| run.0), mean(&|run| run.1));
    let lower = runs.iter().filter(|run| run.1 < run.0).count();
    // Most runs must agree: a few that failed to learn are another matter.
    (validated - tested >= LEAST && 5 * lower >= 4 * runs.len()).then(|| {
        let runs = if runs.len() == 1 { "1 run".into() } else { format!("{} runs", runs.len()) };
        format!(
            "on {task} {title} is {validated:.3} on the validation cases and {tested:.3} on the test \
             cases (mean of {runs}; lower on the test cases in {lower}): test cases may be of \
             another kind than those that were trained and validated on, or validation cases are \
             like training cases in what tells them apart; look at how the cases were divided"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(metric: &str, runs: &[(f64, f64)]) -> Option<String> {
        said("brains", metric, runs)
    }

    #[test]
    fn a_shift_between_validation_and_test_is_said() {
        let text = told("auc", &[(0.93, 0.61), (0.91, 0.59)]).expect("a sentence");
        assert!(text.contains("AUC is 0.920 on the validation cases and 0.600"), "{text}");
        assert!(text.contains("mean of 2 runs; lower on the test cases in 2"), "{text}");
    }

    #[test]
    fn what_chance_or_choice_explains_is_not() {
        assert_eq!(told("auc", &[(0.90, 0.87), (0.91, 0.88)]), None);
        assert_eq!(told("auc", &[(0.60, 0.92)]), None);
        // One run of five that is far below makes a mean, and no shift.
        let one = [(0.9, 0.91), (0.9, 0.9), (0.9, 0.92), (0.9, 0.9), (0.9, 0.3)];
        assert_eq!(told("dice", &one), None);
        assert_eq!(told("hd95", &[(30.0, 2.0)]), None);
        assert_eq!(told("auc", &[]), None);
    }
}
