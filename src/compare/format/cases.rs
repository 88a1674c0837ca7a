//! The two sources of variance as tables.

use super::columns::{
    block_cells, block_columns, count, ends, interval, number, p, p_cell, pair, score,
};
use crate::compare::TestKind;
use crate::compare::cases::{CaseRow, ClassRow};
use crate::compare::types::Interval;
use crate::scores::{Block, Metric};
use crate::text::{Column, Table, Value};

/// Columns for what compared runs share.
fn shared(block: Option<&Block>) -> Vec<Column> {
    block_columns(block).into_iter().chain([Column::labels()]).collect()
}

fn levels(block: &Block) -> Vec<Value> {
    block_cells(block).into_iter().chain([Value::share(block.label_fraction)]).collect()
}

/// One row per comparison.
pub fn cases_table(rows: &[CaseRow], metric: &Metric) -> Table {
    let mut table =
        Table::new(shared(rows.first().map(|row| &row.block)).into_iter().chain(pair()));
    table.columns.extend([
        number("difference", "Difference"),
        number("se_seeds", "SE over seeds"),
        number("se_cases", "SE over cases"),
        interval("over_cases", "Over cases"),
        interval("interval", "Over both"),
        p("delong_p", "DeLong p"),
        count("seeds", "Seeds"),
        count("cases", "Cases"),
    ]);
    for row in rows {
        let notes = row.notes.join("; ");
        let over = |interval: Option<&Interval>| {
            ends(metric, interval, interval.map_or(notes.as_str(), |i| &i.method))
        };
        let test = match row.adjusted_p {
            Some(_) => {
                let name = row.test.map_or_else(String::new, TestKind::name);
                format!("{name}, adjusted within its family")
            }
            None => notes.clone(),
        };
        let se = "standard error of the difference";
        let patients = format!("{} cases of {} patients", row.cases, row.patients);
        let mut cells = levels(&row.block);
        cells.extend([
            Value::text(&row.level),
            Value::text(&row.reference),
            score(metric, row.difference, "mean difference").with_note(&notes),
            score(metric, row.se_seeds, format!("{se} over seeds")),
            score(metric, row.se_cases, format!("{se} over cases")),
            over(row.over_cases.as_ref()),
            over(row.over_both.as_ref()),
            p_cell(row.adjusted_p, test),
            Value::count(row.seeds),
            Value::count(row.cases).with_note(patients),
        ]);
        table.rows.push(cells);
    }
    table
}

/// One row per comparison and class.
pub fn classes_table(rows: &[ClassRow], metric: &Metric) -> Table {
    let mut table = Table::new(shared(rows.first().map(|row| &row.block)));
    table.columns.push(Column::name("Class"));
    table.columns.extend(pair());
    table.columns.extend([
        number("difference", "Difference"),
        number("se_seeds", "SE over seeds"),
        number("se_cases", "SE over cases"),
        p("seeds_p", "p over seeds"),
        p("cases_p", "p over cases"),
        count("seeds", "Seeds"),
        count("cases", "Cases"),
    ]);
    for row in rows {
        let difference = "mean over seeds of the difference of AUCs";
        let seeds = "paired t test over seeds, adjusted over all rows";
        let mut cells = levels(&row.block);
        cells.extend([
            Value::text(&row.class),
            Value::text(&row.level),
            Value::text(&row.reference),
            score(metric, row.difference, difference).with_note(&row.note),
            score(metric, row.se_seeds, "standard error over seeds, the cases fixed"),
            score(metric, row.se_cases, "standard error over cases, the runs fixed"),
            p_cell(row.seeds_adjusted_p, seeds),
            p_cell(row.cases_adjusted_p, "DeLong's test over cases, adjusted over all rows"),
            Value::count(row.seeds),
            Value::count(row.cases),
        ]);
        table.rows.push(cells);
    }
    table
}
