//! `transfolio inspect`: what was understood of an input, without comparing anything.

use std::path::PathBuf;

use clap::Args;

use super::compare::Selection;
use super::out;
use crate::compare::Format;
use crate::compare::format::write_table;
use crate::frame::Results;
use crate::text::{Column, Kind, Table, Value};

/// Rows that are shown.
const ROWS: usize = 8;

/// Arguments of `inspect`.
#[derive(Debug, Args)]
pub struct InspectArgs {
    /// What `compare` takes: a study folder, tables of results, tables of cases; `-` is
    /// standard input
    #[arg(required = true)]
    pub inputs: Vec<PathBuf>,
    /// How it is read.
    #[command(flatten)]
    pub selection: Selection,
}

/// Shows what was understood, the first rows as read, and what was noticed.
pub fn run(args: &InspectArgs) -> anyhow::Result<()> {
    let results = Results::open_all(&args.inputs, &args.selection.reading()?)?;
    out::text(lines(&results, &args.selection)?)?;
    for text in &results.said {
        out::complain(format_args!("note: {text}"));
    }
    let table = first_rows(&results);
    out::text(format_args!("\n{}", write_table(&table, &results.further_notes(), Format::Text)))
}

/// Says on standard error what was understood, for commands whose own answer goes to
/// standard output.
pub(super) fn say(results: &Results, selection: &Selection) -> anyhow::Result<()> {
    out::complain(lines(results, selection)?.trim_end());
    for text in &results.said {
        out::complain(format_args!("note: {text}"));
    }
    Ok(())
}

fn lines(results: &Results, selection: &Selection) -> anyhow::Result<String> {
    let understood = results.understood(&selection.rules())?;
    let width = understood.iter().map(|line| line.about.len()).max().unwrap_or(0);
    let line = |line: &crate::frame::Understood| format!("{:width$}  {}\n", line.about, line.words);
    Ok(understood.iter().map(line).collect())
}

/// The head of the table, without columns that hold nothing.
fn first_rows(results: &Results) -> Table {
    let frame = results.frame.head(Some(ROWS));
    let text = |value: polars::prelude::AnyValue<'_>| match value {
        polars::prelude::AnyValue::Null => String::new(),
        polars::prelude::AnyValue::String(text) => text.to_string(),
        value => value.to_string(),
    };
    let columns: Vec<(Column, Vec<String>)> = frame
        .columns()
        .iter()
        .filter(|column| !results.lacking.iter().any(|name| name == column.name().as_str()))
        .map(|column| {
            let cells: Vec<String> = column.as_materialized_series().iter().map(text).collect();
            let kind = if column.dtype().is_numeric() { Kind::Number } else { Kind::Words };
            (Column::titled(kind, column.name().to_string()), cells)
        })
        .filter(|(column, cells)| {
            let nothing = |cell: &String| cell.is_empty() || (column.title == "n" && cell == "0");
            !cells.iter().all(nothing)
        })
        .collect();
    let row = |at: usize| columns.iter().map(|(_, cells)| Value::text(&cells[at])).collect();
    Table {
        rows: (0..frame.height()).map(row).collect(),
        columns: columns.iter().map(|(column, _)| column.clone()).collect(),
    }
}
