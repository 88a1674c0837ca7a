//! GitHub-flavoured Markdown.

use super::{all_footnotes, answer_sentences, heading, summary_table, test_table};
use crate::compare::analysis::Analysis;
use crate::text::{Column, Table, Value};

pub(super) fn write(analysis: &Analysis) -> String {
    let comparison = &analysis.comparison;
    let lines = heading(comparison);
    let mut out: String = lines.iter().map(|line| format!("{}\n\n", escape(line))).collect();
    for (at, sentence) in answer_sentences(comparison, analysis.pooled.as_ref()).iter().enumerate()
    {
        let sentence = escape(sentence);
        out += &if at == 0 { format!("**{sentence}**\n\n") } else { format!("{sentence}\n\n") };
    }
    out += &table(&summary_table(comparison));
    if !comparison.rows.is_empty() {
        out.push('\n');
        out += &table(&test_table(comparison));
    }
    for (title, further) in analysis.further_tables() {
        out += &format!("\n{title}\n\n{}", table(&further));
    }
    out.push('\n');
    for note in all_footnotes(analysis) {
        out += &format!("- {}\n", escape(&note));
    }
    out
}

/// A table; columns of numbers stand to the right, the best is bold.
pub fn table(table: &Table) -> String {
    let line = |fields: Vec<String>| format!("| {} |\n", fields.join(" | "));
    let rule = |column: &Column| if column.kind.is_numeric() { "--:" } else { "---" };
    let mut out = line(table.columns.iter().map(|column| escape(&column.title)).collect());
    out += &line(table.columns.iter().map(|column| rule(column).into()).collect());
    out.extend(table.rows.iter().map(|row| line(row.iter().map(cell).collect())));
    out
}

fn cell(cell: &Value) -> String {
    let text = escape(&cell.text);
    let text = if cell.best { format!("**{text}**") } else { text };
    text + &escape(&cell.mark)
}

/// Brackets stay, because `\[` begins a formula for some readers; a link needs
/// a parenthesis after them, and loses that.
pub fn escape(text: &str) -> String {
    let mut last = ' ';
    text.chars().fold(String::new(), |mut out, c| {
        if "|\\`*_<>".contains(c) || (c == '(' && last == ']') {
            out.push('\\');
        }
        out.push(if c.is_control() { ' ' } else { c });
        last = c;
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_names_stay_text() {
        assert_eq!(escape("a|b <img> [x](y)\nz"), "a\\|b \\<img\\> [x]\\(y) z");
        let mut ends = Table::new([Column::words("a|b")]);
        ends.rows = vec![vec![Value::text("[0.1, 0.2]")]];
        assert_eq!(table(&ends), "| a\\|b |\n| --- |\n| [0.1, 0.2] |\n");
    }
}
