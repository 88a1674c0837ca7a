//! All tests of a metric.

use super::arrange::heads;
use super::names::metric_title;
use super::origins::Origins;
use crate::compare::format::{self, fixed, percent, test_table};
use crate::compare::{Comparison, ComparisonRow, POWER};
use crate::report::document::{Block, TableBlock, Value};

/// Beyond this many the table is thinned, and says so.
const MOST_TESTS: usize = 1000;

pub(super) fn tests_block(comparison: &Comparison, label: &str, origins: &Origins<'_>) -> Block {
    let table = test_table(comparison);
    let rows = table
        .rows
        .iter()
        .zip(&comparison.rows)
        .take(MOST_TESTS)
        .map(|(row, test)| {
            let mut cells: Vec<Value> = row.iter().map(Value::text).collect();
            let notes = test.notes.join("; ");
            let why = format!("{}: {}. {notes}", test.test, test.why).trim_end().to_string();
            let name = &test.statistic_name;
            let statistic = match (test.statistic, test.df) {
                (Some(t), Some(df)) => format!("{name} = {t:.3}, {df:.1} degrees of freedom"),
                (Some(value), None) => format!("{name} = {value}"),
                _ => notes.clone(),
            };
            let origin = origins.test(test, comparison);
            let ends = test.interval.as_ref().map(|i| (i.low, i.high));
            let how = test.interval.as_ref().map_or("", |i| i.method.as_str());
            let adjusted = format!(
                "p, {}-adjusted over a family of {} tests",
                comparison.adjustment, comparison.family_size
            );
            let verdict = "interval, margin and adjusted p together";
            let counts = "seeds with a value, on each side";
            cells[5].bind(origin.bind("verdict", row[5].as_str(), &row[5], verdict));
            cells[6].bind(origin.bind("difference", test.difference, &row[6], &test.estimand));
            cells[7].bind(origin.bind("interval", ends, &row[7], how));
            cells[8].bind(origin.bind("adjusted_p", test.adjusted_p, &row[8], adjusted));
            cells[8].best = test.adjusted_p.is_some_and(|p| p < comparison.options.alpha);
            cells[9].bind(origin.bind("p", test.p, &row[9], format!("two-sided, {}", test.test)));
            cells[9].title.clone_from(&statistic);
            let effect = "Hedges' g, exact small-sample correction";
            cells[10].bind(origin.bind("hedges_g", test.hedges_g, &row[10], effect));
            cells[12].bind(origin.bind("n", row[12].as_str(), &row[12], counts));
            cells[5].title = outlook(test);
            cells[11] = Value::noted(&row[11], why);
            cells
        })
        .collect();
    Block::Table(TableBlock {
        label: label.into(),
        number: 0,
        all: comparison.rows.len(),
        caption: format!(
            "All tests of {}: difference of means with its {} interval, {}-adjusted and raw \
             two-sided p, Hedges' g. Adjusted p below {} is bold.",
            metric_title(&comparison.options.metric),
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
