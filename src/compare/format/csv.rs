//! Numbers at full precision, one row per test.

use crate::compare::types::{Comparison, Design};
use crate::scores::{Block, Factor};
use crate::text::csv_cell;

pub(super) fn write(comparison: &Comparison) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let shared = Block::columns(comparison.rows.iter().map(|row| &row.block));
    let by_fraction = comparison.rows.iter().any(|row| row.block.label_fraction.is_some());
    let number = |v: Option<f64>| v.map_or(String::new(), |v| v.to_string());
    // Writing to memory cannot fail.
    let head = ["metric", "better"].into_iter().chain(shared.iter().map(Factor::name));
    let head = head.chain(by_fraction.then_some("label_fraction"));
    let _ = writer.write_record(head.chain([
        "factor",
        "level",
        "reference",
        "design",
        "test",
        "unit",
        "n_level",
        "n_reference",
        "difference",
        "ci_low",
        "ci_high",
        "simultaneous_low",
        "simultaneous_high",
        "estimand",
        "statistic_name",
        "statistic",
        "df",
        "p",
        "adjusted_p",
        "adjustment",
        "family",
        "family_size",
        "hedges_g",
        "hedges_g_low",
        "hedges_g_high",
        "equivalence_p",
        "adjusted_equivalence_p",
        "verdict",
        "detectable",
        "further_runs",
        "notes",
    ]));
    for row in &comparison.rows {
        let design = match row.design {
            Design::Paired => "paired",
            Design::Independent => "independent",
            Design::Partial => "partial",
            Design::Summary => "summary",
        };
        let mut cells = vec![
            comparison.options.metric.key.clone(),
            comparison.options.metric.better.word().into(),
        ];
        let level = |factor: &Factor| row.block.level(factor.name()).unwrap_or_default().into();
        cells.extend(shared.iter().map(level));
        let fraction = row.block.label_fraction.map_or_else(String::new, |f| f.to_string());
        cells.extend(by_fraction.then_some(fraction));
        cells.extend([
            comparison.options.factors.to_string(),
            row.level.clone(),
            row.reference.clone(),
            design.into(),
            row.test.name(),
            row.unit.word().into(),
            row.n[0].to_string(),
            row.n[1].to_string(),
            number(row.difference),
            number(row.interval.as_ref().map(|i| i.low)),
            number(row.interval.as_ref().map(|i| i.high)),
            number(row.simultaneous.as_ref().map(|i| i.low)),
            number(row.simultaneous.as_ref().map(|i| i.high)),
            row.estimand.clone(),
            row.statistic_name.clone(),
            number(row.statistic),
            number(row.df),
            number(row.p),
            number(row.adjusted_p),
            comparison.adjustment.clone(),
            row.family.clone(),
            row.family_size.to_string(),
            number(row.hedges_g),
            number(row.hedges_g_interval.as_ref().map(|i| i.low)),
            number(row.hedges_g_interval.as_ref().map(|i| i.high)),
            number(row.equivalence_p),
            number(row.adjusted_equivalence_p),
            row.verdict.map_or(String::new(), |v| v.word().into()),
            number(row.detectable),
            row.further_runs.map_or(String::new(), |n| n.to_string()),
            row.notes.join("; "),
        ]);
        let _ = writer.write_record(cells.iter().map(|cell| csv_cell(cell)));
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}
