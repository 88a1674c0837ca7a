//! The two tables of a comparison, as finished strings.

use crate::compare::types::Comparison;
use crate::scores::{Block, Factor, Verdict};
use crate::text::{Table, fixed, p_value, percent};

/// Mean, spread and interval per cell.
pub fn summary_table(comparison: &Comparison) -> Table {
    let metric = &comparison.options.metric;
    let factors = Factor::of_all(comparison.cells.iter().map(|summary| &summary.cell));
    let titles: Vec<String> = factors.iter().map(Factor::title).collect();
    let mut head: Vec<&str> = titles.iter().map(String::as_str).collect();
    head.extend(["#Labels", "#n", "#Mean", "#SD", "#Interval"]);
    let mut table = Table::new(&head);
    for summary in &comparison.cells {
        let interval = summary.interval.as_ref();
        let mut row: Vec<String> = factors.iter().map(|f| f.level(&summary.cell)).collect();
        row.extend([
            percent(summary.cell.label_fraction),
            summary.n.to_string(),
            metric.text(summary.mean),
            metric.text(summary.sd),
            interval.map_or("\u{2013}".into(), |i| metric.ends(i.low, i.high)),
        ]);
        table.rows.push(row);
    }
    table
}

/// One row per test; the adjusted p stands before the raw one. Where a margin is
/// stated, the adjusted p of equivalence follows.
pub fn test_table(comparison: &Comparison) -> Table {
    let metric = &comparison.options.metric;
    let shared = Block::columns(comparison.rows.iter().map(|row| &row.block));
    let titles: Vec<String> = shared.iter().map(Factor::title).collect();
    let mut head: Vec<&str> = titles.iter().map(String::as_str).collect();
    let by_fraction = comparison.rows.iter().any(|row| row.block.label_fraction.is_some());
    if by_fraction {
        head.push("#Labels");
    }
    head.extend([
        "Level",
        "Reference",
        "Verdict",
        "#Difference",
        "#Interval",
        "#Adjusted p",
        "#Raw p",
    ]);
    let margin = comparison.options.margin.is_some();
    head.extend(margin.then_some("#Equivalence p"));
    head.extend(["#Hedges' g", "Test", "#n"]);
    let mut table = Table::new(&head);
    for row in &comparison.rows {
        let level = |factor: &Factor| row.block.level(factor.name()).unwrap_or_default().into();
        let mut fields: Vec<String> = shared.iter().map(level).collect();
        fields.extend(by_fraction.then(|| row.block.fraction_words()));
        fields.extend([
            row.level.clone(),
            row.reference.clone(),
            row.verdict.map_or("\u{2013}", Verdict::word).into(),
            metric.text(row.difference),
            row.interval.as_ref().map_or("\u{2013}".into(), |i| metric.ends(i.low, i.high)),
            p_value(row.adjusted_p),
            p_value(row.p),
        ]);
        fields.extend(margin.then(|| p_value(row.adjusted_equivalence_p)));
        fields.extend([fixed(row.hedges_g, 2), row.test.name(), sizes(row.n)]);
        table.rows.push(fields);
    }
    table
}

fn sizes([level, reference]: [usize; 2]) -> String {
    if level == reference { level.to_string() } else { format!("{level}, {reference}") }
}
