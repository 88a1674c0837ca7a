//! Every run.

use super::arrange::section;
use crate::compare::format::columns::score;
use crate::records::{self, Record, RunState};
use crate::report::bound::{Origin, slug};
use crate::report::bundle::RunRow;
use crate::report::document::{Block, Section, TableBlock, Value};
use crate::report::load::ReportInput;
use crate::scores::Metric;
use crate::spec::RunKind;
use crate::text::{Column, Kind, Table};

/// Beyond this many the run table is thinned, and says so.
const MOST_RUNS: usize = 2000;

/// More metrics than this stand in their own tables alone.
const MOST_METRICS: usize = 4;

pub(super) fn run_table(input: &ReportInput) -> Option<Section> {
    let runs = &input.runs;
    if runs.is_empty() {
        return None;
    }
    let metrics = input.comparisons.iter().map(|comparison| &comparison.options.metric);
    let metrics: Vec<&Metric> = metrics.take(MOST_METRICS).collect();
    let mut table = Table::new(["Run", "Kind", "Task", "Model", "Init"].map(Column::name));
    let number = |title: &str| Column::titled(Kind::Number, title);
    table.columns.extend([Column::labels(), number("Seed"), Column::words("State")]);
    table.columns.extend(metrics.iter().map(|metric| Column {
        key: slug(&metric.key).replace('.', "_").into(),
        ..number(&metric.axis())
    }));
    table.columns.extend([
        number("Best epoch"),
        number("Train cases"),
        number("Seconds"),
        Column { key: "images_per_second".into(), ..number("Images/s") },
    ]);
    table.rows = runs.iter().map(|run| cells(run, &metrics)).collect();
    let origins = runs.iter().map(|run| {
        let origin = Origin::new(&["runs", &run.spec.id().0]);
        match done(run) {
            Some(record) => origin.n(format!("{} test cases", record.cases[2])),
            None => origin,
        }
    });
    let caption = "All runs, each named by the hash of its specification.";
    let block = TableBlock::new("tab-runs", caption, table).owned(MOST_RUNS, origins);
    Some(section("runs", "Runs", vec![Block::Table(block)]))
}

/// The record of a run that ended well.
fn done(run: &RunRow) -> Option<&Record> {
    run.record.as_ref().filter(|record| record.state == RunState::Done)
}

/// The overall value of a run.
fn value(record: &Record, metric: &Metric) -> Option<f64> {
    let overall = |found: &&records::Metric| found.metric == metric.key && found.class.is_none();
    record.metrics.iter().find(overall)?.value
}

fn cells(run: &RunRow, metrics: &[&Metric]) -> Vec<Value> {
    let (spec, done) = (&run.spec, done(run));
    let of = |f: &dyn Fn(&Record) -> Value| done.map_or_else(Value::none, f);
    let kind = if spec.kind == RunKind::Pretraining { "pretraining" } else { "target" };
    let mut cells = vec![
        Value::text(spec.id().0),
        Value::text(kind),
        Value::text(&spec.task),
        Value::text(&spec.model),
        Value::text(&spec.init),
        Value::share(Some(spec.label_fraction)),
        Value::shown(spec.seed.to_string()),
        Value::text(run.state()),
    ];
    cells.extend(metrics.iter().map(|metric| {
        let how = format!("{} on the test cases", metric.title());
        of(&|record| score(metric, value(record, metric), &how))
    }));
    let tenths = |value: f64, how: &str| Value::number(value, format!("{value:.1}"), how);
    let speed = "training images per second, augmentation included";
    cells.extend([
        of(&|r| Value::shown(r.best_epoch.to_string())),
        of(&|r| Value::shown(r.cases[0].to_string())),
        of(&|r| tenths(r.provenance.seconds, "wall time, attempts added up")),
        of(&|r| tenths(r.provenance.images_per_second, speed)),
    ]);
    cells
}
