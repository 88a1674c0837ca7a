//! Aligned columns for a terminal.

use super::{all_footnotes, answer_sentences, heading, summary_table, test_table};
use crate::compare::analysis::Analysis;

pub(super) fn write(analysis: &Analysis) -> String {
    let comparison = &analysis.comparison;
    let mut out: String = heading(comparison).iter().map(|line| format!("{line}\n")).collect();
    out.push('\n');
    for sentence in answer_sentences(comparison, analysis.pooled.as_ref()) {
        out += &format!("{sentence}\n\n");
    }
    out += &summary_table(comparison).aligned();
    if !comparison.rows.is_empty() {
        out += "\nComparisons\n\n";
        out += &test_table(comparison).aligned();
    }
    for (title, table) in analysis.further_tables() {
        out += &format!("\n{title}\n\n{}", table.aligned());
    }
    out.push('\n');
    for note in all_footnotes(analysis) {
        out += &format!("{note}\n");
    }
    out
}
