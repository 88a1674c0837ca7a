//! LaTeX tables with booktabs.

use super::{Table, footnotes, summary_table, test_table};
use crate::compare::analysis::Analysis;

pub(super) fn write(analysis: &Analysis) -> String {
    let comparison = &analysis.comparison;
    let mut out = String::from("% needs \\usepackage{booktabs}\n");
    out += &table(&summary_table(comparison));
    if !comparison.rows.is_empty() {
        out.push('\n');
        out += &table(&test_table(comparison));
    }
    for (title, further) in analysis.further_tables() {
        out += &format!("\n% {title}\n{}", table(&further));
    }
    for note in footnotes(comparison).into_iter().chain(analysis.further_notes()) {
        out += &format!("% {}\n", note.replace('\n', " "));
    }
    out
}

pub(super) fn table(table: &Table) -> String {
    let columns: String = table.numeric.iter().map(|n| if *n { 'r' } else { 'l' }).collect();
    let line = |fields: &[String]| {
        let fields: Vec<String> = fields.iter().map(|f| escape(f)).collect();
        format!("{} \\\\\n", fields.join(" & "))
    };
    let mut out =
        format!("\\begin{{tabular}}{{{columns}}}\n\\toprule\n{}\\midrule\n", line(&table.head));
    for row in &table.rows {
        out += &line(row);
    }
    out + "\\bottomrule\n\\end{tabular}\n"
}

/// Text that came from data, safe in LaTeX.
fn escape(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '\\' => out += "\\textbackslash{}",
            '~' => out += "\\textasciitilde{}",
            '^' => out += "\\textasciicircum{}",
            '<' => out += "\\textless{}",
            '>' => out += "\\textgreater{}",
            '\u{2013}' => out += "--",
            '[' => out += "{[}",
            ']' => out += "{]}",
            '&' | '%' | '$' | '#' | '_' | '{' | '}' => {
                out.push('\\');
                out.push(c);
            }
            '\n' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn hostile_names_stay_text() {
        assert_eq!(super::escape("a_b & 5 %\\x"), "a\\_b \\& 5 \\%\\textbackslash{}x");
    }
}
