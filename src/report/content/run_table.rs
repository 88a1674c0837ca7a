//! Every run.

use super::arrange::section;
use crate::compare::format::{fixed, percent};
use crate::records::RunState;
use crate::report::bundle::RunRow;
use crate::report::document::{Block, Head, Section, TableBlock, Value};
use crate::spec::RunKind;

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
    let mut csv = csv::Writer::from_writer(Vec::new());
    let _ = csv.write_record(head.iter().map(|(name, _)| *name));
    let mut rows = Vec::new();
    for run in runs {
        let texts = run_texts(run);
        let _ = csv.write_record(&texts);
        if rows.len() < MOST_RUNS {
            rows.push(texts.into_iter().map(Value::text).collect());
        }
    }
    let thinned = if runs.len() > MOST_RUNS {
        format!(" The first {MOST_RUNS} of {} are shown; the CSV has all.", runs.len())
    } else {
        String::new()
    };
    let table = TableBlock {
        label: "tab-runs".into(),
        number: 0,
        caption: format!("All runs, each named by the hash of its specification.{thinned}"),
        head: head
            .iter()
            .map(|(text, numeric)| Head { text: (*text).into(), numeric: *numeric })
            .collect(),
        rows,
        csv: String::from_utf8(csv.into_inner().unwrap_or_default()).unwrap_or_default(),
    };
    Some(section("runs", "Runs", vec![Block::Table(table)]))
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
