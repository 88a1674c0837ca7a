//! Reading of the tables, with the place of every mistake.

use csv::{ReaderBuilder, StringRecord};

use super::error::PublishedError;

/// A CSV in memory, read by column names.
pub(super) struct CsvText {
    file: String,
    header: Vec<String>,
    rows: Vec<(u64, StringRecord)>,
}

/// One row with its place.
pub(super) struct Line<'a> {
    table: &'a CsvText,
    pub(super) number: u64,
    record: &'a StringRecord,
}

impl CsvText {
    pub(super) fn read(file: &str, text: &str) -> Result<Self, PublishedError> {
        let fail =
            |e: csv::Error| PublishedError::File { file: file.into(), reason: e.to_string() };
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut reader = ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
        let header = reader.headers().map_err(fail)?.iter().map(Into::into).collect();
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record.map_err(fail)?;
            rows.push((record.position().map_or(0, csv::Position::line), record));
        }
        Ok(Self { file: file.into(), header, rows })
    }

    pub(super) fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        self.rows.iter().map(|(line, record)| Line { table: self, number: *line, record })
    }

    pub(super) fn has(&self, column: &str) -> bool {
        self.header.iter().any(|name| name == column)
    }

    pub(super) fn file(&self) -> &str {
        &self.file
    }

    /// Fails unless the columns are there.
    pub(super) fn needs(&self, columns: &[&str]) -> Result<(), PublishedError> {
        match columns.iter().find(|column| !self.has(column)) {
            None => Ok(()),
            Some(column) => Err(PublishedError::Column {
                file: self.file.clone(),
                column: (*column).into(),
                found: self.header.join(", "),
            }),
        }
    }
}

impl Line<'_> {
    /// The text of a column; empty where there is none.
    pub(super) fn text(&self, column: &str) -> &str {
        let at = self.table.header.iter().position(|name| name == column);
        at.and_then(|at| self.record.get(at)).unwrap_or_default()
    }

    /// The text of the first column that is there and not empty.
    pub(super) fn either(&self, columns: &[&str]) -> &str {
        columns.iter().map(|column| self.text(column)).find(|t| !t.is_empty()).unwrap_or_default()
    }

    pub(super) fn parsed<T: std::str::FromStr>(
        &self,
        column: &str,
        expected: &'static str,
    ) -> Result<T, PublishedError> {
        self.text(column).parse().map_err(|_| self.wrong(column, expected))
    }

    pub(super) fn wrong(&self, column: &str, expected: &'static str) -> PublishedError {
        PublishedError::Value {
            file: self.table.file.clone(),
            line: self.number,
            column: column.into(),
            got: self.text(column).into(),
            expected,
        }
    }

    pub(super) fn fail(&self, reason: impl Into<String>) -> PublishedError {
        PublishedError::Row {
            file: self.table.file.clone(),
            line: self.number,
            reason: reason.into(),
        }
    }
}

/// A text that no spreadsheet takes for a formula.
pub(crate) fn guarded(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if formula && text.parse::<f64>().is_err() { format!("'{text}") } else { text.into() }
}
