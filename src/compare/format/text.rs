//! Aligned columns for a terminal.

use super::{all_footnotes, answer_sentences, heading, summary_table, test_table};
use crate::compare::analysis::Analysis;
use crate::text::Table;

pub(super) fn write(analysis: &Analysis) -> String {
    let comparison = &analysis.comparison;
    let mut out: String = heading(comparison).iter().map(|line| format!("{line}\n")).collect();
    out.push('\n');
    for sentence in answer_sentences(comparison, analysis.pooled.as_ref()) {
        out += &format!("{sentence}\n\n");
    }
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
    let length =
        |line: &Vec<String>, column| line.get(column).map_or(0, |f: &String| f.chars().count());
    let width = |column: usize| lines().map(|line| length(line, column)).max().unwrap_or(0);
    let widths: Vec<usize> = (0..table.head.len()).map(width).collect();
    let mut out = String::new();
    for line in lines() {
        let fields: Vec<String> = line
            .iter()
            .enumerate()
            .map(|(i, field)| {
                let width = widths.get(i).copied().unwrap_or(0);
                if table.numeric.get(i) == Some(&true) {
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
