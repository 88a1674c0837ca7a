//! `predictions.parquet`: one row per test case, written and read.

use std::path::Path;

use polars::prelude::*;

use super::error::{FrameError, Operation};
use crate::compare::cases::CaseRun;
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

/// Reads predictions as runs of a case comparison see them: `labels` and
/// `scores` per class. Level and seed are the caller's.
pub fn read_predictions(path: &Path) -> Result<CaseRun, FrameError> {
    let fail = |reason: String| FrameError::Read { path: path.to_path_buf(), reason };
    let file = std::fs::File::open(path).map_err(|error| fail(error.to_string()))?;
    let frame = ParquetReader::new(file).finish().op("read predictions of")?;
    let texts = |name: &str| -> Result<Vec<String>, FrameError> {
        let column = frame.column(name).op("read")?;
        Ok(column.str().op("read")?.iter().map(|v| v.unwrap_or_default().into()).collect())
    };
    let numbers = |name: &str| -> Result<Vec<f32>, FrameError> {
        let column = frame.column(name).op("read")?;
        Ok(column.f32().op("read")?.iter().map(|v| v.unwrap_or(f32::NAN)).collect())
    };
    let names: Vec<String> = frame.get_column_names().iter().map(ToString::to_string).collect();
    let classes: Vec<&str> = names.iter().filter_map(|name| name.strip_prefix("score_")).collect();
    let exclusive = names.iter().any(|name| name == "label");
    let mut labels = Vec::with_capacity(classes.len());
    for (index, class) in classes.iter().enumerate() {
        let column = if exclusive { "label".into() } else { format!("label_{class}") };
        let is_positive = |v: f32| if exclusive { v == index as f32 } else { v > 0.5 };
        labels.push(numbers(&column)?.into_iter().map(is_positive).collect());
    }
    let scores: Result<Vec<Vec<f32>>, FrameError> =
        classes.iter().map(|class| numbers(&format!("score_{class}"))).collect();
    Ok(CaseRun {
        cases: texts("case")?,
        patients: texts("patient")?,
        labels,
        scores: scores?,
        exclusive,
        ..CaseRun::default()
    })
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
