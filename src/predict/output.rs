//! Predictions as a `.npy` array or a Parquet table.

use std::io::Write;
use std::path::Path;

use npyz::WriterBuilder;
use polars::prelude::{Column, DataFrame, ParquetWriter};
use tch::Tensor;

use super::error::PredictError;
use super::job::What;
use crate::records::write_atomic;

/// Kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Npy,
    Parquet,
}

impl Format {
    /// Told from the name: there is no content yet.
    pub(super) fn of(path: &Path) -> Result<Self, PredictError> {
        let end = path.extension().map(|end| end.to_string_lossy().to_ascii_lowercase());
        match end.as_deref() {
            Some("npy") => Ok(Self::Npy),
            Some("parquet") => Ok(Self::Parquet),
            _ => Err(PredictError::Usage(format!(
                "the output {} must end in .npy or .parquet",
                path.display()
            ))),
        }
    }
}

/// Rows of values in the precision of the network.
pub(super) enum Values {
    F32(Vec<f32>, usize),
    F64(Vec<f64>, usize),
}

impl Values {
    pub(super) fn new(double: bool) -> Self {
        if double { Self::F64(Vec::new(), 0) } else { Self::F32(Vec::new(), 0) }
    }

    pub(super) fn columns(&self) -> usize {
        match self {
            Self::F32(_, columns) | Self::F64(_, columns) => *columns,
        }
    }

    /// Adds the values of a tensor; the error is the place of the first that
    /// is not finite.
    pub(super) fn add(&mut self, tensor: &Tensor, width: usize) -> Result<(), usize> {
        let count = tensor.numel();
        let at = match self {
            Self::F32(values, columns) => {
                *columns = width;
                let mut new = vec![0f32; count];
                tensor.copy_data(&mut new, count);
                let at = new.iter().position(|value| !value.is_finite());
                values.extend(new);
                at
            }
            Self::F64(values, columns) => {
                *columns = width;
                let mut new = vec![0f64; count];
                tensor.copy_data(&mut new, count);
                let at = new.iter().position(|value| !value.is_finite());
                values.extend(new);
                at
            }
        };
        at.map_or(Ok(()), Err)
    }
}

/// What is written: a row per case, a column per value.
pub(super) struct Table {
    pub(super) cases: Vec<String>,
    pub(super) names: Vec<String>,
    pub(super) values: Values,
}

/// Names of the columns of a table.
pub(super) fn names(what: What, classes: &[String], columns: usize) -> Vec<String> {
    let prefix = match what {
        What::Logits => "logit",
        What::Probabilities => "score",
        What::Features => "feature",
    };
    let name = |index: usize| match classes.get(index) {
        Some(class) => format!("{prefix}_{class}"),
        None => format!("{prefix}_{index}"),
    };
    (0..columns).map(name).collect()
}

/// Writes a table, atomically.
pub(super) fn write(path: &Path, format: Format, table: &Table) -> Result<(), PredictError> {
    let bytes = match format {
        Format::Npy => npy(table),
        Format::Parquet => parquet(table),
    };
    let fail = |reason| PredictError::Output { path: path.to_path_buf(), reason };
    let bytes = bytes.map_err(fail)?;
    write_atomic(path, |out| out.write_all(&bytes))?;
    Ok(())
}

fn npy(table: &Table) -> Result<Vec<u8>, String> {
    let shape = [table.cases.len() as u64, table.names.len() as u64];
    let mut bytes = Vec::new();
    let written = match &table.values {
        Values::F32(values, _) => {
            let options = npyz::WriteOptions::new().default_dtype().shape(&shape);
            options.writer(&mut bytes).begin_nd().and_then(|mut writer| {
                writer.extend(values.iter().copied())?;
                writer.finish()
            })
        }
        Values::F64(values, _) => {
            let options = npyz::WriteOptions::new().default_dtype().shape(&shape);
            options.writer(&mut bytes).begin_nd().and_then(|mut writer| {
                writer.extend(values.iter().copied())?;
                writer.finish()
            })
        }
    };
    written.map_err(|error| error.to_string())?;
    Ok(bytes)
}

fn parquet(table: &Table) -> Result<Vec<u8>, String> {
    let width = table.names.len();
    let mut columns = vec![Column::new("case".into(), &table.cases)];
    for (index, name) in table.names.iter().enumerate() {
        let name = name.as_str().into();
        columns.push(match &table.values {
            Values::F32(values, _) => Column::new(name, every(values, index, width)),
            Values::F64(values, _) => Column::new(name, every(values, index, width)),
        });
    }
    let mut frame =
        DataFrame::new(table.cases.len(), columns).map_err(|error| error.to_string())?;
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes).finish(&mut frame).map_err(|error| error.to_string())?;
    Ok(bytes)
}

fn every<T: Copy>(values: &[T], first: usize, step: usize) -> Vec<T> {
    values.iter().skip(first).step_by(step.max(1)).copied().collect()
}
