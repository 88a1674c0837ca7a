//! Tables as CSV, LaTeX and Markdown.

use std::path::Path;

use super::folder::{Exported, file_name};
use crate::compare::format::{LatexCell, LatexTable, markdown_row, markdown_rule, markdown_text};
use crate::report::document::{TableBlock, Value};
use crate::report::error::ReportError;
use crate::text::latex_text;

/// Tables with more rows run over pages in the paper.
const MOST_ROWS: usize = 40;

pub(super) fn write(
    table: &TableBlock,
    folder: &Path,
    out: &mut Exported,
) -> Result<(), ReportError> {
    let name = file_name(&table.label);
    out.write(&folder.join(format!("{name}.csv")), table.csv.as_bytes())?;
    let latex = latex(table);
    out.write(&folder.join(format!("{name}.tex")), latex.tabular().as_bytes())?;
    if is_long(table) {
        let long = latex.longtable(&latex_text(&table.full_caption()), &table.label);
        out.write(&folder.join(format!("{name}-long.tex")), long.as_bytes())?;
    }
    out.write(&folder.join(format!("{name}.md")), markdown(table).as_bytes())
}

/// Whether the table is too long for one page.
pub(super) fn is_long(table: &TableBlock) -> bool {
    table.rows.len() > MOST_ROWS
}

fn latex(table: &TableBlock) -> LatexTable<'_> {
    LatexTable {
        head: table.head.iter().map(|head| (head.text.as_str(), head.numeric)).collect(),
        rows: table.rows.iter().map(|row| row.iter().map(latex_cell).collect()).collect(),
    }
}

fn latex_cell(value: &Value) -> LatexCell<'_> {
    LatexCell { text: &value.text, best: value.best, mark: &value.mark }
}

fn markdown(table: &TableBlock) -> String {
    let numeric: Vec<bool> = table.head.iter().map(|head| head.numeric).collect();
    let mut out = markdown_row(table.head.iter().map(|head| head.text.as_str()));
    out += &markdown_rule(&numeric);
    for row in &table.rows {
        let cells: Vec<String> = row.iter().map(markdown_cell).collect();
        out += &format!("| {} |\n", cells.join(" | "));
    }
    out
}

fn markdown_cell(value: &Value) -> String {
    let text = markdown_text(&value.text);
    let text = if value.best { format!("**{text}**") } else { text };
    text + &markdown_text(&value.mark)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::document::Head;

    #[test]
    fn hostile_cells_stay_text_in_every_format() {
        let value =
            Value { best: true, mark: "\u{2020}".into(), ..Value::text("\\input{x}|<img>") };
        let table = TableBlock {
            label: "tab:x".into(),
            head: vec![Head { text: "A_b".into(), numeric: false, ..Head::default() }],
            rows: vec![vec![value]],
            csv: "a\n1\n".into(),
            ..TableBlock::default()
        };
        let dir = tempfile::tempdir().expect("a folder");
        let mut out = Exported::default();
        write(&table, dir.path(), &mut out).expect("written");
        let read = |name: &str| std::fs::read_to_string(dir.path().join(name)).expect(name);
        let tex = read("tab-x.tex");
        assert!(
            tex.contains("\\textbf{\\textbackslash{}input\\{x\\}\\textbar{}\\textless{}img"),
            "{tex}"
        );
        let md = read("tab-x.md");
        assert!(md.contains("| **\\\\input{x}\\|\\<img\\>**\u{2020} |"), "{md}");
        assert_eq!((read("tab-x.csv").as_str(), out.files.len()), ("a\n1\n", 3));
    }
}
