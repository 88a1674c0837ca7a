//! Reading of the tables, with the place of every mistake.

use std::path::Path;

use super::error::PublishedError;
use super::value;
use crate::table::{Row, Sheet, SheetOptions};

/// A table in memory, read by column names.
pub(super) struct CsvText {
    file: String,
    sheet: Sheet,
}

/// One row with its place.
#[derive(Clone, Copy)]
pub(super) struct Line<'a> {
    table: &'a CsvText,
    pub(super) number: u64,
    row: Row<'a>,
}

impl CsvText {
    /// Reads the bytes of a file; `file` is what errors name.
    pub(super) fn read(file: &str, bytes: &[u8]) -> Result<Self, PublishedError> {
        let sheet = Sheet::read(Path::new(file), bytes, &SheetOptions::default())?;
        Ok(Self { file: file.into(), sheet })
    }

    pub(super) fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        self.sheet.rows().map(|row| Line { table: self, number: row.line(), row })
    }

    pub(super) fn has(&self, column: &str) -> bool {
        self.sheet.column_like(column).is_some()
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
                found: self.sheet.header().join(", "),
            }),
        }
    }
}

impl Line<'_> {
    /// The text of a column; empty where there is none.
    pub(super) fn text(&self, column: &str) -> &str {
        self.table.sheet.column_like(column).map_or("", |at| self.row.cell(at))
    }

    /// A finite number, with the decimals it was written with.
    pub(super) fn number(
        &self,
        column: &str,
        expected: &'static str,
    ) -> Result<(f64, usize), PublishedError> {
        let wrong = || self.wrong(column, expected);
        let plain = self.table.sheet.style().plain(self.text(column)).map_err(|_| wrong())?;
        let value = plain.parse().map_err(|_| wrong())?;
        Ok((value, value::decimals(&plain)))
    }

    /// A whole number of 0 or more, also as `10.0`.
    pub(super) fn count(
        &self,
        column: &str,
        expected: &'static str,
    ) -> Result<u64, PublishedError> {
        let (value, _) = self.number(column, expected)?;
        let whole = value >= 0.0 && value.fract() == 0.0 && value < 1e15;
        if whole { Ok(value as u64) } else { Err(self.wrong(column, expected)) }
    }

    /// The text of the first column that is there and not empty.
    pub(super) fn either(&self, columns: &[&str]) -> &str {
        columns.iter().map(|column| self.text(column)).find(|t| !t.is_empty()).unwrap_or_default()
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
