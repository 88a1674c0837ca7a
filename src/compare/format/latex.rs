//! LaTeX tables with booktabs.

use super::latex_table::tabular;
use super::{all_footnotes, heading, summary_table, test_table};
use crate::compare::analysis::Analysis;

pub(super) fn write(analysis: &Analysis) -> String {
    let comparison = &analysis.comparison;
    let mut out = String::from("% needs \\usepackage{booktabs}\n");
    for line in heading(comparison) {
        out += &format!("% {}\n", line.replace('\n', " "));
    }
    out += &tabular(&summary_table(comparison));
    if !comparison.rows.is_empty() {
        out.push('\n');
        out += &tabular(&test_table(comparison));
    }
    for (title, further) in analysis.further_tables() {
        out += &format!("\n% {title}\n{}", tabular(&further));
    }
    for note in all_footnotes(analysis) {
        out += &format!("% {}\n", note.replace('\n', " "));
    }
    out
}
