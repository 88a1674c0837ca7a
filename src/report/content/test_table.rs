//! All tests of a metric.

use super::arrange::heads;
use crate::compare::format::{self, fixed, percent, test_table};
use crate::compare::{Comparison, ComparisonRow, POWER};
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
            let name = &test.statistic_name;
            let statistic = match (test.statistic, test.df) {
                (Some(t), Some(df)) => format!("{name} = {t:.3}, {df:.1} degrees of freedom"),
                (Some(value), None) => format!("{name} = {value}"),
                _ => notes.clone(),
            };
            for cell in &mut cells[6..8] {
                cell.title = format!(
                    "{}, {} minus {}; {statistic}",
                    test.estimand, test.level, test.reference
                );
            }
            cells[8].title = format!(
                "{} over a family of {} tests; {statistic}",
                comparison.adjustment, comparison.family_size
            );
            cells[8].best = test.adjusted_p.is_some_and(|p| p < comparison.options.alpha);
            cells[9].title.clone_from(&statistic);
            cells[10].title = format!("Hedges' g, exact correction; {notes}");
            cells[5].title = outlook(test);
            cells[11].title = why;
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
        csv: format::comparison_csv(comparison),
    })
}

/// What the design can see, and what would decide.
fn outlook(test: &ComparisonRow) -> String {
    let power = percent(POWER);
    let seen =
        test.detectable.map_or("the smallest detectable difference is unknown".into(), |d| {
            format!("differences from {} on are found with {power} power", fixed(Some(d), 4))
        });
    match test.further_runs {
        Some(0) | None => seen,
        Some(n) => format!(
            "{seen}; if estimate and spread stayed as they are, {n} further runs per side would decide"
        ),
    }
}
