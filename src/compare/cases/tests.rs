//! Blocks of made-up runs.

use std::sync::Arc;

use super::parts::Reader;
use super::redraw::{Redrawn, first_order, scored};
use super::score::Score;
use super::{BlockRows, compare_block};
use crate::compare::TestKind;
use crate::compare::compare;
use crate::compare::types::{CompareOptions, Comparison, ComparisonRow};
use crate::scores::{Block, CaseRun, CaseSource, CaseTable, Cell, Factors, Metric, RunKey};
use crate::stats::bootstrap::Draws;
use crate::stats::contributions::Units;
use crate::stats::delong_matrix::auc_matrix;

/// Runs by level and seed; a level may be tested on cases of its own.
struct Made {
    table: Arc<CaseTable>,
    runs: Vec<(RunKey, Vec<Vec<f64>>)>,
    other_cases: Option<String>,
}

impl CaseSource for Made {
    fn runs(&self, _: &Factors, _: &Block, _: &str) -> Result<Vec<RunKey>, String> {
        Ok(self.runs.iter().map(|(key, _)| key.clone()).collect())
    }

    fn load(&self, key: &RunKey, known: Option<&Arc<CaseTable>>) -> Result<CaseRun, String> {
        let (_, scores) = self.runs.iter().find(|(run, _)| run == key).ok_or("no such run")?;
        let mut table = Arc::clone(known.unwrap_or(&self.table));
        if self.other_cases.as_ref() == Some(&key.level) {
            Arc::make_mut(&mut table).cases[0] = "another".into();
        }
        Ok(CaseRun { table, scores: scores.clone() })
    }
}

/// `cases` cases with `per_patient` per patient, whose scores have a part of
/// the patient, of the case and of the run.
fn made(classes: usize, cases: usize, per_patient: usize, seeds: u64) -> Made {
    let mut draws = Draws::of(5, 0);
    let mut noise = || {
        let mut sum = 0.0;
        draws.indices(1000, 4, |i| sum += i as f64 / 500.0);
        sum - 4.0
    };
    let patients: Vec<String> = (0..cases).map(|i| format!("p{}", i / per_patient)).collect();
    let labels: Vec<Vec<bool>> =
        (0..classes).map(|c| (0..cases).map(|i| i % (3 + c) == 0).collect()).collect();
    let of_patient: Vec<f64> = (0..cases).map(|_| noise()).collect();
    let mut runs = Vec::new();
    for (level, step) in [("a", 1.0), ("b", 1.2), ("c", 1.2)] {
        for seed in 0..seeds {
            let of_run = step + 0.1 * noise();
            let class = |labels: &Vec<bool>, noise: &mut dyn FnMut() -> f64| -> Vec<f64> {
                let score = |(i, label): (usize, &bool)| {
                    let shared = of_patient[i / per_patient];
                    of_run * f64::from(u8::from(*label)) + 0.7 * shared + 0.5 * noise()
                };
                labels.iter().enumerate().map(score).collect()
            };
            let scores = labels.iter().map(|labels| class(labels, &mut noise)).collect();
            let id = format!("{level}{seed}");
            runs.push((RunKey { level: level.into(), seed, id }, scores));
        }
    }
    let table = CaseTable {
        cases: (0..cases).map(|i| i.to_string()).collect(),
        patients,
        classes: (0..classes).map(|c| format!("k{c}")).collect(),
        labels,
        exclusive: false,
    };
    Made { table: Arc::new(table), runs, other_cases: None }
}

fn comparison(source: &Made, options: &CompareOptions) -> Comparison {
    let cell = |level: &str| Cell {
        task: "t".into(),
        model: "m".into(),
        init: level.into(),
        label_fraction: 1.0,
        metric: "auc".into(),
        seeds: vec![0, 1],
        values: vec![0.5, 0.6],
        ..Cell::default()
    };
    let mut levels: Vec<&str> = source.runs.iter().map(|(key, _)| key.level.as_str()).collect();
    levels.dedup();
    let cells: Vec<Cell> = levels.into_iter().map(cell).collect();
    compare(&cells, options).expect("a comparison")
}

fn block(source: &Made, options: &CompareOptions) -> BlockRows {
    let comparison = comparison(source, options);
    let rows: Vec<&ComparisonRow> = comparison.rows.iter().collect();
    let runs = source.runs(&comparison.options.factors, &rows[0].block, "auc").expect("runs");
    compare_block(source, &runs, &rows, options)
}

#[test]
fn one_label_and_independent_cases_are_delongs_covariance_of_all_runs() {
    let source = made(1, 100, 1, 3);
    let got = block(&source, &CompareOptions::default());
    let row = &got.rows[0];
    let test = Some(TestKind::DeLong { classes: 1, patients: false });
    assert_eq!((row.level.as_str(), row.reference.as_str(), row.test), ("b", "a", test));
    let scores: Vec<&[f64]> = source.runs[..6].iter().map(|(_, s)| s[0].as_slice()).collect();
    let matrix = auc_matrix(&scores, &source.table.labels[0]);
    let matrix = matrix.value().expect("a matrix");
    let weight = |i: usize| if i < 3 { -1.0 / 3.0 } else { 1.0 / 3.0 };
    let variance: f64 =
        (0..36).map(|k| weight(k / 6) * weight(k % 6) * matrix.covariance[k / 6][k % 6]).sum();
    let difference: f64 = (0..6).map(|i| weight(i) * matrix.auc[i]).sum();
    let p = super::block::z_test(difference, variance).expect("a p");
    assert!((row.difference.expect("one") - difference).abs() < 1e-14);
    assert!((row.delong_p.expect("one") / p - 1.0).abs() < 1e-9, "{row:?} {p}");
}

/// The reason for the expansion: it must say what the exact bootstrap says.
#[test]
fn the_expansion_agrees_with_scoring_every_resample() {
    let source = made(2, 400, 4, 3);
    let keys: Vec<Vec<&RunKey>> =
        source.runs.chunks(3).map(|runs| runs.iter().map(|(key, _)| key).collect()).collect();
    let table = Arc::clone(&source.table);
    let units = Units::of(&table.patients);
    assert_eq!(units.len(), 100);
    let reader = Reader { source: &source, score: Score::Auc, table, units, per_class: false };
    let levels = reader.levels(&keys).expect("levels");
    let exact = scored(&reader, &keys, 200, 7).expect("resamples");
    let Redrawn::Scored { both: exact, .. } = exact else { panic!("scored") };
    let Redrawn::FirstOrder { both } = first_order(&levels, 100, 200, 7) else {
        panic!("expanded")
    };
    for (a, b) in [(1, 0), (2, 1)] {
        let (exact, got) = (exact.difference(a, b), both.difference(a, b));
        assert!((exact.estimate() - got.estimate()).abs() < 1e-12);
        // The same resamples, each list ascending.
        let pairs = exact.resampled().iter().zip(got.resampled());
        let error: f64 = pairs.map(|(x, y)| (x - y).abs()).sum::<f64>() / 200.0;
        assert!(error < 0.25 * exact.standard_error(), "{error} {}", exact.standard_error());
        let spread = got.standard_error();
        assert!((spread / exact.standard_error() - 1.0).abs() < 0.08, "{spread}");
    }
}

#[test]
fn patients_with_many_cases_are_the_units() {
    let options = CompareOptions { per_class: true, ..CompareOptions::default() };
    let got = block(&made(2, 180, 6, 3), &options);
    let row = &got.rows[0];
    assert_eq!((row.cases, row.patients), (180, 30));
    assert_eq!(row.test, Some(TestKind::DeLong { classes: 2, patients: true }));
    assert!(row.delong_p.is_some());
    assert_eq!(got.classes.len(), 6);
    for (row, of_row) in got.rows.iter().zip(got.classes.chunks(2)) {
        let mean = of_row.iter().filter_map(|c| c.difference).sum::<f64>() / 2.0;
        assert!((row.difference.expect("one") - mean).abs() < 1e-14);
        assert!(of_row.iter().all(|c| c.seeds_p.is_some() && c.cases_p.is_some()));
        assert_eq!((of_row[0].class.as_str(), of_row[1].class.as_str()), ("k0", "k1"));
    }
    assert!(block(&made(2, 60, 1, 3), &CompareOptions::default()).classes.is_empty());
}

#[test]
fn what_cannot_be_compared_says_why() {
    let options = CompareOptions::default();
    let other = Made { other_cases: Some("b".into()), ..made(1, 60, 1, 2) };
    assert!(block(&other, &options).rows[0].notes[0].contains("not tested on the same cases"));
    let mut lonely = made(1, 60, 1, 2);
    for (key, _) in &mut lonely.runs {
        key.seed += if key.level == "c" { 10 } else { 0 };
    }
    assert!(block(&lonely, &options).rows[0].notes[0].contains("no seed has predictions"));
    let dice = CompareOptions { metric: Metric::named("dice"), ..options };
    assert!(block(&made(1, 60, 1, 2), &dice).rows[0].notes[0].contains("Dice"));
}

#[test]
fn accuracy_has_both_sources_and_no_delong() {
    let options = CompareOptions { metric: Metric::named("accuracy"), ..CompareOptions::default() };
    let row = &block(&made(2, 60, 1, 4), &options).rows[0];
    assert!(row.se_cases.is_some() && row.over_both.is_some() && row.delong_p.is_none());
}

#[test]
fn a_run_that_scores_nothing_leaves_the_others() {
    let mut source = made(2, 60, 1, 2);
    source.runs[0].1[1][0] = f64::NAN;
    let options = CompareOptions { per_class: true, ..CompareOptions::default() };
    let got = block(&source, &options);
    let row = &got.classes[1];
    assert_eq!((row.class.as_str(), row.difference, row.cases_p), ("k1", None, None));
    assert!(row.note.contains("no AUC in every run"), "{}", row.note);
    assert!(got.classes[0].difference.is_some());
}
