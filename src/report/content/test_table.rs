//! All tests of a metric.

use super::arrange::heads;
use super::origins::Origins;
use crate::compare::format::{self, test_table};
use crate::compare::{Comparison, ComparisonRow, POWER};
use crate::report::document::{Block, TableBlock, Value};
use crate::scores::{Metric, Unit};
use crate::text::percent;

/// Beyond this many the table is thinned, and says so.
const MOST_TESTS: usize = 1000;
/// More families than this are counted, not named.
const MOST_FAMILIES: usize = 8;

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
            let how = interval_words(test, metric);
            let adjusted = format!(
                "p, {}-adjusted over the family {:?} of {} tests",
                comparison.adjustment, test.family, test.family_size
            );
            let verdict = "interval, margin and adjusted p together";
            let counts = match test.unit {
                Unit::Cases => "cases with a value, on each side",
                _ => "seeds with a value, on each side",
            };
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
        fold: String::new(),
        all: comparison.rows.len(),
        caption: format!(
            "All tests of {}: difference with its single {} interval, {}-adjusted and raw two-sided \
             p, Hedges' g. Adjusted p below {} is bold.{}",
            metric.axis(),
            percent(comparison.options.confidence),
            comparison.adjustment,
            comparison.options.alpha,
            families(comparison)
        ),
        head: heads(&table),
        rows,
        csv: format::comparison_csv(comparison),
    })
}

/// The method of the interval, and the one that covers with its family.
fn interval_words(test: &ComparisonRow, metric: &Metric) -> String {
    let single = test.interval.as_ref().map_or("", |i| i.method.as_str());
    match &test.simultaneous {
        Some(all) if test.family_size > 1 => format!(
            "{single}, of this test alone; together with its family {} ({})",
            metric.ends(all.low, all.high),
            all.method
        ),
        _ => single.into(),
    }
}

/// The families, where there are several.
fn families(comparison: &Comparison) -> String {
    let named = comparison.families.iter().map(|(name, size)| format!("{name} ({size})"));
    match comparison.families.len() {
        0 | 1 => String::new(),
        n if n > MOST_FAMILIES => format!(" There are {n} families of tests."),
        _ => format!(" Families of tests: {}.", named.collect::<Vec<_>>().join("; ")),
    }
}

/// What the design can see, and what would decide.
fn outlook(test: &ComparisonRow, metric: &Metric) -> String {
    let power = percent(POWER);
    let seen = match (&test.cannot, test.detectable) {
        (Some(reason), _) => reason.clone(),
        (None, Some(d)) => {
            let d = metric.with_unit(Some(d));
            format!(
                "differences from {d} on are found with {power} power by this test, adjustment \
                 included"
            )
        }
        (None, None) => "the smallest detectable difference is unknown".into(),
    };
    match test.further_runs {
        Some(0) | None => seen,
        Some(n) => format!(
            "{seen}; if estimate and spread stayed as they are, {n} further {} per side would decide",
            if test.unit == Unit::Seeds { "runs" } else { test.unit.word() }
        ),
    }
}
