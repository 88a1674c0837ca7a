//! Every run.

use super::arrange::section;
use crate::records::RunState;
use crate::report::bound::Origin;
use crate::report::bundle::RunRow;
use crate::report::document::{Block, Head, Section, TableBlock, Value};
use crate::report::escape;
use crate::spec::RunKind;
use crate::text::{fixed, percent};

/// Beyond this many the run table is thinned, and says so.
const MOST_RUNS: usize = 2000;

pub(super) fn run_table(runs: &[RunRow]) -> Option<Section> {
    if runs.is_empty() {
        return None;
    }
    let head = [
        ("Run", false),
        ("Kind", false),
        ("Task", false),
        ("Model", false),
        ("Init", false),
        ("Labels", true),
        ("Seed", true),
        ("State", false),
        ("AUC", true),
        ("Accuracy", true),
        ("Best epoch", true),
        ("Train cases", true),
        ("Seconds", true),
        ("Images/s", true),
    ];
    let mut csv = vec![head.iter().map(|(name, _)| (*name).to_string()).collect::<Vec<_>>()];
    let mut rows = Vec::new();
    for run in runs {
        let texts = run_texts(run);
        if rows.len() < MOST_RUNS {
            rows.push(bound(run, &texts));
        }
        csv.push(texts);
    }
    let table = TableBlock {
        label: "tab-runs".into(),
        number: 0,
        all: runs.len(),
        caption: "All runs, each named by the hash of its specification.".into(),
        head: head
            .iter()
            .map(|(text, numeric)| Head { text: (*text).into(), numeric: *numeric })
            .collect(),
        rows,
        csv: escape::csv(csv),
    };
    Some(section("runs", "Runs", vec![Block::Table(table)]))
}

/// The cells of a run, each number with its name.
fn bound(run: &RunRow, texts: &[String]) -> Vec<Value> {
    let mut cells: Vec<Value> = texts.iter().map(Value::text).collect();
    let Some(record) = run.record.as_ref().filter(|record| record.state == RunState::Done) else {
        return cells;
    };
    let origin = Origin::new(&["runs", &texts[0]]).n(format!("{} test cases", record.cases[2]));
    for (at, name) in [(8, "auc"), (9, "accuracy")] {
        let found = record.metrics.iter().find(|m| m.metric == name && m.class.is_none());
        let value = found.and_then(|m| m.value);
        cells[at].bind(origin.bind(name, value, &texts[at], format!("{name} on the test cases")));
    }
    let made = &record.provenance;
    cells[12].bind(origin.bind(
        "seconds",
        made.seconds,
        &texts[12],
        "wall time, attempts added up",
    ));
    let speed = "training images per second, augmentation included";
    cells[13].bind(origin.bind("images_per_second", made.images_per_second, &texts[13], speed));
    cells
}

fn run_texts(run: &RunRow) -> Vec<String> {
    let spec = &run.spec;
    let done = run.record.as_ref().filter(|record| record.state == RunState::Done);
    let metric = |name: &str| {
        let found =
            done.and_then(|r| r.metrics.iter().find(|m| m.metric == name && m.class.is_none()));
        fixed(found.and_then(|m| m.value), 4)
    };
    let of = |f: &dyn Fn(&crate::records::Record) -> String| done.map_or("\u{2013}".into(), f);
    vec![
        spec.id().0,
        if spec.kind == RunKind::Pretraining { "pretraining".into() } else { "target".into() },
        spec.task.clone(),
        spec.model.clone(),
        spec.init.clone(),
        percent(spec.label_fraction),
        spec.seed.to_string(),
        run.state().into(),
        metric("auc"),
        metric("accuracy"),
        of(&|r| r.best_epoch.to_string()),
        of(&|r| r.cases[0].to_string()),
        of(&|r| format!("{:.1}", r.provenance.seconds)),
        of(&|r| format!("{:.1}", r.provenance.images_per_second)),
    ]
}
