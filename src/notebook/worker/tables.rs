//! The tables of a study, by name.

use std::path::Path;

use polars::prelude::{AnyValue, DataFrame};
use serde_json::{Value, json};

use super::analyses::Analyses;
use super::columns::{Typed, number};
use super::options::Asked;
use crate::compare::format::{cases_table, claims_table, robustness_table};
use crate::compare::{Analysis, Comparison, Ledger, TestKind};
use crate::frame::{Reading, Results};
use crate::notebook::NotebookError;
use crate::records::{Depth, Planned, RunState, StudyDir, find};
use crate::scores::{Block, Factor};

const NAMES: &str = "results, runs, summary, tests, claims, robustness, cases or ledger";

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
        "summary" => summary(&*analyses.comparison(source, reading, asked)?).json(),
        "tests" => tests(&*analyses.comparison(source, reading, asked)?).json(),
        "claims" => {
            written("claims", &claims_table(&analyses.full(source, reading, asked)?.claims))
        }
        "robustness" => {
            written("robustness", &robustness_table(&analyses.full(source, reading, asked)?.claims))
        }
        "cases" => written("cases", &of_cases(&*analyses.full(source, reading, asked)?)),
        "ledger" => ledger(&analyses.full(source, reading, asked)?.ledger).json(),
        other => {
            return Err(NotebookError::Request(format!(
                "there is no table {other:?}; expected {NAMES}"
            )));
        }
    })
}

fn of_cases(analysis: &Analysis) -> crate::text::Table {
    cases_table(&analysis.cases, &analysis.comparison.options.metric)
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
            column.get(row).ok().map(|value| json_of(&value))
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
        table.row(fields);
    }
    table.note(format!(
        "{} adjustment over {} tests (one family); two-sided, alpha {}",
        comparison.adjustment, comparison.family_size, comparison.options.alpha
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

/// A table of finished strings.
fn written(title: &str, table: &crate::text::Table) -> Value {
    let heads: Vec<String> = table.head.iter().map(|head| format!("\"{head}")).collect();
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    let mut typed = Typed::new(title, &heads);
    for row in &table.rows {
        typed.row(row.iter().map(|text| json!(text)).collect());
    }
    typed.json()
}
