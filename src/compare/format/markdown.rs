//! GitHub-flavoured Markdown.

use super::{all_footnotes, answer_sentences, heading, summary_table, test_table};
use crate::compare::analysis::Analysis;
use crate::text::Table;

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

pub(super) fn table(table: &Table) -> String {
    let line = |fields: &[String]| markdown_row(fields.iter().map(String::as_str));
    let mut out = line(&table.head);
    out += &markdown_rule(&table.numeric);
    for row in &table.rows {
        out += &line(row);
    }
    out
}

/// A row of a table of plain texts.
pub fn markdown_row<'a>(fields: impl Iterator<Item = &'a str>) -> String {
    let fields: Vec<String> = fields.map(escape).collect();
    format!("| {} |\n", fields.join(" | "))
}

/// The line below the head; columns of numbers stand to the right.
pub fn markdown_rule(numeric: &[bool]) -> String {
    let rule: Vec<&str> =
        numeric.iter().map(|numeric| if *numeric { "--:" } else { "---" }).collect();
    format!("| {} |\n", rule.join(" | "))
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
        assert_eq!(markdown_row(["[0.1, 0.2]"].into_iter()), "| [0.1, 0.2] |\n");
    }
}
