//! All tests of a metric, with what the page says beside them.

use super::origins::Origins;
use crate::compare::Comparison;
use crate::compare::format::{self, test_table};
use crate::report::document::{Block, TableBlock};
use crate::text::percent;

/// Beyond this many the table is thinned, and says so.
const MOST_TESTS: usize = 1000;
/// More families than this are counted, not named.
const MOST_FAMILIES: usize = 8;

pub(super) fn tests_block(comparison: &Comparison, label: &str, origins: &Origins<'_>) -> Block {
    let options = &comparison.options;
    let mut table = test_table(comparison);
    for (cell, test) in table.cells_mut("adjusted_p").zip(&comparison.rows) {
        cell.best = test.adjusted_p.is_some_and(|p| p < options.alpha);
    }
    let caption = format!(
        "All tests of {}: difference with its single {} interval, {}-adjusted and raw two-sided \
         p, Hedges' g. Adjusted p below {} is bold.{}",
        options.metric.axis(),
        percent(options.confidence),
        comparison.adjustment,
        options.alpha,
        families(comparison)
    );
    let rows = comparison.rows.iter().map(|test| origins.test(test, comparison));
    let block = TableBlock::new(label, caption, table).with_csv(format::comparison_csv(comparison));
    Block::Table(block.owned(MOST_TESTS, rows))
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
