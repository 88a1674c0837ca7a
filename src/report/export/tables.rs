//! Tables as CSV, LaTeX and Markdown.

use std::path::Path;

use super::folder::{Exported, file_name};
use crate::compare::format::{longtable, markdown_table, tabular};
use crate::report::document::TableBlock;
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
    out.write(&folder.join(format!("{name}.tex")), tabular(&table.grid).as_bytes())?;
    if is_long(table) {
        let long = longtable(&table.grid, &latex_text(&table.full_caption()), &table.label);
        out.write(&folder.join(format!("{name}-long.tex")), long.as_bytes())?;
    }
    out.write(&folder.join(format!("{name}.md")), markdown_table(&table.grid).as_bytes())
}

/// Whether the table is too long for one page.
pub(super) fn is_long(table: &TableBlock) -> bool {
    table.grid.rows.len() > MOST_ROWS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::document::Value;
    use crate::text::{Column, Table};

    #[test]
    fn hostile_cells_stay_text_in_every_format() {
        let value =
            Value { best: true, mark: "\u{2020}".into(), ..Value::text("\\input{x}|<img>") };
        let mut grid = Table::new([Column::words("A_b")]);
        grid.rows = vec![vec![value]];
        let table = TableBlock::new("tab:x", "", grid).with_csv("a\n1\n".into());
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
