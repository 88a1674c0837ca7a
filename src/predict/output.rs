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

#[cfg(test)]
mod tests {
    use polars::prelude::{ParquetReader, SerReader};

    use super::*;

    fn values(double: bool) -> Values {
        let mut values = Values::new(double);
        let kind = if double { tch::Kind::Double } else { tch::Kind::Float };
        for batch in [&[0.1, 0.2, 0.3, 0.4][..], &[0.5, 0.6]] {
            let tensor = Tensor::from_slice(batch).to_kind(kind).view([-1, 2]);
            values.add(&tensor, 2).expect("finite");
        }
        values
    }

    fn table(double: bool) -> Table {
        Table {
            cases: ["a", "b", "c"].map(String::from).to_vec(),
            names: names(What::Probabilities, &["x".into(), "y".into()], 2),
            values: values(double),
        }
    }

    #[test]
    fn the_kind_of_file_is_told_from_its_name() {
        assert_eq!(Format::of(Path::new("a/B.NPY")).expect("a format"), Format::Npy);
        assert_eq!(Format::of(Path::new("y.parquet")).expect("a format"), Format::Parquet);
        let error = Format::of(Path::new("y.csv")).expect_err("an error").to_string();
        assert!(error.contains("y.csv") && error.contains(".npy or .parquet"), "{error}");
    }

    #[test]
    fn columns_are_named_by_class_or_number() {
        let classes = ["x".to_string()];
        assert_eq!(names(What::Logits, &classes, 2), ["logit_x", "logit_1"]);
        assert_eq!(names(What::Features, &[], 2), ["feature_0", "feature_1"]);
    }

    #[test]
    fn a_table_and_an_array_hold_the_same_rows() {
        let dir = tempfile::tempdir().expect("a folder");
        for double in [false, true] {
            let (array, parquet) = (dir.path().join("y.npy"), dir.path().join("y.parquet"));
            write(&array, Format::Npy, &table(double)).expect("written");
            write(&parquet, Format::Parquet, &table(double)).expect("written");
            let file = npyz::NpyFile::new(std::fs::File::open(&array).expect("a file"));
            let file = file.expect("an array");
            assert_eq!(file.shape(), [3, 2]);
            let rows: Vec<f64> = if double {
                file.into_vec().expect("values")
            } else {
                file.into_vec::<f32>().expect("values").into_iter().map(f64::from).collect()
            };
            let frame = ParquetReader::new(std::fs::File::open(&parquet).expect("a file"));
            let frame = frame.finish().expect("a table");
            assert_eq!(frame.get_column_names(), ["case", "score_x", "score_y"]);
            for (index, name) in ["score_x", "score_y"].into_iter().enumerate() {
                let column = frame.column(name).expect("a column");
                let column = column.cast(&polars::prelude::DataType::Float64).expect("numbers");
                let column: Vec<f64> = column.f64().expect("floats").into_no_null_iter().collect();
                assert_eq!(column, every(&rows, index, 2));
            }
        }
    }

    #[test]
    fn the_first_value_that_is_not_finite_is_named_by_its_place() {
        let tensor = Tensor::from_slice(&[1.0f32, f32::NAN, f32::INFINITY, 0.0]).view([2, 2]);
        assert_eq!(Values::new(false).add(&tensor, 2), Err(1));
    }
}
