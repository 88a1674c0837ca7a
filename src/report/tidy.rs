//! What makes tables shorter without losing a number: a column that says the same
//! in every row moves into the caption, and a long table is closed until somebody
//! opens it.

use super::bound::Bound;
use super::document::{Block, Document, Section, TableBlock, Value};
use crate::text::Table;

/// So many rows are read without being asked for.
const OPEN: usize = 24;
/// What is read at a glance, or is closed with its section.
const NEVER_CLOSED: [&str; 1] = ["tab-map"];

impl Document {
    /// Moves constant columns into captions and closes long tables.
    pub(super) fn tidy(&mut self) {
        self.sections.iter_mut().for_each(tidy);
    }
}

fn tidy(section: &mut Section) {
    let folded = section.folded;
    for block in &mut section.blocks {
        match block {
            Block::Section(inner) => tidy(inner),
            Block::Table(table) => {
                table.drop_constant_columns();
                if !folded {
                    table.close();
                }
            }
            _ => {}
        }
    }
}

impl TableBlock {
    /// A column with one text in all rows, and no number that is one of this row alone,
    /// says nothing in a row. The first column names the rows and stays.
    fn drop_constant_columns(&mut self) {
        let Table { columns, rows } = &mut self.grid;
        let Some((first, rest)) = rows.split_first().filter(|(_, rest)| !rest.is_empty()) else {
            return;
        };
        let says_nothing = |cell: &Value| {
            // A number with a method is a result, however often it is the same.
            let found = |bound: &Bound| !bound.value.is_empty() && !bound.how.is_empty();
            let bare = cell.title.is_empty() && cell.link.is_empty() && cell.mark.is_empty();
            bare && !cell.best && !cell.bound.as_deref().is_some_and(found)
        };
        let constant: Vec<bool> = (first.iter().enumerate())
            .map(|(at, cell)| {
                let same = |row: &Vec<Value>| {
                    row.get(at).is_some_and(|other| other.text == cell.text && says_nothing(other))
                };
                says_nothing(cell) && rest.iter().all(same)
            })
            .collect();
        let dropped = constant.iter().filter(|constant| **constant).count();
        if dropped == 0 || dropped == columns.len() {
            return;
        }
        let said = columns.iter().zip(first.iter()).zip(&constant);
        let said = said.filter(|((_, cell), constant)| **constant && !cell.is_empty());
        let said: Vec<String> = said
            .map(|((column, cell), _)| format!("{} {}", column.title, cell.text.trim()))
            .collect();
        if !said.is_empty() {
            self.caption += &format!(" In every row: {}.", said.join("; "));
        }
        for row in rows {
            drop_places(row, &constant);
        }
        drop_places(columns, &constant);
    }

    fn close(&mut self) {
        let rows = self.grid.rows.len();
        if rows > OPEN && !NEVER_CLOSED.contains(&self.label.as_str()) {
            self.fold = format!("Show the {rows} rows");
        }
    }
}

fn drop_places<T>(items: &mut Vec<T>, dropped: &[bool]) {
    let mut places = dropped.iter();
    items.retain(|_| places.next() != Some(&true));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Column, Kind};

    fn table(rows: &[[&str; 3]]) -> TableBlock {
        let columns = ["Level", "Over", "p"].map(|title| Column::titled(Kind::Words, title));
        let mut grid = Table::new(columns);
        grid.rows = rows.iter().map(|row| row.map(Value::text).to_vec()).collect();
        TableBlock::new("tab-x", "All.", grid)
    }

    #[test]
    fn what_every_row_says_stands_in_the_caption() {
        let mut two = table(&[["a", "all models", "0.1"], ["b", "all models", "0.2"]]);
        two.drop_constant_columns();
        assert_eq!(two.caption, "All. In every row: Over all models.");
        assert_eq!((two.grid.columns.len(), two.grid.rows[1].len()), (2, 2));
        let mut dash = table(&[["a", "\u{2013}", "0.1"], ["b", "\u{2013}", "0.2"]]);
        dash.drop_constant_columns();
        assert_eq!((dash.caption.as_str(), dash.grid.columns.len()), ("All.", 2));
        let mut one = table(&[["a", "all models", "0.1"]]);
        one.drop_constant_columns();
        assert_eq!(one.grid.columns.len(), 3, "one row has nothing in common with others");
    }

    #[test]
    fn counts_move_into_the_caption_and_results_stay() {
        let mut grid = Table::new([Column::name("Level"), Column::labels(), Column::words("Mean")]);
        let row = |name: &str| {
            vec![Value::text(name), Value::share(Some(0.1)), Value::number(0.5, "0.50", "mean")]
        };
        grid.rows = vec![row("a"), row("b")];
        let mut table = TableBlock::new("tab-x", "All.", grid);
        table.drop_constant_columns();
        assert_eq!(table.caption, "All. In every row: Labels 10 %.");
        assert_eq!(table.grid.columns.len(), 2);
    }

    #[test]
    fn long_tables_are_closed() {
        let rows = vec![["a", "b", "c"]; OPEN + 1];
        let mut long = table(&rows);
        long.close();
        assert_eq!(long.fold, "Show the 25 rows");
        let mut map = TableBlock { label: "tab-map".into(), ..table(&rows) };
        map.close();
        assert_eq!(map.fold, "");
    }
}
