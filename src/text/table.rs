//! The one model of a table, whoever shows it: columns with keys, cells that are
//! words or numbers at full precision. Texts are made of it last.

use std::borrow::Cow;

use serde::Serialize;

use super::id::slug;
use super::value::Value;

/// A table.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Table {
    /// Columns.
    pub columns: Vec<Column>,
    /// Rows, as long as the columns are many.
    pub rows: Vec<Vec<Value>>,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Column {
    /// What code finds it by, and the last part of the ids of its numbers.
    pub key: Cow<'static, str>,
    /// Its head.
    pub title: String,
    /// Above it and its neighbours of the same group; mostly empty.
    pub over: String,
    /// What it holds.
    pub kind: Kind,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Words that tell rows apart.
    Name,
    /// Other words; verdicts.
    Words,
    /// Values of a metric, effects, whatever has decimals.
    Number,
    /// Two ends.
    Interval,
    /// Counts.
    Count,
    /// Shares, shown in percent.
    Share,
    /// p-values.
    P,
}

impl Kind {
    /// Whether it stands to the right.
    pub fn is_numeric(self) -> bool {
        !matches!(self, Self::Name | Self::Words)
    }
}

impl Column {
    /// A column with a key of its own.
    pub fn new(kind: Kind, key: &'static str, title: impl Into<String>) -> Self {
        Self { key: key.into(), title: title.into(), over: String::new(), kind }
    }

    /// A column named by the data (a task, a class, a metric): its key is its title,
    /// harmless in an id.
    pub fn titled(kind: Kind, title: impl Into<String>) -> Self {
        let title = title.into();
        let key = slug(&title.to_lowercase().replace('.', ""));
        let key = if key == "-" { "value".into() } else { key.replace('-', "_") };
        Self { key: key.into(), title, over: String::new(), kind }
    }

    /// Words that tell rows apart.
    pub fn name(title: impl Into<String>) -> Self {
        Self::titled(Kind::Name, title)
    }

    /// Other words.
    pub fn words(title: impl Into<String>) -> Self {
        Self::titled(Kind::Words, title)
    }

    /// Shares of the training labels: they tell rows apart too.
    pub fn labels() -> Self {
        Self::new(Kind::Share, Self::LABELS, "Labels")
    }

    /// Key of the shares of training labels.
    const LABELS: &'static str = "labels";

    /// The same below a head for several columns.
    #[must_use]
    pub fn under(self, over: impl Into<String>) -> Self {
        Self { over: over.into(), ..self }
    }

    /// Whether what stands in it tells rows apart.
    pub fn is_name(&self) -> bool {
        self.kind == Kind::Name || self.key == Self::LABELS
    }

    /// Its head with what stands above it.
    pub fn full_title(&self, between: &str) -> String {
        match self.over.as_str() {
            "" => self.title.clone(),
            over => format!("{over}{between}{}", self.title),
        }
    }
}

impl Table {
    /// No row yet.
    pub fn new(columns: impl IntoIterator<Item = Column>) -> Self {
        Self { columns: columns.into_iter().collect(), rows: Vec::new() }
    }

    /// The place of a column.
    pub fn column(&self, key: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.key == key)
    }

    /// The cells of a column, from the top.
    pub fn cells_mut(&mut self, key: &str) -> impl Iterator<Item = &mut Value> {
        let at = self.column(key);
        self.rows.iter_mut().filter_map(move |row| row.get_mut(at?))
    }

    /// The cell of a row and a column.
    pub fn cell(&self, row: usize, key: &str) -> Option<&Value> {
        self.rows.get(row)?.get(self.column(key)?)
    }

    /// Heads and cells as texts, line by line.
    pub fn texts(&self) -> impl Iterator<Item = Vec<&str>> {
        let head = self.columns.iter().map(|column| column.title.as_str()).collect();
        let rows = self.rows.iter().map(|row| row.iter().map(|cell| cell.text.as_str()).collect());
        std::iter::once(head).chain(rows)
    }

    /// Aligned columns for a terminal.
    pub fn aligned(&self) -> String {
        let length = |line: &Vec<&str>, column: usize| {
            line.get(column).map_or(0, |field| field.chars().count())
        };
        let width =
            |column: usize| self.texts().map(|line| length(&line, column)).max().unwrap_or(0);
        let widths: Vec<usize> = (0..self.columns.len()).map(width).collect();
        let mut out = String::new();
        for line in self.texts() {
            let columns = self.columns.iter().zip(&widths);
            let fields: Vec<String> = line
                .iter()
                .zip(columns)
                .map(|(field, (column, width))| {
                    if column.kind.is_numeric() {
                        format!("{field:>width$}")
                    } else {
                        format!("{field:width$}")
                    }
                })
                .collect();
            out += fields.join("  ").trim_end();
            out.push('\n');
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_found_by_key_and_aligned_by_kind() {
        let p = Column::new(Kind::P, "adjusted_p", "Adjusted p");
        let mut table = Table::new([Column::name("Task"), p]);
        table.rows.push(vec![Value::text("a long name"), Value::number(0.012_34, "0.012", "t")]);
        table.rows.push(vec![Value::text("b"), Value::none()]);
        assert_eq!(table.column("adjusted_p"), Some(1));
        assert_eq!(table.column("Adjusted p"), None, "a title is no key");
        assert_eq!(
            table.aligned(),
            "Task         Adjusted p\na long name       0.012\nb                     \u{2013}\n"
        );
        assert_eq!(Column::titled(Kind::Number, "2.5 % (of all)").key, "25_of_all");
        assert!(Column::labels().is_name() && !Column::words("Note").is_name());
    }
}
