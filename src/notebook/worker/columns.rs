//! Tables as the cells receive them: typed columns, rows of JSON values.

use serde_json::{Value, json};

use super::words::in_cells;

/// A table with typed columns under way to a cell.
pub(super) struct Typed {
    title: String,
    columns: Vec<Value>,
    rows: Vec<Vec<Value>>,
    notes: Vec<String>,
}

impl Typed {
    /// An empty table. The first letter of a head gives the type: `#` a
    /// number, `%` a share, `p` a p-value, `1` a whole number, `"` text.
    pub(super) fn new(title: impl Into<String>, heads: &[impl AsRef<str>]) -> Self {
        fn column(head: &str) -> Value {
            let (mark, name) = head.split_at_checked(1).unwrap_or(("\"", head));
            let (kind, format) = match mark {
                "#" => ("number", ""),
                "%" => ("number", "percent"),
                "p" => ("number", "p"),
                "1" => ("integer", ""),
                _ => ("text", ""),
            };
            json!({ "name": name, "type": kind, "format": format })
        }
        Self {
            title: title.into(),
            columns: heads.iter().map(|head| column(head.as_ref())).collect(),
            rows: Vec::new(),
            notes: Vec::new(),
        }
    }

    pub(super) fn row(&mut self, row: Vec<Value>) {
        self.rows.push(row);
    }

    /// Number of rows.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(super) fn note(&mut self, note: impl Into<String>) {
        self.notes.push(in_cells(&note.into()));
    }

    /// Tables below each other, with a column before them that tells them apart;
    /// a column that one lacks is empty in its rows.
    pub(super) fn stacked(
        title: &str,
        name: &str,
        tables: impl IntoIterator<Item = (Value, Self)>,
    ) -> Self {
        let mut joined = Self::new(title, &[format!("\"{name}")]);
        for (key, table) in tables {
            let at: Vec<usize> = (table.columns.into_iter())
                .map(|column| {
                    let known = joined.columns.iter().skip(1).position(|c| *c == column);
                    known.map_or_else(
                        || {
                            joined.columns.push(column);
                            joined.columns.len() - 1
                        },
                        |at| at + 1,
                    )
                })
                .collect();
            for row in table.rows {
                let mut wide = vec![Value::Null; joined.columns.len()];
                wide[0] = key.clone();
                at.iter().zip(row).for_each(|(at, value)| wide[*at] = value);
                joined.rows.push(wide);
            }
            let of = key.as_str().unwrap_or_default();
            joined.notes.extend(table.notes.iter().map(|note| format!("{of}: {note}")));
        }
        let width = joined.columns.len();
        joined.rows.iter_mut().for_each(|row| row.resize(width, Value::Null));
        joined
    }

    pub(super) fn json(self) -> Value {
        json!({
            "title": self.title, "columns": self.columns, "rows": self.rows, "notes": self.notes,
        })
    }
}

/// A number, or null: JSON has no other way for what is not finite.
pub(super) fn number(value: Option<f64>) -> Value {
    value.filter(|value| value.is_finite()).map_or(Value::Null, Value::from)
}
