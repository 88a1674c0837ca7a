//! Tables of files.

use std::path::{Path, PathBuf};

use serde_json::{Value as Json, json};

use crate::connection::Connection;
use crate::error::Result;
use crate::table::Table;

/// A file with a table in it; `read` reads it.
#[derive(Clone, Debug)]
#[must_use = "nothing is read before `read`"]
pub struct TableFile {
    path: PathBuf,
    options: Vec<(&'static str, String)>,
}

impl TableFile {
    /// The mark before decimals, `point` or `comma`, where the table does not show it.
    pub fn decimal(self, mark: &str) -> Self {
        self.with("decimal", mark)
    }

    /// The sheet of a workbook; unless said, the first with content.
    pub fn sheet(self, name: &str) -> Self {
        self.with("sheet", name)
    }

    fn with(mut self, name: &'static str, text: &str) -> Self {
        self.options.push((name, text.into()));
        self
    }

    /// Reads it.
    pub fn read(self) -> Result<Table> {
        let mut request = json!({ "path": self.path.to_string_lossy() });
        for (name, text) in self.options {
            request[name] = Json::from(text);
        }
        Table::of_json(&Connection::open()?.call("sheet", request)?)
    }
}

impl Table {
    /// Reads a table of one's own: CSV with any separator, Excel and OpenDocument,
    /// Parquet, JSON; compressed too. Columns stay as they are; whole numbers, numbers
    /// and words are told from their cells, and words for a missing value (`NA`, an
    /// empty cell) are none. Results of runs are better opened as a
    /// [`Study`](crate::Study), which knows what their columns mean.
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        Self::file(path).read()
    }

    /// [`Table::read`], by the name that pandas and Polars have for it.
    pub fn read_csv(path: impl AsRef<Path>) -> Result<Self> {
        Self::read(path)
    }

    /// [`Table::read`] with what the file does not show:
    /// `Table::file("a.xlsx").sheet("Runs").read()?`.
    pub fn file(path: impl AsRef<Path>) -> TableFile {
        TableFile { path: path.as_ref().into(), options: Vec::new() }
    }
}
