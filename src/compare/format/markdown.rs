//! GitHub-flavoured Markdown.

use super::{Table, footnotes, summary_table, test_table};
use crate::compare::analysis::Analysis;

pub(super) fn write(analysis: &Analysis) -> String {
    let comparison = &analysis.comparison;
    let mut out = table(&summary_table(comparison));
    if !comparison.rows.is_empty() {
        out.push('\n');
        out += &table(&test_table(comparison));
    }
    for (title, further) in analysis.further_tables() {
        out += &format!("\n{title}\n\n{}", table(&further));
    }
    out.push('\n');
    for note in footnotes(comparison).into_iter().chain(analysis.further_notes()) {
        out += &format!("- {}\n", escape(&note));
    }
    out
}

pub(super) fn table(table: &Table) -> String {
    let line = |fields: &[String]| {
        let fields: Vec<String> = fields.iter().map(|f| escape(f)).collect();
        format!("| {} |\n", fields.join(" | "))
    };
    let rule: Vec<&str> =
        table.numeric.iter().map(|numeric| if *numeric { "--:" } else { "---" }).collect();
    let mut out = line(&table.head);
    out += &format!("| {} |\n", rule.join(" | "));
    for row in &table.rows {
        out += &line(row);
    }
    out
}

fn escape(text: &str) -> String {
    text.chars().fold(String::new(), |mut out, c| {
        if "|\\`*_<>[]".contains(c) && c != '[' && c != ']' {
            out.push('\\');
        }
        out.push(if c == '\n' { ' ' } else { c });
        out
    })
}
