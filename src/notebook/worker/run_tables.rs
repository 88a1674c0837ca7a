//! What the runs of a study left behind, row by row: their epochs, and what they
//! say of each test case.

use serde_json::{Value, json};

use super::columns::{Typed, number};
use crate::frame::{Results, read_case_metrics, read_history, read_prediction_rows};
use crate::notebook::NotebookError;
use crate::records::{Answer, RunDir, StudyDir};
use crate::scores::{CaseData, Cell, Factor};
use crate::spec::{RunKind, RunSpec};

/// Rows of one table: more would be slow to send and to show.
const MOST_ROWS: usize = 200_000;

/// What names a run in each of its rows.
const RUN: [&str; 6] = ["\"task", "\"model", "\"init", "\"granularity", "%label_fraction", "1seed"];

fn of_run(spec: &RunSpec) -> Vec<Value> {
    vec![
        json!(spec.task),
        json!(spec.model),
        json!(spec.init),
        json!(spec.granularity),
        number(Some(spec.label_fraction)),
        json!(spec.seed),
    ]
}

fn heads<'a>(first: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    first.iter().chain(more).copied().collect()
}

/// The runs of the study with what they are; those before the targets too.
fn runs(results: &Results, what: &str) -> Result<Vec<(RunSpec, RunDir)>, NotebookError> {
    let Some(study) = &results.study else {
        return Err(NotebookError::setup(
            format!("a table of results has no {what}: it holds what runs ended with"),
            "open the folder of a study",
        ));
    };
    let dir = StudyDir::new(&results.source);
    study.runs.iter().map(|id| Ok((dir.run(id).read_spec()?, dir.run(id)))).collect()
}

/// Adds the rows of one file; says what is left out.
fn add(table: &mut Typed, rows: impl Iterator<Item = Vec<Value>>, left_out: &mut usize) {
    for row in rows {
        if table.len() < MOST_ROWS {
            table.row(row);
        } else {
            *left_out += 1;
        }
    }
}

fn ended(mut table: Typed, left_out: usize, unread: Vec<String>) -> Typed {
    if left_out > 0 {
        table.note(format!(
            "the first {MOST_ROWS} rows; {left_out} more are in the files of the runs"
        ));
    }
    for note in unread {
        table.note(note);
    }
    table
}

/// One row per epoch of every run, pretraining too.
pub(super) fn histories(results: &Results) -> Result<Typed, NotebookError> {
    let more = ["\"kind", "1epoch", "#train_loss", "#val_loss", "#val_metric", "#learning_rate"];
    let mut table = Typed::new("histories", &heads(&RUN, &more));
    let (mut left_out, mut unread) = (0, Vec::new());
    for (spec, dir) in runs(results, "training histories")? {
        if !dir.history().is_file() {
            continue;
        }
        let epochs = match read_history(&dir.history()) {
            Ok(epochs) => epochs,
            Err(error) => {
                unread.push(error.to_string());
                continue;
            }
        };
        let kind = match spec.kind {
            RunKind::Pretraining => "pretraining",
            RunKind::Target => "target",
        };
        let row = |epoch: crate::records::Epoch| {
            let mut row = of_run(&spec);
            row.extend([
                json!(kind),
                json!(epoch.epoch),
                number(Some(epoch.train_loss)),
                number(Some(epoch.val_loss)),
                number(epoch.val_metric),
                number(Some(epoch.learning_rate)),
            ]);
            row
        };
        add(&mut table, epochs.into_iter().map(row), &mut left_out);
    }
    Ok(ended(table, left_out, unread))
}

const PREDICTED: [&str; 5] = ["\"case", "\"patient", "\"class", "1label", "#score"];

/// One row per test case and class of every run: what is true, and the score.
pub(super) fn predictions(results: &Results) -> Result<Typed, NotebookError> {
    if let Some(cases) = &results.cases {
        return own_predictions(cases, results);
    }
    let mut table = Typed::new("predictions", &heads(&RUN, &PREDICTED));
    let (mut left_out, mut unread) = (0, Vec::new());
    for (spec, dir) in runs(results, "predictions")? {
        if spec.kind != RunKind::Target || !dir.predictions().is_file() {
            continue;
        }
        let (classes, cases) = match read_prediction_rows(&dir.predictions()) {
            Ok(read) => read,
            Err(error) => {
                unread.push(error.to_string());
                continue;
            }
        };
        let rows = cases.iter().flat_map(|case| {
            let spec = &spec;
            classes.iter().enumerate().map(move |(at, class)| {
                let mut row = of_run(spec);
                let label = if case.answer.knows(at) {
                    json!(u8::from(case.answer.has(at)))
                } else {
                    Value::Null
                };
                let score = case.answer.scores().get(at).copied().map(f64::from);
                row.extend([
                    json!(case.case),
                    json!(case.patient),
                    json!(class),
                    label,
                    number(score),
                ]);
                row
            })
        });
        add(&mut table, rows, &mut left_out);
        if let Some(Answer::Class { .. }) = cases.first().map(|case| &case.answer) {
            let note = "of several classes one alone is right; the scores of a case add up to one";
            if !unread.iter().any(|known| known == note) {
                unread.push(note.into());
            }
        }
    }
    if table.len() == 0 && unread.is_empty() {
        return Err(NotebookError::setup(
            "no run of this study has predictions",
            "of masks the values of each case are in case_values()",
        ));
    }
    Ok(ended(table, left_out, unread))
}

/// The same of tables of cases that a user brought.
fn own_predictions(cases: &CaseData, results: &Results) -> Result<Typed, NotebookError> {
    let places = || cases.tasks.iter().flat_map(|task| task.runs.iter().map(|run| &run.place));
    if places().next().is_none() {
        return Err(NotebookError::setup(
            "the table has values of cases, and no predictions",
            "ask for case_values()",
        ));
    }
    let place = Place::of(places(), results);
    let mut table = Typed::new("predictions", &place.heads(&PREDICTED));
    let mut left_out = 0;
    for task in &cases.tasks {
        for run in &task.runs {
            let known = &run.run.table;
            let rows = (0..known.cases.len()).flat_map(|case| {
                let place = &place;
                known.classes.iter().enumerate().map(move |(at, class)| {
                    let mut row = place.row(&run.place, run.seed);
                    let label = known.labels.get(at).and_then(|labels| labels.get(case));
                    let score = run.run.scores.get(at).and_then(|scores| scores.get(case));
                    row.extend([
                        json!(known.cases[case]),
                        json!(known.patients.get(case)),
                        json!(class),
                        label.map_or(Value::Null, |label| json!(u8::from(*label))),
                        number(score.copied()),
                    ]);
                    row
                })
            });
            add(&mut table, rows, &mut left_out);
        }
    }
    Ok(ended(table, left_out, Vec::new()))
}

/// What tells the runs of a user's table apart: its own columns, and no default for
/// one that it lacks.
struct Place {
    factors: Vec<Factor>,
    fraction: bool,
    seed: bool,
}

impl Place {
    fn of<'a>(places: impl IntoIterator<Item = &'a Cell>, results: &Results) -> Self {
        let lacks = |name: &str| results.lacking.iter().any(|lacking| lacking == name);
        let mut factors = Factor::of_all(places);
        factors.retain(|factor| !lacks(factor.name()));
        Self { factors, fraction: !lacks(Factor::LABEL_FRACTION), seed: results.has_seeds }
    }

    fn heads(&self, more: &[&str]) -> Vec<String> {
        let names = self.factors.iter().map(|factor| format!("\"{factor}"));
        let fraction = self.fraction.then(|| "%label_fraction".to_owned());
        let seed = self.seed.then(|| "1seed".to_owned());
        let more = more.iter().map(|name| (*name).to_owned());
        names.chain(fraction).chain(seed).chain(more).collect()
    }

    fn row(&self, place: &Cell, seed: u64) -> Vec<Value> {
        let levels = self.factors.iter().map(|factor| json!(factor.level(place)));
        let fraction = self.fraction.then(|| number(Some(place.label_fraction)));
        levels.chain(fraction).chain(self.seed.then(|| json!(seed))).collect()
    }
}

const VALUED: [&str; 6] = ["\"case", "\"patient", "\"metric", "\"class", "#value", "\"undefined"];

/// One row per test case, metric and class of every run.
pub(super) fn case_values(results: &Results) -> Result<Typed, NotebookError> {
    if let Some(cases) = &results.cases {
        return own_values(cases, results);
    }
    let mut table = Typed::new("case values", &heads(&RUN, &VALUED));
    let (mut left_out, mut unread) = (0, Vec::new());
    for (spec, dir) in runs(results, "values of cases")? {
        let file = dir.case_metrics();
        if spec.kind != RunKind::Target || !file.is_file() {
            continue;
        }
        let cases = match read_case_metrics(&file) {
            Ok(cases) => cases.unwrap_or_default(),
            Err(error) => {
                unread.push(error.to_string());
                continue;
            }
        };
        let rows = cases.iter().map(|case| {
            let mut row = of_run(&spec);
            row.extend([
                json!(case.case),
                json!(case.patient),
                json!(case.metric),
                json!(case.class),
                number(case.value),
                json!(case.undefined),
            ]);
            row
        });
        add(&mut table, rows, &mut left_out);
    }
    if table.len() == 0 && unread.is_empty() {
        return Err(NotebookError::setup(
            "no run of this study has metrics of single cases: they are those of masks",
            "of labels ask for predictions()",
        ));
    }
    Ok(ended(table, left_out, unread))
}

fn own_values(cases: &CaseData, results: &Results) -> Result<Typed, NotebookError> {
    let columns = || cases.tasks.iter().flat_map(|task| &task.values);
    if columns().next().is_none() {
        return Err(NotebookError::setup(
            "the table has predictions, and no values of cases",
            "ask for predictions()",
        ));
    }
    let place = Place::of(columns().map(|column| &column.place), results);
    let mut table = Typed::new("case values", &place.heads(&VALUED[..5]));
    let mut left_out = 0;
    for task in &cases.tasks {
        for column in &task.values {
            let rows = column.values.iter().enumerate().map(|(case, value)| {
                let mut row = place.row(&column.place, column.seed);
                row.extend([
                    json!(task.table.cases.get(case)),
                    json!(task.table.patients.get(case)),
                    json!(column.place.metric),
                    json!(column.class),
                    number(Some(*value)),
                ]);
                row
            });
            add(&mut table, rows, &mut left_out);
        }
    }
    Ok(ended(table, left_out, Vec::new()))
}
