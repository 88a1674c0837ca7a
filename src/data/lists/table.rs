//! Lists that are tables with a header.

use std::fs;
use std::path::Path;

use super::lines;
use crate::data::error::DataError;
use crate::data::names;
use crate::table::{Sheet, SheetOptions};

/// A table whose columns are known by name.
pub(super) struct Known<'a> {
    path: &'a Path,
    sheet: Sheet,
}

impl<'a> Known<'a> {
    pub(super) fn read(path: &'a Path) -> Result<Self, DataError> {
        let bytes = fs::read(path).map_err(DataError::io("read list", path))?;
        let sheet = Sheet::read(path, &bytes, &SheetOptions::default()).map_err(|error| {
            let (path, reason) = (path.to_path_buf(), error.reason().to_owned());
            match error.line_number() {
                Some(line) => DataError::Cell { path, line, column: 1, reason },
                None => DataError::Manifest { path, reason },
            }
        })?;
        Ok(Self { path, sheet })
    }

    pub(super) fn header(&self) -> &[String] {
        self.sheet.header()
    }

    /// The place of a column that must be there.
    pub(super) fn column(&self, name: &str) -> Result<usize, DataError> {
        self.sheet.header().iter().position(|known| known.trim() == name).ok_or_else(|| {
            DataError::Manifest {
                path: self.path.to_path_buf(),
                reason: format!(
                    "has no column `{name}`, which this format has; its columns are {}{}",
                    names::quoted(self.sheet.header()),
                    names::hint(name, self.sheet.header().iter().map(String::as_str))
                ),
            }
        })
    }

    /// Lines with their cells.
    pub(super) fn rows(&self) -> impl Iterator<Item = crate::table::Row<'_>> {
        self.sheet.rows()
    }

    pub(super) fn fail(&self, line: u64, column: usize, reason: String) -> DataError {
        lines::fail(self.path, line, column + 1, reason)
    }

    /// A cell that must hold something.
    pub(super) fn filled<'s>(
        &'s self,
        row: crate::table::Row<'s>,
        column: usize,
    ) -> Result<&'s str, DataError> {
        let cell = row.cell(column).trim();
        if cell.is_empty() {
            let reason = format!("`{}` is empty", self.header()[column]);
            return Err(self.fail(row.line(), column, reason));
        }
        Ok(cell)
    }
}

/// The cell of a label as manifests read it: 1, 0, -1 or blank.
///
/// # Errors
/// With the reason, where it is anything else.
pub(super) fn label(cell: &str, name: &str) -> Result<String, String> {
    let cell = cell.trim();
    if cell.is_empty() {
        return Ok(String::new());
    }
    match cell.parse::<f64>() {
        Ok(0.0) => Ok("0".into()),
        Ok(1.0) => Ok("1".into()),
        Ok(-1.0) => Ok("-1".into()),
        _ => Err(format!("`{name}` is `{cell}`, expected 1, 0, -1 (uncertain) or nothing")),
    }
}
