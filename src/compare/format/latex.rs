//! LaTeX tables with booktabs.

use super::latex_table::{LatexCell, LatexTable};
use super::{all_footnotes, heading, summary_table, test_table};
use crate::compare::analysis::Analysis;
use crate::text::Table;

pub(super) fn write(analysis: &Analysis) -> String {
    let comparison = &analysis.comparison;
    let mut out = String::from("% needs \\usepackage{booktabs}\n");
    for line in heading(comparison) {
        out += &format!("% {}\n", line.replace('\n', " "));
    }
    out += &table(&summary_table(comparison));
    if !comparison.rows.is_empty() {
        out.push('\n');
        out += &table(&test_table(comparison));
    }
    for (title, further) in analysis.further_tables() {
        out += &format!("\n% {title}\n{}", table(&further));
    }
    for note in all_footnotes(analysis) {
        out += &format!("% {}\n", note.replace('\n', " "));
    }
    out
}

pub(super) fn table(table: &Table) -> String {
    let cell = |text| LatexCell { text, best: false, mark: "" };
    let pairs = table.head.iter().zip(&table.numeric);
    let table = LatexTable {
        head: pairs.map(|(text, numeric)| (text.as_str(), *numeric)).collect(),
        rows: table.rows.iter().map(|row| row.iter().map(|t| cell(t.as_str())).collect()).collect(),
    };
    table.tabular()
}
