//! One level on one task: its runs summed up.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::mean_curve::{MeanCurve, mean_of, over_seeds, precision_on_grid, roc_on_grid};
use crate::scores::{Block, CaseRun};
use crate::stats::average_precision::average_precision;
use crate::stats::calibration::{Calibration, ReliabilityBin, binary, top_label};
use crate::stats::confusion::Confusion;
use crate::stats::roc_auc::roc_auc;
use crate::stats::roc_curve::{precision_recall_curve, roc_curve};

/// Bins of a reliability diagram.
pub(super) const BINS: usize = 10;

/// What the predictions of one level's runs say.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PredictedLevel {
    /// What the runs share with those of other levels, without the fraction.
    pub block: Block,
    /// The level that is compared.
    pub level: String,
    /// Share of the training labels.
    pub label_fraction: f64,
    /// Number of runs.
    pub seeds: usize,
    /// Test cases of a run.
    pub cases: usize,
    /// Names of the classes.
    pub classes: Vec<String>,
    /// Whether one class alone is right.
    pub exclusive: bool,
    /// Mean share of positives over classes.
    pub prevalence: Option<f64>,
    /// Mean ROC curve.
    pub roc: Option<MeanCurve>,
    /// Mean precision-recall curve.
    pub precision_recall: Option<MeanCurve>,
    /// Bins of all runs together; 0 in those without a case.
    pub bins: Vec<ReliabilityBin>,
    /// Expected calibration error, mean over runs.
    pub expected_error: Option<f64>,
    /// Per true class the calls of each class, of all runs together; absent for
    /// several labels at a time.
    pub confusion: Option<(Vec<String>, Vec<Vec<u64>>)>,
    /// What has no curve, and why.
    pub notes: Vec<String>,
}

/// One run, summed up.
pub(super) struct OneRun {
    classes: Vec<String>,
    exclusive: bool,
    cases: usize,
    prevalence: Vec<f64>,
    roc: Vec<(Vec<f64>, f64)>,
    precision: Vec<(Vec<f64>, f64)>,
    calibration: Option<Calibration>,
    confusion: Option<(Vec<String>, Vec<Vec<u64>>)>,
    notes: Vec<String>,
}

impl OneRun {
    pub(super) fn of(run: &CaseRun) -> Self {
        let table = &run.table;
        let mut notes = Vec::new();
        let classes = table.classes.len();
        let per_class: Vec<_> = (0..classes)
            .into_par_iter()
            .map(|class| {
                let (scores, labels) = (&run.scores[class], &table.labels[class]);
                let roc = roc_curve(scores, labels).map(|points| roc_on_grid(&points));
                let precision =
                    precision_recall_curve(scores, labels).map(|points| precision_on_grid(&points));
                let areas = (roc_auc(scores, labels), average_precision(scores, labels));
                (roc, precision, areas)
            })
            .collect();
        let (mut roc, mut precision) = (Vec::new(), Vec::new());
        for (class, (curve, steps, (auc, ap))) in table.classes.iter().zip(per_class) {
            match (curve.value(), auc.value()) {
                (Some(curve), Some(auc)) => roc.push((curve.clone(), *auc)),
                _ => notes.push(format!(
                    "{class} has no ROC curve: {}",
                    curve.note().or(auc.note()).unwrap_or("not defined")
                )),
            }
            if let (Some(steps), Some(ap)) = (steps.value(), ap.value()) {
                precision.push((steps.clone(), *ap));
            }
        }
        let share = |labels: &Vec<bool>| {
            labels.iter().filter(|label| **label).count() as f64 / labels.len().max(1) as f64
        };
        Self {
            classes: table.classes.clone(),
            exclusive: table.exclusive,
            cases: table.labels.first().map_or(0, Vec::len),
            prevalence: table.labels.iter().map(share).collect(),
            roc,
            precision,
            calibration: calibration(run, &mut notes),
            confusion: confusion(run),
            notes,
        }
    }
}

impl OneRun {
    /// The same of scores that are no probabilities: order alone counts.
    pub(super) fn without_calls(self) -> Self {
        Self { calibration: None, confusion: None, ..self }
    }
}

/// Of the highest probability where one class alone is right, else of every
/// decision.
fn calibration(run: &CaseRun, notes: &mut Vec<String>) -> Option<Calibration> {
    let table = &run.table;
    let outcome = if table.exclusive && table.classes.len() > 1 {
        let (rows, truth) = rows(run);
        top_label(&rows, &truth, BINS)
    } else {
        binary(&run.scores.concat(), &table.labels.concat(), BINS)
    };
    if outcome.value().is_none() {
        notes.extend(outcome.note().map(|note| format!("no calibration: {note}")));
    }
    outcome.value().cloned()
}

/// Cases with exactly one class: the probabilities and the class.
fn rows(run: &CaseRun) -> (Vec<Vec<f64>>, Vec<usize>) {
    let table = &run.table;
    let cases = table.labels.first().map_or(0, Vec::len);
    (0..cases)
        .filter_map(|case| {
            let truth = table.labels.iter().position(|labels| labels[case])?;
            Some((run.scores.iter().map(|s| s[case]).collect(), truth))
        })
        .unzip()
}

/// The most probable class, or the decision at 0.5 for a single class.
fn confusion(run: &CaseRun) -> Option<(Vec<String>, Vec<Vec<u64>>)> {
    let table = &run.table;
    let (names, truth, called) = if table.exclusive && table.classes.len() > 1 {
        let (rows, truth) = rows(run);
        let called: Vec<usize> = rows.iter().map(|row| most_probable(row)).collect();
        (table.classes.clone(), truth, called)
    } else if let ([class], [labels], [scores]) =
        (&table.classes[..], &table.labels[..], &run.scores[..])
    {
        let truth = labels.iter().map(|l| usize::from(*l)).collect();
        let called = scores.iter().map(|s| usize::from(*s >= 0.5)).collect();
        (vec![format!("not {class}"), class.clone()], truth, called)
    } else {
        return None;
    };
    let counts = Confusion::new(&truth, &called, names.len()).any()?.counts().to_vec();
    Some((names, counts))
}

/// The first of the highest.
fn most_probable(row: &[f64]) -> usize {
    let higher =
        |best: (usize, f64), (k, p): (usize, &f64)| if *p > best.1 { (k, *p) } else { best };
    row.iter().enumerate().fold((0, f64::NEG_INFINITY), higher).0
}

impl PredictedLevel {
    /// Sums up runs of one level; the names are the caller's.
    pub(super) fn of(runs: &[OneRun]) -> Self {
        let Some(first) = runs.first() else { return Self::default() };
        let mut notes: Vec<String> = Vec::new();
        for note in runs.iter().flat_map(|run| &run.notes) {
            if !notes.contains(note) {
                notes.push(note.clone());
            }
        }
        let shares: Vec<f64> = runs.iter().flat_map(|run| run.prevalence.iter().copied()).collect();
        let errors: Vec<f64> =
            runs.iter().filter_map(|run| Some(run.calibration.as_ref()?.expected_error)).collect();
        let mean = |v: &[f64]| (!v.is_empty()).then(|| v.iter().sum::<f64>() / v.len() as f64);
        let roc: Vec<_> = runs.iter().map(|run| run.roc.as_slice()).collect();
        let precision: Vec<_> = runs.iter().map(|run| run.precision.as_slice()).collect();
        Self {
            seeds: runs.len(),
            cases: first.cases,
            classes: first.classes.clone(),
            exclusive: first.exclusive,
            prevalence: mean(&shares),
            roc: macro_average(&roc, true),
            precision_recall: macro_average(&precision, false),
            bins: pooled(runs),
            expected_error: mean(&errors),
            confusion: summed(runs),
            notes,
            ..Self::default()
        }
    }
}

/// Mean over the classes of a run, then over runs; a run without a class that
/// has a curve does not count.
fn macro_average(runs: &[&[(Vec<f64>, f64)]], from_origin: bool) -> Option<MeanCurve> {
    let (mut curves, mut areas) = (Vec::new(), Vec::new());
    for classes in runs.iter().filter(|classes| !classes.is_empty()) {
        let lists: Vec<Vec<f64>> = classes.iter().map(|(curve, _)| curve.clone()).collect();
        curves.push(mean_of(&lists));
        areas.push(classes.iter().map(|(_, area)| area).sum::<f64>() / classes.len() as f64);
    }
    over_seeds(&curves, &areas, from_origin)
}

fn pooled(runs: &[OneRun]) -> Vec<ReliabilityBin> {
    let calibrations: Vec<&Calibration> =
        runs.iter().filter_map(|run| run.calibration.as_ref()).collect();
    (0..BINS)
        .filter_map(|at| {
            let bins: Vec<&ReliabilityBin> =
                calibrations.iter().filter_map(|c| c.bins.get(at)).collect();
            let cases: usize = bins.iter().map(|bin| bin.cases).sum();
            // 0 where there is no case: pages carry no NaN.
            let weighted = |f: fn(&ReliabilityBin) -> f64| {
                let filled = bins.iter().filter(|bin| bin.cases > 0);
                filled.map(|bin| bin.cases as f64 * f(bin)).sum::<f64>() / cases.max(1) as f64
            };
            let first = bins.first()?;
            Some(ReliabilityBin {
                cases,
                confidence: weighted(|bin| bin.confidence),
                accuracy: weighted(|bin| bin.accuracy),
                ..**first
            })
        })
        .collect()
}

fn summed(runs: &[OneRun]) -> Option<(Vec<String>, Vec<Vec<u64>>)> {
    let (names, mut sum) = runs.first()?.confusion.clone()?;
    for (_, counts) in runs.iter().skip(1).filter_map(|run| run.confusion.as_ref()) {
        for (row, more) in sum.iter_mut().zip(counts) {
            for (n, m) in row.iter_mut().zip(more) {
                *n += m;
            }
        }
    }
    Some((names, sum))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::scores::CaseTable;

    fn table(scores: &[f64], labels: &[bool]) -> CaseRun {
        let table = CaseTable {
            classes: vec!["finding".into()],
            labels: vec![labels.to_vec()],
            ..CaseTable::default()
        };
        CaseRun { table: Arc::new(table), scores: vec![scores.to_vec()] }
    }

    #[test]
    fn runs_are_summed_up() {
        let labels = [true, true, false, false];
        let runs =
            [[0.9, 0.4, 0.3, 0.1], [0.9, 0.8, 0.7, 0.1]].map(|s| OneRun::of(&table(&s, &labels)));
        let level = PredictedLevel::of(&runs);
        assert_eq!((level.seeds, level.cases, level.prevalence), (2, 4, Some(0.5)));
        assert_eq!(level.roc.as_ref().and_then(|c| c.area), Some(1.0));
        let (names, counts) = level.confusion.expect("calls");
        assert_eq!((names[0].as_str(), counts), ("not finding", vec![vec![3, 1], vec![1, 3]]));
        assert_eq!(level.bins.iter().map(|b| b.cases).sum::<usize>(), 8);
    }

    #[test]
    fn one_kind_of_label_has_no_curve_and_says_so() {
        let level = PredictedLevel::of(&[OneRun::of(&table(&[0.5, 0.6], &[true, true]))]);
        assert_eq!(level.roc, None);
        assert!(
            level.notes.iter().any(|n| n.contains("finding has no ROC curve")),
            "{:?}",
            level.notes
        );
        assert_eq!(PredictedLevel::of(&[]), PredictedLevel::default());
        let odd = OneRun::of(&table(&[f64::NAN, 2.0], &[true, false]));
        assert!(odd.calibration.is_none() && odd.roc.is_empty());
    }

    #[test]
    fn curves_of_many_cases_are_no_longer_than_those_of_few() {
        use crate::figures::MOST_CURVE_POINTS;
        let n = 25_000;
        let scores: Vec<f64> = (0..n).map(|i| ((i * 7919) % 10_007) as f64 / 10_007.0).collect();
        let labels: Vec<bool> =
            scores.iter().enumerate().map(|(i, s)| *s > ((i * 31) % 97) as f64 / 97.0).collect();
        let level = PredictedLevel::of(&[OneRun::of(&table(&scores, &labels))]);
        let curve = level.roc.expect("a curve");
        let area: f64 = curve
            .x
            .windows(2)
            .zip(curve.mean.windows(2))
            .map(|(x, y)| (x[1] - x[0]) * f64::midpoint(y[0], y[1]))
            .sum();
        assert!(level.cases == n && curve.x.len() <= MOST_CURVE_POINTS);
        assert!((area - curve.area.expect("an area")).abs() < 1e-3);
    }

    #[test]
    fn several_classes_are_averaged_and_counted() {
        let table = CaseTable {
            classes: vec!["a".into(), "b".into(), "c".into()],
            labels: vec![vec![true, false, false], vec![false, true, false], vec![false; 3]],
            exclusive: true,
            ..CaseTable::default()
        };
        let exclusive = CaseRun {
            table: Arc::new(table),
            scores: vec![vec![0.8, 0.6, 0.1], vec![0.1, 0.4, 0.1], vec![0.1, 0.0, 0.8]],
        };
        let run = OneRun::of(&exclusive);
        // The third case has no class and is in no count.
        assert_eq!(
            run.confusion.as_ref().map(|c| c.1.clone()),
            Some(vec![vec![1, 0, 0], vec![1, 0, 0], vec![0; 3]])
        );
        assert_eq!((run.roc.len(), run.notes.len()), (2, 1));
    }
}
