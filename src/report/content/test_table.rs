//! All tests of a metric.

use super::arrange::heads;
use super::origins::Origins;
use crate::compare::format::{self, test_table};
use crate::compare::{Comparison, ComparisonRow, POWER};
use crate::report::document::{Block, TableBlock, Value};
use crate::scores::Metric;
use crate::text::percent;

/// Beyond this many the table is thinned, and says so.
const MOST_TESTS: usize = 1000;

pub(super) fn tests_block(comparison: &Comparison, label: &str, origins: &Origins<'_>) -> Block {
    let table = test_table(comparison);
    let metric = &comparison.options.metric;
    let at = |head: &str| table.column(head).unwrap_or_default();
    let [verdict_at, difference, ends_at] = ["Verdict", "Difference", "Interval"].map(at);
    let [adjusted_at, raw, effect_at] = ["Adjusted p", "Raw p", "Hedges' g"].map(at);
    let [test_at, n] = ["Test", "n"].map(at);
    let equivalence_at = table.column("Equivalence p");
    let rows = table
        .rows
        .iter()
        .zip(&comparison.rows)
        .take(MOST_TESTS)
        .map(|(row, test)| {
            let mut cells: Vec<Value> = row.iter().map(Value::text).collect();
            let notes = test.notes.join("; ");
            let why = format!("{}: {}. {notes}", test.test.name(), test.why).trim_end().to_string();
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
            let word = row[verdict_at].as_str();
            cells[verdict_at].bind(origin.bind("verdict", word, word, verdict));
            let shown = &row[difference];
            cells[difference].bind(origin.bind(
                "difference",
                test.difference,
                shown,
                &test.estimand,
            ));
            cells[ends_at].bind(origin.bind("interval", ends, &row[ends_at], how));
            let p = test.adjusted_p;
            cells[adjusted_at].bind(origin.bind("adjusted_p", p, &row[adjusted_at], adjusted));
            cells[adjusted_at].best = p.is_some_and(|p| p < comparison.options.alpha);
            cells[raw].bind(origin.bind(
                "p",
                test.p,
                &row[raw],
                format!("two-sided, {}", test.test.name()),
            ));
            cells[raw].title.clone_from(&statistic);
            if let Some(at) = equivalence_at {
                let p = test.adjusted_equivalence_p;
                let how = "p of two one-sided tests of the margin, adjusted over those of all rows";
                cells[at].bind(origin.bind("equivalence_p", p, &row[at], how));
            }
            let effect = "Hedges' g, exact small-sample correction";
            cells[effect_at].bind(origin.bind("hedges_g", test.hedges_g, &row[effect_at], effect));
            cells[n].bind(origin.bind("n", row[n].as_str(), &row[n], counts));
            cells[verdict_at].title = outlook(test, metric);
            cells[test_at] = Value::noted(&row[test_at], why);
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
            metric.axis(),
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
fn outlook(test: &ComparisonRow, metric: &Metric) -> String {
    let power = percent(POWER);
    let seen =
        test.detectable.map_or("the smallest detectable difference is unknown".into(), |d| {
            format!(
                "differences from {} on are found with {power} power",
                metric.with_unit(Some(d))
            )
        });
    match test.further_runs {
        Some(0) | None => seen,
        Some(n) => format!(
            "{seen}; if estimate and spread stayed as they are, {n} further runs per side would decide"
        ),
    }
}
