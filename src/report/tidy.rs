//! What makes tables shorter without losing a number: a column that says the same
//! in every row moves into the caption, and a long table is closed until somebody
//! opens it.

use super::document::{Block, Document, Section, TableBlock};

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
    /// A column with one text in all rows, and no number with a value, says nothing
    /// in a row. The first column names the rows and stays.
    fn drop_constant_columns(&mut self) {
        if self.rows.len() < 2 {
            return;
        }
        let is_constant = |at: usize| {
            let cells = || self.rows.iter().map(move |row| row.get(at));
            let first = self.rows[0].get(at).map(|value| &value.text);
            cells().all(|cell| {
                cell.is_some_and(|cell| {
                    Some(&cell.text) == first
                        && cell.bound.as_ref().is_none_or(|bound| bound.value.is_empty())
                        && cell.title.is_empty()
                        && cell.link.is_empty()
                        && cell.mark.is_empty()
                        && !cell.best
                })
            })
        };
        let constant: Vec<usize> = (0..self.head.len()).filter(|at| is_constant(*at)).collect();
        if constant.is_empty() || constant.len() == self.head.len() {
            return;
        }
        let said: Vec<String> = constant
            .iter()
            .filter_map(|at| {
                let text = self.rows[0][*at].text.trim();
                let nothing = text.is_empty() || text == "\u{2013}";
                (!nothing).then(|| format!("{} {text}", self.head[*at].text))
            })
            .collect();
        if !said.is_empty() {
            self.caption += &format!(" In every row: {}.", said.join("; "));
        }
        let keep = |at: usize| !constant.contains(&at);
        for row in &mut self.rows {
            let mut at = 0;
            row.retain(|_| {
                at += 1;
                keep(at - 1)
            });
        }
        let mut at = 0;
        self.head.retain(|_| {
            at += 1;
            keep(at - 1)
        });
    }

    fn close(&mut self) {
        let rows = self.rows.len();
        if rows > OPEN && !NEVER_CLOSED.contains(&self.label.as_str()) {
            self.fold = format!("Show the {rows} rows");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::document::{Head, Value};

    fn table(rows: &[[&str; 3]]) -> TableBlock {
        TableBlock {
            caption: "All.".into(),
            head: ["Level", "Over", "p"]
                .map(|text| Head { text: text.into(), ..Head::default() })
                .into(),
            rows: rows.iter().map(|row| row.map(Value::text).to_vec()).collect(),
            ..TableBlock::default()
        }
    }

    #[test]
    fn what_every_row_says_stands_in_the_caption() {
        let mut two = table(&[["a", "all models", "0.1"], ["b", "all models", "0.2"]]);
        two.drop_constant_columns();
        assert_eq!(two.caption, "All. In every row: Over all models.");
        assert_eq!((two.head.len(), two.rows[1].len()), (2, 2));
        let mut dash = table(&[["a", "\u{2013}", "0.1"], ["b", "\u{2013}", "0.2"]]);
        dash.drop_constant_columns();
        assert_eq!((dash.caption.as_str(), dash.head.len()), ("All.", 2));
        let mut one = table(&[["a", "all models", "0.1"]]);
        one.drop_constant_columns();
        assert_eq!(one.head.len(), 3, "one row has nothing in common with others");
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
