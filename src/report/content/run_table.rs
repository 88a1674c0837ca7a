//! Every run.

use super::arrange::section;
use crate::records::{self, Record, RunState};
use crate::report::bound::{Origin, slug};
use crate::report::bundle::RunRow;
use crate::report::document::{Block, Head, Section, TableBlock, Value};
use crate::report::escape;
use crate::report::load::ReportInput;
use crate::scores::Metric;
use crate::spec::RunKind;

/// Beyond this many the run table is thinned, and says so.
const MOST_RUNS: usize = 2000;

/// More metrics than this stand in their own tables alone.
const MOST_METRICS: usize = 4;
/// Columns before the metrics.
const BEFORE: usize = 8;

pub(super) fn run_table(input: &ReportInput) -> Option<Section> {
    let runs = &input.runs;
    if runs.is_empty() {
        return None;
    }
    let metrics = input.comparisons.iter().map(|comparison| &comparison.options.metric);
    let metrics: Vec<&Metric> = metrics.take(MOST_METRICS).collect();
    let names = ["Run", "Kind", "Task", "Model", "Init"].map(|name| (name.to_string(), false));
    let place = [("Labels", true), ("Seed", true), ("State", false)];
    let made = ["Best epoch", "Train cases", "Seconds", "Images/s"];
    let head: Vec<(String, bool)> = names
        .into_iter()
        .chain(place.map(|(name, numeric)| (name.into(), numeric)))
        .chain(metrics.iter().map(|metric| (metric.axis(), true)))
        .chain(made.map(|name| (name.into(), true)))
        .collect();
    let mut csv = vec![head.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>()];
    let mut rows = Vec::new();
    for run in runs {
        let texts = run_texts(run, &metrics);
        if rows.len() < MOST_RUNS {
            rows.push(bound(run, &texts, &metrics));
        }
        csv.push(texts);
    }
    let table = TableBlock {
        label: "tab-runs".into(),
        number: 0,
        fold: String::new(),
        all: runs.len(),
        caption: "All runs, each named by the hash of its specification.".into(),
        head: head
            .iter()
            .map(|(text, numeric)| Head {
                text: text.clone(),
                numeric: *numeric,
                ..Head::default()
            })
            .collect(),
        rows,
        csv: escape::csv(csv),
    };
    Some(section("runs", "Runs", vec![Block::Table(table)]))
}

/// The cells of a run, each number with its name.
fn bound(run: &RunRow, texts: &[String], metrics: &[&Metric]) -> Vec<Value> {
    let mut cells: Vec<Value> = texts.iter().map(Value::text).collect();
    let Some(record) = run.record.as_ref().filter(|record| record.state == RunState::Done) else {
        return cells;
    };
    let origin = Origin::new(&["runs", &texts[0]]).n(format!("{} test cases", record.cases[2]));
    for (at, metric) in (BEFORE..).zip(metrics) {
        let how = format!("{} on the test cases", metric.title());
        let name = slug(&metric.key).replace('.', "_");
        cells[at].bind(origin.bind(&name, value(record, metric), &texts[at], how));
    }
    let (made, last) = (&record.provenance, cells.len() - 1);
    let seconds = "wall time, attempts added up";
    let speed = "training images per second, augmentation included";
    let at = last - 1;
    cells[at].bind(origin.bind("seconds", made.seconds, &texts[at], seconds));
    let per_second = made.images_per_second;
    cells[last].bind(origin.bind("images_per_second", per_second, &texts[last], speed));
    cells
}

/// The overall value of a run.
fn value(record: &Record, metric: &Metric) -> Option<f64> {
    let overall = |found: &&records::Metric| found.metric == metric.key && found.class.is_none();
    record.metrics.iter().find(overall)?.value
}

fn run_texts(run: &RunRow, metrics: &[&Metric]) -> Vec<String> {
    let spec = &run.spec;
    let done = run.record.as_ref().filter(|record| record.state == RunState::Done);
    let score = |metric: &&Metric| metric.text(done.and_then(|record| value(record, metric)));
    let of = |f: &dyn Fn(&Record) -> String| done.map_or("\u{2013}".into(), f);
    let mut texts = vec![
        spec.id().0,
        if spec.kind == RunKind::Pretraining { "pretraining".into() } else { "target".into() },
        spec.task.clone(),
        spec.model.clone(),
        spec.init.clone(),
        spec.labels().to_string(),
        spec.seed.to_string(),
        run.state().into(),
    ];
    texts.extend(metrics.iter().map(score));
    texts.extend([
        of(&|r| r.best_epoch.to_string()),
        of(&|r| r.cases[0].to_string()),
        of(&|r| format!("{:.1}", r.provenance.seconds)),
        of(&|r| format!("{:.1}", r.provenance.images_per_second)),
    ]);
    texts
}
