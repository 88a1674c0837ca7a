//! All tests of a metric.

use super::arrange::heads;
use crate::compare::Comparison;
use crate::compare::format::{self, Format, percent, test_table};
use crate::report::document::{Block, TableBlock, Value};

pub(super) fn tests_block(comparison: &Comparison, label: &str) -> Block {
    let table = test_table(comparison);
    let rows = table
        .rows
        .iter()
        .zip(&comparison.rows)
        .map(|(row, test)| {
            let mut cells: Vec<Value> = row.iter().map(Value::text).collect();
            let notes = test.notes.join("; ");
            let why = format!("{}: {}. {notes}", test.test, test.why);
            let statistic = match (test.t, test.df) {
                (Some(t), Some(df)) => format!("t = {t:.3}, {df:.1} degrees of freedom"),
                _ => notes.clone(),
            };
            for cell in &mut cells[5..7] {
                cell.title =
                    format!("mean of {} minus mean of {}; {statistic}", test.level, test.reference);
            }
            cells[7].title = format!(
                "{} over a family of {} tests; {statistic}",
                comparison.adjustment, comparison.family_size
            );
            cells[7].best = test.adjusted_p.is_some_and(|p| p < comparison.options.alpha);
            cells[8].title.clone_from(&statistic);
            cells[9].title = format!("Hedges' g, exact correction; {notes}");
            cells[10].title = why;
            cells
        })
        .collect();
    Block::Table(TableBlock {
        label: label.into(),
        number: 0,
        caption: format!(
            "All tests of {}: difference of means with its {} interval, {}-adjusted and raw \
             two-sided p, Hedges' g. Adjusted p below {} is bold.",
            comparison.options.metric,
            percent(comparison.options.confidence),
            comparison.adjustment,
            comparison.options.alpha
        ),
        head: heads(&table),
        rows,
        csv: format::write(comparison, Format::Csv),
    })
}
