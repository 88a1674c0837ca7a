//! Aligned columns for a terminal.

use super::{all_footnotes, summary_table, test_table};
use crate::compare::analysis::Analysis;
use crate::text::Table;

pub(super) fn write(analysis: &Analysis) -> String {
    let comparison = &analysis.comparison;
    let mut out =
        format!("{} per task, model, init and label fraction\n\n", comparison.options.metric);
    out += &aligned(&summary_table(comparison));
    if !comparison.rows.is_empty() {
        out += "\nComparisons\n\n";
        out += &aligned(&test_table(comparison));
    }
    for (title, table) in analysis.further_tables() {
        out += &format!("\n{title}\n\n{}", aligned(&table));
    }
    out.push('\n');
    for note in all_footnotes(analysis) {
        out += &format!("{note}\n");
    }
    out
}

pub(super) fn aligned(table: &Table) -> String {
    let lines = || std::iter::once(&table.head).chain(&table.rows);
    let width = |column: usize| lines().map(|line| line[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..table.head.len()).map(width).collect();
    let mut out = String::new();
    for line in lines() {
        let fields: Vec<String> = line
            .iter()
            .enumerate()
            .map(|(i, field)| {
                let width = widths[i];
                if table.numeric[i] {
                    format!("{field:>width$}")
                } else {
                    format!("{field:width$}")
                }
            })
            .collect();
        out += fields.join("  ").trim_end();
        out.push('\n');
    }
    out
}
