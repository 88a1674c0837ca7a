//! A table as LaTeX with booktabs.

use crate::text::{Column, Table, Value, latex_text};

/// Text cells longer than this make their column a paragraph.
const WRAPPED: usize = 40;
/// Width of such a column.
const PARAGRAPH: &str = "p{5cm}";

/// A `tabular`: needs booktabs.
pub fn tabular(table: &Table) -> String {
    format!(
        "\\begin{{tabular}}{{{}}}\n\\toprule\n{}\\midrule\n{}\\bottomrule\n\\end{{tabular}}\n",
        columns(table),
        head_line(table),
        body(table)
    )
}

/// A `longtable` over pages, with its caption and label: needs longtable, booktabs
/// and, where it is wide, lscape. `caption` is LaTeX.
pub fn longtable(table: &Table, caption: &str, label: &str) -> String {
    let head = head_line(table);
    let text = format!(
        "\\begin{{longtable}}{{{}}}\n\\caption{{{caption}}}\\label{{{label}}}\\\\\n\\toprule\n\
         {head}\\midrule\n\\endfirsthead\n\\toprule\n{head}\\midrule\n\\endhead\n\\bottomrule\n\
         \\endfoot\n{}\\end{{longtable}}\n",
        columns(table),
        body(table)
    );
    match width(table) {
        0..=80 => text,
        81..=100 => format!("{{\\footnotesize\n{text}}}\n"),
        101..=120 => format!("{{\\scriptsize\\setlength{{\\tabcolsep}}{{3pt}}\n{text}}}\n"),
        _ => format!(
            "\\begin{{landscape}}\n{{\\tiny\\setlength{{\\tabcolsep}}{{2pt}}\n{text}}}\n\
             \\end{{landscape}}\n"
        ),
    }
}

fn columns(table: &Table) -> String {
    let column = |(at, column): (usize, &Column)| {
        if column.kind.is_numeric() {
            "r"
        } else if longest(table, at) > WRAPPED {
            PARAGRAPH
        } else {
            "l"
        }
    };
    table.columns.iter().enumerate().map(column).collect()
}

fn longest(table: &Table, column: usize) -> usize {
    let cells = table.rows.iter().filter_map(|row| row.get(column));
    cells.map(|cell| cell.text.chars().count()).max().unwrap_or(0)
}

/// Width in characters.
fn width(table: &Table) -> usize {
    let column = |(at, column): (usize, &Column)| {
        let most = if column.kind.is_numeric() { usize::MAX } else { WRAPPED };
        longest(table, at).min(most).max(column.title.chars().count()) + 2
    };
    table.columns.iter().enumerate().map(column).sum()
}

fn head_line(table: &Table) -> String {
    let heads: Vec<String> = table.columns.iter().map(|c| latex_text(&c.title)).collect();
    format!("{} \\\\\n", heads.join(" & "))
}

fn body(table: &Table) -> String {
    let line = |row: &Vec<Value>| {
        let cells: Vec<String> = row.iter().map(cell).collect();
        format!("{} \\\\\n", cells.join(" & "))
    };
    table.rows.iter().map(line).collect()
}

fn cell(cell: &Value) -> String {
    let mut out = latex_text(&cell.text);
    if cell.best {
        out = format!("\\textbf{{{out}}}");
    }
    if !cell.mark.is_empty() {
        out += &format!("\\textsuperscript{{{}}}", latex_text(&cell.mark));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Kind;

    #[test]
    fn tables_have_rules_wrapped_columns_and_marks() {
        let long = "word ".repeat(9);
        let best = Value { best: true, mark: "\u{2020}".into(), ..Value::text("0.9") };
        let columns = [Column::words("A_1"), Column::titled(Kind::Number, "Mean")];
        let mut table = Table::new(columns);
        table.rows =
            vec![vec![Value::text(&long), best], vec![Value::text("[x]"), Value::count(1)]];
        let text = tabular(&table);
        assert!(
            text.starts_with("\\begin{tabular}{p{5cm}r}\n\\toprule\nA\\_1 & Mean \\\\\n"),
            "{text}"
        );
        assert!(
            text.contains(" & \\textbf{0.9}\\textsuperscript{\\textdagger{}} \\\\\n"),
            "{text}"
        );
        assert!(text.contains("\n{[}x{]} & 1 \\\\\n\\bottomrule"), "{text}");
        let long = longtable(&table, "A caption", "tab-x");
        assert!(long.contains("\\caption{A caption}\\label{tab-x}"), "{long}");
    }
}
