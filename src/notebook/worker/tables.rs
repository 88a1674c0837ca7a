//! The tables of a study, by name.

use std::path::Path;
use std::sync::Arc;

use polars::prelude::{AnyValue, DataFrame};
use serde_json::{Value, json};

use super::analyses::Analyses;
use super::columns::{Typed, number};
use super::options::Asked;
use super::run_tables;
use crate::compare::{Comparison, Ledger, TestKind};
use crate::frame::{Reading, Results};
use crate::notebook::NotebookError;
use crate::records::{Depth, Planned, RunState, StudyDir, find};
use crate::report::{PartCell, Parts, TablePart};
use crate::scores::{Better, Block, Factor, Verdict};
use crate::text::Kind;

/// Tables with columns made for cells; the others are those of the report.
const NAMES: [&str; 13] = [
    "results",
    "runs",
    "histories",
    "predictions",
    "case_values",
    "metrics",
    "tests_of_all_metrics",
    "summary",
    "tests",
    "claims",
    "robustness",
    "cases",
    "ledger",
];

/// A table by its name.
pub(super) fn table(
    analyses: &mut Analyses,
    source: &Path,
    reading: &Reading,
    asked: &Asked,
    name: &str,
) -> Result<Value, NotebookError> {
    Ok(match name {
        "results" => results(&*analyses.results(source, reading)?).json(),
        "runs" => runs(&*analyses.results(source, reading)?)?.json(),
        "histories" => run_tables::histories(&*analyses.results(source, reading)?)?.json(),
        "predictions" => run_tables::predictions(&*analyses.results(source, reading)?)?.json(),
        "case_values" => run_tables::case_values(&*analyses.results(source, reading)?)?.json(),
        "metrics" => metrics(&analyses.of_all_metrics(source, reading, asked)?).json(),
        "tests_of_all_metrics" => {
            all_tests(&analyses.of_all_metrics(source, reading, asked)?).json()
        }
        "summary" => summary(&*analyses.comparison(source, reading, asked)?).json(),
        "tests" => tests(&*analyses.comparison(source, reading, asked)?).json(),
        "ledger" => ledger(&analyses.full(source, reading, asked)?.ledger).json(),
        other => of_report(other, &*analyses.parts(source, reading, asked)?)?,
    })
}

/// A table of the report by its name there; `direction-tests` and
/// `direction_tests` are one.
fn of_report(name: &str, parts: &Parts) -> Result<Value, NotebookError> {
    let wanted = name.trim_start_matches("tab-").replace('_', "-");
    if let Some(part) = parts.tables.iter().find(|part| part.name == wanted) {
        return Ok(of_part(part).json());
    }
    // Tables that a report has where there is something to put in.
    let missing = match wanted.as_str() {
        "claims" | "robustness" => "the study states no claim",
        "cases" => "there are no predictions or values of single cases beside the runs",
        "granularity" => "no init has a granularity, or all have the same",
        "curves" | "efficiency" => "there is one label fraction",
        "answers" => "there is nothing to average over tasks",
        _ => "",
    };
    let others = parts.tables.iter().map(|part| part.name.as_str());
    let mut known: Vec<&str> = NAMES.into_iter().filter(|name| !ABSENT.contains(name)).collect();
    known.extend(others.filter(|name| !NAMES.contains(name)));
    let missing = if missing.is_empty() { String::new() } else { format!(": {missing}") };
    Err(NotebookError::setup(
        format!("there is no table {name:?} of these results{missing}"),
        format!("there are {}", known.join(", ")),
    ))
}

/// Names that are there only where the report has them.
const ABSENT: [&str; 3] = ["claims", "robustness", "cases"];

/// A table of the report, with its caption as a note.
fn of_part(part: &TablePart) -> Typed {
    let heads: Vec<String> = (part.columns.iter())
        .map(|column| {
            let mark = match column.kind {
                Kind::Name | Kind::Words => '"',
                Kind::Number | Kind::Interval => '#',
                Kind::Count => '1',
                Kind::Share => '%',
                Kind::P => 'p',
            };
            format!("{mark}{}", column.name)
        })
        .collect();
    let mut table = Typed::new(part.name.clone(), &heads);
    for row in &part.rows {
        let cell = |cell: &PartCell| match cell {
            PartCell::Empty => Value::Null,
            PartCell::Text(text) => json!(text),
            PartCell::Number(value) => number(Some(*value)),
        };
        table.row(row.iter().map(cell).collect());
    }
    table.note(&part.caption);
    table
}

/// Every figure and table that can be asked for by name.
pub(super) fn contents(parts: &Parts) -> Typed {
    let heads = ["\"kind", "\"name", "\"section", "\"what"];
    let mut table = Typed::new("what can be asked for", &heads);
    for part in &parts.figures {
        table.row(vec![
            json!("figure"),
            json!(part.name),
            json!(part.section),
            json!(first_sentence(&part.caption)),
        ]);
    }
    for part in &parts.tables {
        table.row(vec![
            json!("table"),
            json!(part.name),
            json!(part.section),
            json!(first_sentence(&part.caption)),
        ]);
    }
    table.note("study.figure(NAME) draws a figure, study.table(NAME) gives a table");
    table
}

fn first_sentence(text: &str) -> &str {
    text.split_once(". ").map_or(text, |(first, _)| first).trim_end_matches('.')
}

/// One row per metric: what is known of it, and what its comparison came to.
fn metrics(all: &[Arc<Comparison>]) -> Typed {
    let mut table = Typed::new(
        "metrics",
        &[
            "\"metric",
            "\"title",
            "\"better",
            "1values",
            "#mean",
            "1comparisons",
            "1better",
            "1worse",
            "1equivalent",
            "1open",
        ],
    );
    for comparison in all {
        let metric = &comparison.options.metric;
        let count = |wanted: &[Verdict]| {
            let found = comparison.rows.iter().filter_map(|row| row.verdict);
            json!(found.filter(|verdict| wanted.contains(verdict)).count())
        };
        let values: usize = comparison.cells.iter().map(|cell| cell.n).sum();
        let means = comparison.cells.iter().filter_map(|cell| cell.mean);
        let cells = means.clone().count();
        table.row(vec![
            json!(metric.key),
            json!(metric.title()),
            json!(match metric.better {
                Better::Higher => "higher",
                Better::Lower => "lower",
                Better::Unknown => "not known",
            }),
            json!(values),
            number((cells > 0).then(|| means.sum::<f64>() / cells as f64)),
            json!(comparison.rows.len()),
            count(&[Verdict::Better, Verdict::Higher]),
            count(&[Verdict::Worse, Verdict::Lower]),
            count(&[Verdict::Equivalent]),
            count(&[Verdict::Inconclusive]),
        ]);
    }
    table.note("mean: over the means of all cells");
    table.note("better, worse: of a metric without a known direction, higher and lower");
    table
}

/// The tests of every metric below each other; p is adjusted within a metric.
fn all_tests(all: &[Arc<Comparison>]) -> Typed {
    let of_each = all.iter().map(|comparison| {
        let metric = &comparison.options.metric.key;
        (json!(metric), tests(comparison))
    });
    let mut joined = Typed::stacked("tests of all metrics", "metric", of_each);
    joined.note("each metric is a family of its own: p is adjusted within it");
    joined
}

/// The long table, column for column.
fn results(results: &Results) -> Typed {
    let frame: &DataFrame = &results.frame;
    let further: Vec<String> = results.others.iter().map(|name| format!("\"{name}")).collect();
    let mut heads = vec!["\"task", "\"model", "\"init", "\"granularity"];
    heads.extend(further.iter().map(String::as_str));
    heads.extend([
        "%label_fraction",
        "1seed",
        "\"metric",
        "\"class",
        "#value",
        "\"undefined",
        "1n",
    ]);
    let mut table = Typed::new("results", &heads);
    for row in 0..frame.height() {
        let cell = |head: &&str| {
            let column = frame.column(&head[1..]).ok()?;
            let value = column.get(row).ok().map(|value| json_of(&value));
            // Of how many cases a value is, a table of one's own rarely says.
            value.filter(|value| **head != *"1n" || *value != json!(0))
        };
        table.row(heads.iter().map(|head| cell(head).unwrap_or(Value::Null)).collect());
    }
    for note in &results.notes {
        table.note(note);
    }
    if !results.summaries.is_empty() {
        table.note(format!(
            "{} further cells are known by mean, standard deviation and n alone: see the table summary",
            results.summaries.len()
        ));
    }
    table
}

fn json_of(value: &AnyValue<'_>) -> Value {
    match value {
        AnyValue::Null => Value::Null,
        AnyValue::String(text) => json!(text),
        AnyValue::StringOwned(text) => json!(text.as_str()),
        AnyValue::Float64(value) => number(Some(*value)),
        AnyValue::UInt64(value) => json!(value),
        AnyValue::Int64(value) => json!(value),
        other => json!(other.to_string()),
    }
}

/// Every run of a study and how it ended.
fn runs(results: &Results) -> Result<Typed, NotebookError> {
    let mut table = Typed::new(
        "runs",
        &[
            "\"task",
            "\"model",
            "\"init",
            "%label_fraction",
            "1seed",
            "\"state",
            "1epochs",
            "#seconds",
            "\"reason",
        ],
    );
    let Some(study) = &results.study else {
        return Err(NotebookError::Request(
            "a CSV has no runs; open the folder of a study, or ask for the table results".into(),
        ));
    };
    let dir = StudyDir::new(&results.source);
    let planned = Planned::of(study);
    for id in &study.runs {
        // Believed as far as `compare` and `report` believe them.
        let (spec, record) = find(&dir, id, &planned, Depth::Usual)?.believed();
        let (state, reason) = match record.as_ref().map(|record| &record.state) {
            Some(RunState::Done) => ("done", Value::Null),
            Some(RunState::Failed { reason, .. }) => ("failed", json!(reason)),
            None => ("not run", Value::Null),
        };
        table.row(vec![
            json!(spec.task),
            json!(spec.model),
            json!(spec.init),
            number(Some(spec.label_fraction)),
            json!(spec.seed),
            json!(state),
            record.as_ref().map_or(Value::Null, |record| json!(record.epochs)),
            number(record.as_ref().map(|record| record.provenance.seconds)),
            reason,
        ]);
    }
    Ok(table)
}

/// Mean, spread and interval per cell.
fn summary(comparison: &Comparison) -> Typed {
    let factors = Factor::of_all(comparison.cells.iter().map(|summary| &summary.cell));
    let names: Vec<String> = factors.iter().map(|factor| format!("\"{factor}")).collect();
    let mut heads: Vec<&str> = names.iter().map(String::as_str).collect();
    heads.extend(["%label_fraction", "1n", "#mean", "#sd", "#low", "#high"]);
    let mut table =
        Typed::new(format!("summary of {}", comparison.options.metric.in_full()), &heads);
    for summary in &comparison.cells {
        let (cell, interval) = (&summary.cell, summary.interval.as_ref());
        let mut row: Vec<Value> = factors.iter().map(|f| json!(f.level(cell))).collect();
        row.extend([
            number(Some(cell.label_fraction)),
            json!(summary.n),
            number(summary.mean),
            number(summary.sd),
            number(interval.map(|interval| interval.low)),
            number(interval.map(|interval| interval.high)),
        ]);
        table.row(row);
        for note in &summary.notes {
            table.note(format!("{}: {note}", cell.words()));
        }
    }
    if let Some(interval) = comparison.cells.iter().find_map(|cell| cell.interval.as_ref()) {
        table.note(format!(
            "low and high: {} interval of the mean, {}",
            crate::text::percent(interval.confidence),
            interval.method
        ));
    }
    table
}

/// One row per test.
fn tests(comparison: &Comparison) -> Typed {
    let shared = Block::columns(comparison.rows.iter().map(|row| &row.block));
    let names: Vec<String> = shared.iter().map(|factor| format!("\"{factor}")).collect();
    let mut heads: Vec<&str> = names.iter().map(String::as_str).collect();
    let by_fraction = comparison.rows.iter().any(|row| row.block.label_fraction.is_some());
    heads.extend(by_fraction.then_some("%label_fraction"));
    heads.extend([
        "\"level",
        "\"reference",
        "\"verdict",
        "#difference",
        "#low",
        "#high",
        "padjusted_p",
        "praw_p",
        "#hedges_g",
        "\"test",
        "1n",
    ]);
    let noted = comparison.rows.iter().any(|row| !row.notes.is_empty());
    heads.extend(noted.then_some("\"notes"));
    let mut table = Typed::new(format!("tests of {}", comparison.options.metric.in_full()), &heads);
    for row in &comparison.rows {
        let interval = row.interval.as_ref();
        let level = |factor: &Factor| json!(row.block.level(factor.name()).unwrap_or_default());
        let mut fields: Vec<Value> = shared.iter().map(level).collect();
        fields.extend(by_fraction.then(|| number(row.block.label_fraction)));
        fields.extend([
            json!(row.level),
            json!(row.reference),
            row.verdict.map_or(Value::Null, |verdict| json!(verdict.word())),
            number(row.difference),
            number(interval.map(|interval| interval.low)),
            number(interval.map(|interval| interval.high)),
            number(row.adjusted_p),
            number(row.p),
            number(row.hedges_g),
            json!(row.test.name()),
            json!(row.n[0]),
        ]);
        let notes = (!row.notes.is_empty()).then(|| row.notes.join("; "));
        fields.extend(noted.then(|| json!(notes)));
        table.row(fields);
    }
    table.note(format!(
        "{} adjustment over {} test{} (one family); two-sided, alpha {}",
        comparison.adjustment,
        comparison.family_size,
        if comparison.family_size == 1 { "" } else { "s" },
        comparison.options.alpha
    ));
    for note in &comparison.notes {
        table.note(note);
    }
    table
}

/// Every test that was computed.
fn ledger(ledger: &Ledger) -> Typed {
    let mut table = Typed::new(
        "ledger",
        &[
            "\"family",
            "\"question",
            "\"test",
            "\"unit",
            "\"n",
            "#estimate",
            "padjusted_p",
            "praw_p",
            "\"note",
        ],
    );
    for entry in &ledger.entries {
        table.row(vec![
            json!(entry.family),
            json!(entry.question),
            json!(entry.test.map_or_else(String::new, TestKind::title)),
            json!(entry.unit.word()),
            json!(entry.n),
            number(entry.estimate),
            number(entry.adjusted_p),
            number(entry.p),
            json!(entry.note),
        ]);
    }
    table
}
