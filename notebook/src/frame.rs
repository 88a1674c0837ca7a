//! Polars frames, in and out.

use std::path::PathBuf;

use polars::prelude::*;

use crate::error::{Error, Result};
use crate::study::Study;
use crate::table::{Cell, ColumnType, Table};

impl Table {
    /// The table as a Polars frame: text, `f64` and `i64` columns, null where
    /// there is no value.
    pub fn to_frame(&self) -> Result<DataFrame> {
        let columns = self
            .columns()
            .iter()
            .enumerate()
            .map(|(at, column)| {
                let name = PlSmallStr::from(column.name.as_str());
                let number = |row: &Vec<Cell>| match row[at] {
                    Cell::Number(value) => Some(value),
                    _ => None,
                };
                match column.kind {
                    ColumnType::Text => {
                        let text = |row: &Vec<Cell>| match &row[at] {
                            Cell::Text(text) => Some(text.clone()),
                            _ => None,
                        };
                        Column::new(name, self.rows().iter().map(text).collect::<Vec<_>>())
                    }
                    ColumnType::Number => {
                        Column::new(name, self.rows().iter().map(number).collect::<Vec<_>>())
                    }
                    ColumnType::Integer => {
                        let whole = |row| number(row).map(|value| value as i64);
                        Column::new(name, self.rows().iter().map(whole).collect::<Vec<_>>())
                    }
                }
            })
            .collect();
        DataFrame::new(self.rows().len(), columns).map_err(|error| of_polars("build", &error))
    }
}

/// A study of a frame with the columns of a CSV of results (`task, model,
/// init, label_fraction, seed, metric, value`). The frame is written beside
/// the notebook's other temporary files, under a name made of its content.
pub fn from_frame(frame: &DataFrame) -> Result<Study> {
    let mut bytes = Vec::new();
    CsvWriter::new(&mut bytes)
        .include_header(true)
        .finish(&mut frame.clone())
        .map_err(|error| of_polars("write", &error))?;
    let path = temporary(&bytes);
    std::fs::write(&path, &bytes).map_err(|error| Error::file("write", &path, &error))?;
    Study::open(path)
}

/// FNV-1a of the content, so that the same frame is the same file.
fn temporary(bytes: &[u8]) -> PathBuf {
    let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    std::env::temp_dir().join(format!("transfolio-frame-{hash:016x}.csv"))
}

fn of_polars(op: &str, error: &PolarsError) -> Error {
    Error::request(format!("cannot {op} the frame: {error}"))
}
