//! A table of typed columns.

use std::fmt::{self, Write as _};
use std::path::Path;
use std::sync::Arc;

use serde_json::Value as Json;

use crate::display::Rich;
use crate::error::{Error, Kind, Result};
use crate::html;
use crate::names::Names;
use crate::value::Value;

/// Rows that are shown of a longer table: the first and the last ones.
const SHOWN: usize = 20;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnType {
    /// Words.
    Text,
    /// Real numbers.
    Number,
    /// Whole numbers.
    Integer,
}

impl ColumnType {
    /// `text`, `f64` or `i64`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "f64",
            Self::Integer => "i64",
        }
    }
}

/// One value of a table.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// No value: undefined, or not applicable.
    Empty,
    /// Words.
    Text(String),
    /// A number.
    Number(f64),
}

/// A column: its name, what it holds, how its numbers are written.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Name.
    pub name: String,
    /// What it holds.
    pub kind: ColumnType,
    /// `p` for p-values, `percent`, or empty.
    pub format: String,
}

/// A table of typed columns: cheap to clone, read-only.
#[derive(Clone, PartialEq)]
pub struct Table {
    pub(crate) inner: Arc<Inner>,
}

#[derive(Clone, Default, PartialEq)]
pub(crate) struct Inner {
    pub(crate) title: String,
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Vec<Cell>>,
    pub(crate) notes: Vec<String>,
    pub(crate) all: bool,
}

impl Table {
    /// A table of columns and rows; each row is as long as the columns.
    pub fn new(
        title: impl Into<String>,
        columns: Vec<Column>,
        rows: Vec<Vec<Cell>>,
    ) -> Result<Self> {
        if let Some(row) = rows.iter().position(|row| row.len() != columns.len()) {
            return Err(Error::request(format!(
                "row {row} has {} values, the table has {} columns",
                rows[row].len(),
                columns.len()
            )));
        }
        Ok(Self::of(Inner { title: title.into(), columns, rows, notes: Vec::new(), all: false }))
    }

    pub(crate) fn of(inner: Inner) -> Self {
        Self { inner: Arc::new(inner) }
    }

    /// A table whose rows fit its columns.
    pub(crate) fn of_parts(title: &str, columns: Vec<Column>, rows: Vec<Vec<Cell>>) -> Self {
        Self::of(Inner { title: title.into(), columns, rows, ..Inner::default() })
    }

    pub(crate) fn of_json(json: &Json) -> Result<Self> {
        let broken = || Error::new(Kind::Worker, "the worker sent a table without columns");
        let texts = |value: &Json| -> Vec<String> {
            let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
            list.iter().filter_map(|text| text.as_str().map(str::to_owned)).collect()
        };
        let columns = json["columns"].as_array().ok_or_else(broken)?.iter().map(column).collect();
        let rows = json["rows"].as_array().ok_or_else(broken)?;
        let rows = rows
            .iter()
            .map(|row| row.as_array().map(Vec::as_slice).unwrap_or_default())
            .map(|row| row.iter().map(cell).collect())
            .collect();
        let title = json["title"].as_str().unwrap_or_default();
        let table = Self::new(title, columns, rows)?;
        Ok(Self::of(Inner { notes: texts(&json["notes"]), ..table.inner.as_ref().clone() }))
    }

    /// Rows and columns.
    pub fn shape(&self) -> (usize, usize) {
        (self.inner.rows.len(), self.inner.columns.len())
    }

    /// The columns.
    pub fn columns(&self) -> &[Column] {
        &self.inner.columns
    }

    /// The rows.
    pub fn rows(&self) -> &[Vec<Cell>] {
        &self.inner.rows
    }

    /// What should be known about the table.
    pub fn notes(&self) -> &[String] {
        &self.inner.notes
    }

    pub(crate) fn index(&self, name: &str) -> Result<usize> {
        // `adjusted_p` finds `Adjusted p`, as tables of the report write it.
        let plain = |name: &str| name.to_lowercase().replace([' ', '-'], "_");
        let columns = &self.inner.columns;
        let exact = columns.iter().position(|column| column.name == name);
        let alike = || columns.iter().position(|column| plain(&column.name) == plain(name));
        exact.or_else(alike).ok_or_else(|| {
            let known: Vec<&str> = self.inner.columns.iter().map(|c| c.name.as_str()).collect();
            Error::request(format!("there is no column {name:?}"))
                .hint(format!("the columns are {}", known.join(", ")))
        })
    }

    /// A column of words.
    pub fn texts(&self, name: &str) -> Result<Vec<String>> {
        let at = self.index(name)?;
        Ok(self.inner.rows.iter().map(|row| self.written(at, &row[at])).collect())
    }

    /// A column of numbers; `None` where there is no value.
    pub fn numbers(&self, name: &str) -> Result<Vec<Option<f64>>> {
        let at = self.index(name)?;
        if self.inner.columns[at].kind == ColumnType::Text {
            return Err(Error::request(format!("column {name:?} holds words"))
                .hint(format!("use texts({name:?})")));
        }
        let number = |cell: &Cell| match cell {
            Cell::Number(value) => Some(*value),
            _ => None,
        };
        Ok(self.inner.rows.iter().map(|row| number(&row[at])).collect())
    }

    /// These columns only, in this order: `table.select(["site", "auc"])?`.
    pub fn select(&self, names: impl Names) -> Result<Self> {
        let at = names.names().iter().map(|name| self.index(name)).collect::<Result<Vec<_>>>()?;
        Ok(Self::of(Inner {
            columns: at.iter().map(|i| self.inner.columns[*i].clone()).collect(),
            rows: self
                .inner
                .rows
                .iter()
                .map(|row| at.iter().map(|i| row[*i].clone()).collect())
                .collect(),
            ..self.inner.as_ref().clone()
        }))
    }

    /// The first rows.
    pub fn head(&self, rows: usize) -> Self {
        let rows = self.inner.rows.iter().take(rows).cloned().collect();
        Self::of(Inner { rows, ..self.inner.as_ref().clone() })
    }

    /// All rows are shown, however many.
    pub fn show_all_rows(&self) -> Self {
        Self::of(Inner { all: true, ..self.inner.as_ref().clone() })
    }

    /// One number, for [`crate::bind`]: the value of a column in the only row.
    pub fn value(&self, name: &str) -> Result<Value> {
        let at = self.index(name)?;
        let [row] = self.inner.rows.as_slice() else {
            return Err(Error::request(format!(
                "a value is asked of {} rows, expected one",
                self.inner.rows.len()
            ))
            .hint("filter the table until one row is left"));
        };
        let text = self.written(at, &row[at]);
        let of: Vec<String> = self
            .inner
            .columns
            .iter()
            .enumerate()
            .filter(|(i, column)| *i != at && column.kind == ColumnType::Text)
            .map(|(i, column)| format!("{} {}", column.name, self.written(i, &row[i])))
            .collect();
        let number = if let Cell::Number(value) = row[at] { Some(value) } else { None };
        Ok(Value { text, number, about: format!("{}: {name} of {}", self.title(), of.join(", ")) })
    }

    /// What the table holds.
    pub fn title(&self) -> &str {
        &self.inner.title
    }

    /// As CSV: same table, same bytes.
    pub fn to_csv(&self) -> String {
        let quoted = |text: &str| {
            if text.contains([',', '"', '\n', '\r']) {
                format!("\"{}\"", text.replace('"', "\"\""))
            } else {
                text.to_owned()
            }
        };
        let head: Vec<String> = self.inner.columns.iter().map(|c| quoted(&c.name)).collect();
        let mut csv = head.join(",") + "\n";
        for row in &self.inner.rows {
            let cells: Vec<String> = row
                .iter()
                .map(|cell| match cell {
                    Cell::Empty => String::new(),
                    Cell::Text(text) => quoted(text),
                    Cell::Number(value) => value.to_string(),
                })
                .collect();
            csv += &(cells.join(",") + "\n");
        }
        csv
    }

    /// Writes the table as CSV.
    pub fn write_csv(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        std::fs::write(path, self.to_csv()).map_err(|error| Error::file("write", path, &error))
    }

    /// A value as it is shown.
    pub(crate) fn written(&self, column: usize, cell: &Cell) -> String {
        let column = &self.inner.columns[column];
        match cell {
            Cell::Empty => "\u{2013}".into(),
            Cell::Text(text) => text.clone(),
            Cell::Number(value) if column.kind == ColumnType::Integer => format!("{value:.0}"),
            Cell::Number(value) => match column.format.as_str() {
                "p" if *value < 0.001 => "< 0.001".into(),
                "p" => format!("{value:.3}"),
                "percent" => format!("{} %", (value * 1e4).round() / 1e2),
                // Four decimals would show a zero.
                _ if *value != 0.0 && value.abs() < 5e-4 => format!("{value:.2e}"),
                _ => format!("{value:.4}"),
            },
        }
    }

    /// Indices of the rows to show; `None` stands for those left out.
    fn shown(&self) -> Vec<Option<usize>> {
        let n = self.inner.rows.len();
        if self.inner.all || n <= SHOWN {
            return (0..n).map(Some).collect();
        }
        let half = SHOWN / 2;
        (0..half).map(Some).chain([None]).chain((n - half..n).map(Some)).collect()
    }

    fn size(&self) -> String {
        let (rows, columns) = self.shape();
        let plural = |n: usize, word: &str| format!("{n} {word}{}", if n == 1 { "" } else { "s" });
        format!("{} \u{d7} {}", plural(rows, "row"), plural(columns, "column"))
    }

    /// Shown by the kernel when a table is the last expression of a cell.
    pub fn evcxr_display(&self) {
        crate::display::result(self);
    }
}

fn column(json: &Json) -> Column {
    Column {
        name: json["name"].as_str().unwrap_or_default().into(),
        kind: match json["type"].as_str() {
            Some("number") => ColumnType::Number,
            Some("integer") => ColumnType::Integer,
            _ => ColumnType::Text,
        },
        format: json["format"].as_str().unwrap_or_default().into(),
    }
}

fn cell(json: &Json) -> Cell {
    match json {
        Json::Number(number) => number.as_f64().map_or(Cell::Empty, Cell::Number),
        Json::String(text) => Cell::Text(text.clone()),
        Json::Bool(yes) => Cell::Text(yes.to_string()),
        _ => Cell::Empty,
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns = &self.inner.columns;
        let mut lines: Vec<Vec<String>> = vec![
            columns.iter().map(|c| c.name.clone()).collect(),
            columns.iter().map(|c| c.kind.name().into()).collect(),
        ];
        for row in self.shown() {
            lines.push(match row {
                Some(row) => self.inner.rows[row]
                    .iter()
                    .enumerate()
                    .map(|(at, cell)| self.written(at, cell))
                    .collect(),
                None => columns.iter().map(|_| "\u{2026}".into()).collect(),
            });
        }
        let width = |at: usize| lines.iter().map(|l| l[at].chars().count()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns.len()).map(width).collect();
        writeln!(f, "{} ({})", self.title(), self.size())?;
        for line in &lines {
            let mut out = String::new();
            for (at, text) in line.iter().enumerate() {
                let pad = " ".repeat(widths[at] - text.chars().count());
                let _ = if columns[at].kind == ColumnType::Text {
                    write!(out, "{text}{pad}  ")
                } else {
                    write!(out, "{pad}{text}  ")
                };
            }
            writeln!(f, "{}", out.trim_end())?;
        }
        for note in self.notes() {
            writeln!(f, "{note}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if crate::display::is_last(f) {
            self.evcxr_display();
            return Ok(());
        }
        fmt::Display::fmt(self, f)
    }
}

impl Rich for Table {
    fn plain(&self) -> String {
        self.to_string().trim_end().into()
    }

    fn html(&self) -> String {
        self.html_with(true)
    }
}

impl Table {
    pub(crate) fn html_without_caption(&self) -> String {
        self.html_with(false)
    }

    fn html_with(&self, caption: bool) -> String {
        let columns = &self.inner.columns;
        let align = |at: usize| {
            let side = if columns[at].kind == ColumnType::Text { "left" } else { "right" };
            format!(" style=\"text-align:{side};white-space:nowrap\"")
        };
        let mut out = String::from("<div class=\"transfolio\" style=\"overflow-x:auto\"><table>");
        if caption {
            let _ = write!(
                out,
                "<caption style=\"text-align:left\">{} <small>({})</small></caption>",
                html::escape(self.title()),
                self.size()
            );
        }
        out += "<thead><tr>";
        for (at, column) in columns.iter().enumerate() {
            let _ = write!(
                out,
                "<th{}>{}<br><small style=\"font-weight:normal;opacity:.7\">{}</small></th>",
                align(at),
                html::escape(&column.name),
                column.kind.name()
            );
        }
        out += "</tr></thead><tbody>";
        for row in self.shown() {
            out += "<tr>";
            let Some(row) = row else {
                let left_out = self.inner.rows.len() - SHOWN;
                let _ = write!(
                    out,
                    "<td colspan=\"{}\">\u{2026} {left_out} more rows \u{2026}</td></tr>",
                    columns.len()
                );
                continue;
            };
            for (at, cell) in self.inner.rows[row].iter().enumerate() {
                let text = html::escape(&self.written(at, cell));
                // The whole number behind the rounded one.
                let title = match cell {
                    Cell::Number(value) if columns[at].kind == ColumnType::Number => {
                        format!(" title=\"{value}\"")
                    }
                    _ => String::new(),
                };
                let _ = write!(out, "<td{}{title}>{text}</td>", align(at));
            }
            out += "</tr>";
        }
        out += "</tbody></table>";
        if !self.notes().is_empty() {
            out += "<ul>";
            for note in self.notes() {
                let _ = write!(out, "<li><small>{}</small></li>", html::escape(note));
            }
            out += "</ul>";
        }
        out + "</div>"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: usize) -> Table {
        let json = serde_json::json!({
            "title": "summary",
            "columns": [
                {"name": "init", "type": "text"},
                {"name": "mean", "type": "number"},
                {"name": "n", "type": "integer"},
            ],
            "rows": (0..rows)
                .map(|i| serde_json::json!([format!("<i{i}>"), i as f64 / 8.0, i]))
                .collect::<Vec<_>>(),
        });
        Table::of_json(&json).expect("a table")
    }

    #[test]
    fn a_long_table_is_shortened_and_says_so() {
        let table = table(53);
        assert_eq!(table.shape(), (53, 3));
        let html = table.html();
        assert!(html.contains("53 rows \u{d7} 3 columns") && html.contains("33 more rows"));
        assert!(html.contains("f64") && html.contains("i64") && html.contains("text"));
        assert!(html.contains("&lt;i52&gt;") && !html.contains("<i0>"));
        assert!(!table.show_all_rows().html().contains("more rows"));
        assert_eq!(table.to_string().lines().count(), 1 + 2 + 21);
    }

    #[test]
    fn questions_with_no_answer_name_the_answers() {
        let table = table(3);
        let error = table.numbers("median").expect_err("no such column").to_string();
        assert!(error.contains("init, mean, n"), "{error}");
        assert!(table.numbers("init").is_err());
        assert_eq!(table.numbers("Mean"), table.numbers("mean"));
        let error = table.filter("init", "x").expect_err("no such row").to_string();
        assert!(error.contains("<i1>"), "{error}");
        assert!(table.value("mean").is_err());
        let value = table.filter("n", "2").and_then(|t| t.value("mean")).expect("a value");
        assert_eq!((value.text.as_str(), value.number), ("0.2500", Some(0.25)));
        assert_eq!(value.about, "summary: mean of init <i2>");
    }

    #[test]
    fn csv_quotes_and_keeps_every_digit() {
        let columns = vec![
            Column { name: "a,b".into(), kind: ColumnType::Text, format: String::new() },
            Column { name: "x".into(), kind: ColumnType::Number, format: String::new() },
        ];
        let rows = vec![
            vec![Cell::Text("say \"hi\"\nyou".into()), Cell::Number(0.1 + 0.2)],
            vec![Cell::Empty, Cell::Empty],
        ];
        let table = Table::new("t", columns, rows).expect("a table");
        assert_eq!(table.to_csv(), "\"a,b\",x\n\"say \"\"hi\"\"\nyou\",0.30000000000000004\n,\n");
    }
}
