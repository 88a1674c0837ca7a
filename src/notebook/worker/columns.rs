//! Tables as the cells receive them: typed columns, rows of JSON values.

use serde_json::{Value, json};

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
    pub(super) fn new(title: impl Into<String>, heads: &[&str]) -> Self {
        let column = |head: &&str| {
            let (mark, name) = head.split_at_checked(1).unwrap_or(("\"", head));
            let (kind, format) = match mark {
                "#" => ("number", ""),
                "%" => ("number", "percent"),
                "p" => ("number", "p"),
                "1" => ("integer", ""),
                _ => ("text", ""),
            };
            json!({ "name": name, "type": kind, "format": format })
        };
        Self {
            title: title.into(),
            columns: heads.iter().map(column).collect(),
            rows: Vec::new(),
            notes: Vec::new(),
        }
    }

    pub(super) fn row(&mut self, row: Vec<Value>) {
        self.rows.push(row);
    }

    pub(super) fn note(&mut self, note: impl Into<String>) {
        self.notes.push(note.into());
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
