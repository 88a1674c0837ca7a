//! All tests of a metric.

use super::columns::{
    both_p, count, ends, factors, interval, number, p, p_cell, pair, score, verdict,
};
use crate::compare::POWER;
use crate::compare::types::{Comparison, ComparisonRow};
use crate::scores::{Block, Metric, Unit, Verdict};
use crate::text::{Column, Table, Value, fixed, percent};

/// One row per test; the adjusted p stands before the raw one. Where a margin is
/// stated, the adjusted p of equivalence follows.
pub fn test_table(comparison: &Comparison) -> Table {
    let shared = Block::columns(comparison.rows.iter().map(|row| &row.block));
    let by_fraction = comparison.rows.iter().any(|row| row.block.label_fraction.is_some());
    let margin = comparison.options.margin.is_some();
    let mut table = Table::new(factors(&shared));
    table.columns.extend(by_fraction.then(Column::labels));
    table.columns.extend(pair());
    table.columns.extend([
        verdict(),
        number("difference", "Difference"),
        interval("interval", "Interval"),
    ]);
    table.columns.extend(both_p());
    table.columns.extend(margin.then(|| p("equivalence_p", "Equivalence p")));
    table.columns.extend([number("hedges_g", "Hedges' g"), Column::words("Test"), count("n", "n")]);
    for test in &comparison.rows {
        let level = |factor| Value::text(test.block.level(factor).unwrap_or_default());
        let mut row: Vec<Value> = shared.iter().map(|factor| level(factor.name())).collect();
        row.extend(by_fraction.then(|| Value::share(test.block.label_fraction)));
        row.extend([Value::text(&test.level), Value::text(&test.reference)]);
        row.extend(numbers(test, comparison));
        table.rows.push(row);
    }
    table
}

fn numbers(test: &ComparisonRow, comparison: &Comparison) -> Vec<Value> {
    let metric = &comparison.options.metric;
    let word = test.verdict.map_or("\u{2013}", Verdict::word);
    let adjusted = format!(
        "p, {}-adjusted over the family {:?} of {} tests",
        comparison.adjustment, test.family, test.family_size
    );
    let mut cells = vec![
        Value::number(word, word, "interval, margin and adjusted p together")
            .with_note(outlook(test, metric)),
        score(metric, test.difference, &test.estimand),
        ends(metric, test.interval.as_ref(), interval_words(test, metric)),
        p_cell(test.adjusted_p, adjusted),
        p_cell(test.p, format!("two-sided, {}", test.test.name())).with_note(statistic(test)),
    ];
    if comparison.options.margin.is_some() {
        let how = "p of two one-sided tests of the margin, adjusted over those of all rows";
        cells.push(p_cell(test.adjusted_equivalence_p, how));
    }
    let why = format!("{}: {}. {}", test.test.name(), test.why, test.notes.join("; "));
    let effect = "Hedges' g, exact small-sample correction";
    let counts = match test.unit {
        Unit::Cases => "cases with a value, on each side",
        _ => "seeds with a value, on each side",
    };
    let n = sizes(test.n);
    cells.extend([
        Value::number(test.hedges_g, fixed(test.hedges_g, 2), effect),
        Value::noted(test.test.name(), why.trim_end()),
        Value::number(n.as_str(), n.as_str(), counts),
    ]);
    cells
}

fn sizes([level, reference]: [usize; 2]) -> String {
    if level == reference { level.to_string() } else { format!("{level}, {reference}") }
}

fn statistic(test: &ComparisonRow) -> String {
    let name = &test.statistic_name;
    match (test.statistic, test.df) {
        (Some(t), Some(df)) => format!("{name} = {t:.3}, {df:.1} degrees of freedom"),
        (Some(value), None) => format!("{name} = {value}"),
        _ => test.notes.join("; "),
    }
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
