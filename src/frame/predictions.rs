//! `predictions.parquet`: one row per test case.

use std::path::Path;

use polars::prelude::*;

use super::error::{FrameError, Operation};
use crate::records::{Prediction, write_atomic};
use crate::spec::Target;

/// Writes predictions: `case`, `patient`, the labels and a score per class.
pub fn write_predictions(
    path: &Path,
    classes: &[String],
    target: Target,
    rows: &[Prediction],
) -> Result<(), FrameError> {
    let mut frame = to_frame(classes, target, rows)?;
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes).finish(&mut frame).op("write predictions of")?;
    write_atomic(path, |out| std::io::Write::write_all(out, &bytes))?;
    Ok(())
}

fn to_frame(
    classes: &[String],
    target: Target,
    rows: &[Prediction],
) -> Result<DataFrame, FrameError> {
    let text = |name: &str, f: fn(&Prediction) -> &str| {
        Column::new(name.into(), rows.iter().map(f).collect::<Vec<_>>())
    };
    let number = |name: String, f: &dyn Fn(&Prediction) -> Option<f32>| {
        Column::new(name.into(), rows.iter().map(f).collect::<Vec<_>>())
    };
    let mut columns = vec![text("case", |r| &r.case), text("patient", |r| &r.patient)];
    if target == Target::MultiClass {
        columns.push(number("label".into(), &|r| r.labels.first().copied()));
    } else {
        for (i, class) in classes.iter().enumerate() {
            columns.push(number(format!("label_{class}"), &|r| r.labels.get(i).copied()));
        }
    }
    for (i, class) in classes.iter().enumerate() {
        columns.push(number(format!("score_{class}"), &|r| r.scores.get(i).copied()));
    }
    DataFrame::new(rows.len(), columns).op("build predictions of")
}
