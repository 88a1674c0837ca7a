//! Parquet, by polars.

use std::io::Cursor;
use std::path::Path;

use polars::prelude::*;

use super::error::TableError;
use super::sheet::{Sheet, SheetBuilder};

pub(super) fn read(path: &Path, bytes: &[u8], mut how: Vec<String>) -> Result<Sheet, TableError> {
    let fail = |error: PolarsError| {
        TableError::file(path, format!("is no Parquet file that can be read: {error}"))
    };
    let frame = ParquetReader::new(Cursor::new(bytes)).finish().map_err(fail)?;
    how.insert(0, "Parquet".into());
    let mut header: Vec<String> = Vec::new();
    let mut columns: Vec<Texts> = Vec::new();
    for column in frame.columns() {
        // The index that pandas keeps beside the columns.
        if column.name().starts_with("__index_level_") {
            continue;
        }
        header.push(column.name().to_string());
        columns.push(Texts::of(column).map_err(fail)?);
    }
    let mut builder = SheetBuilder::stored(header.len());
    let mut cells: Vec<String> = vec![String::new(); header.len()];
    for row in 0..frame.height() {
        for (cell, column) in cells.iter_mut().zip(&columns) {
            cell.clear();
            column.write(row, cell);
        }
        if builder.is_full() {
            return Err(TableError::file(path, "holds more than 4 GB of text"));
        }
        if cells.iter().any(|cell| !cell.is_empty()) {
            builder.push(row as u32 + 1, cells.iter().map(String::as_str));
        }
    }
    Ok(builder.finish(path, header, how))
}

/// A column whose cells can be written as text.
enum Texts {
    /// Numbers in the shortest form that is the same number.
    Floats(Float64Chunked),
    /// As the file has them in 32 bits: 0.1 is not 0.10000000149.
    Singles(Float32Chunked),
    Others(StringChunked),
}

impl Texts {
    fn of(column: &Column) -> PolarsResult<Self> {
        Ok(match column.dtype() {
            DataType::Float64 => Self::Floats(column.f64()?.clone()),
            DataType::Float32 => Self::Singles(column.f32()?.clone()),
            _ => Self::Others(column.cast(&DataType::String)?.str()?.clone()),
        })
    }

    fn write(&self, row: usize, cell: &mut String) {
        use std::fmt::Write as _;
        // Writing to a String cannot fail.
        let _ = match self {
            Self::Floats(values) => values.get(row).map_or(Ok(()), |v| write!(cell, "{v}")),
            Self::Singles(values) => values.get(row).map_or(Ok(()), |v| write!(cell, "{v}")),
            Self::Others(values) => values.get(row).map_or(Ok(()), |v| write!(cell, "{v}")),
        };
    }
}
