//! Mean, spread and interval per cell.

use super::columns::{count, ends, factors, interval, number, score};
use crate::compare::types::Comparison;
use crate::scores::Factor;
use crate::text::{Column, Table, Value, percent};

/// One row per cell.
pub fn summary_table(comparison: &Comparison) -> Table {
    let metric = &comparison.options.metric;
    let of = Factor::of_all(comparison.cells.iter().map(|summary| &summary.cell));
    let mut table = Table::new(factors(&of));
    table.columns.extend([
        Column::labels(),
        count("n", "n"),
        number("mean", "Mean"),
        number("sd", "SD"),
        interval("interval", "Interval"),
    ]);
    for summary in &comparison.cells {
        let over = summary.cell.unit.word();
        let how = match &summary.interval {
            Some(i) => format!("{} interval, {}", percent(i.confidence), i.method),
            None => summary.notes.join("; "),
        };
        let mut row: Vec<Value> =
            of.iter().map(|factor| Value::text(factor.level(&summary.cell))).collect();
        row.extend([
            Value::share(Some(summary.cell.label_fraction)),
            Value::number(summary.n, summary.n.to_string(), format!("{over} with a value")),
            score(metric, summary.mean, format!("{metric}, {}", comparison.mean_words())),
            score(metric, summary.sd, format!("sample standard deviation over {over}")),
            ends(metric, summary.interval.as_ref(), how),
        ]);
        table.rows.push(row);
    }
    table
}
