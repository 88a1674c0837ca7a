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

/// Labels and scores of one run, without the identities of the cases.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ScoreTable {
    /// Names of the classes.
    pub classes: Vec<String>,
    /// Per class: whether each case has it.
    pub labels: Vec<Vec<bool>>,
    /// Per class: the score of each case.
    pub scores: Vec<Vec<f32>>,
    /// One class alone is right (multi-class); else each class is a decision.
    pub exclusive: bool,
}

/// Reads predictions as runs of a case comparison see them: `labels` and
/// `scores` per class. Level and seed are the caller's.
pub fn read_predictions(path: &Path) -> Result<CaseRun, FrameError> {
    let frame = read_frame(path, |_| true)?;
    let texts = |name: &str| -> Result<Vec<String>, FrameError> {
        let column = frame.column(name).op("read")?;
        Ok(column.str().op("read")?.iter().map(|v| v.unwrap_or_default().into()).collect())
    };
    let (cases, patients) = (texts("case")?, texts("patient")?);
    let ScoreTable { labels, scores, exclusive, .. } = score_table(&frame)?;
    Ok(CaseRun { cases, patients, labels, scores, exclusive, ..CaseRun::default() })
}

/// Reads labels and scores alone, a fraction of the file.
pub fn read_scores(path: &Path) -> Result<ScoreTable, FrameError> {
    let wanted = |name: &str| name.starts_with("score_") || name.starts_with("label");
    score_table(&read_frame(path, wanted)?)
}

fn read_frame(path: &Path, wanted: impl Fn(&str) -> bool) -> Result<DataFrame, FrameError> {
    let fail = |reason: String| FrameError::Read { path: path.to_path_buf(), reason };
    let file = std::fs::File::open(path).map_err(|error| fail(error.to_string()))?;
    let mut reader = ParquetReader::new(file);
    let schema = reader.schema().op("read predictions of")?;
    let names = schema.iter_names().map(ToString::to_string).filter(|name| wanted(name)).collect();
    reader.with_columns(Some(names)).finish().op("read predictions of")
}

fn score_table(frame: &DataFrame) -> Result<ScoreTable, FrameError> {
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
    let classes = classes.iter().map(ToString::to_string).collect();
    Ok(ScoreTable { classes, labels, scores: scores?, exclusive })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_are_read_with_and_without_their_cases() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("predictions.parquet");
        let row = |case: &str, label: f32, score: f32| Prediction {
            case: case.into(),
            patient: "p".into(),
            labels: vec![label],
            scores: vec![score, 1.0 - score],
        };
        let classes = ["a".to_string(), "b".to_string()];
        let rows = [row("1", 0.0, 0.9), row("2", 1.0, 0.6)];
        write_predictions(&path, &classes, Target::MultiClass, &rows).expect("written");
        let (run, table) = (read_predictions(&path), read_scores(&path).expect("read"));
        let run = run.expect("read");
        assert_eq!((run.cases, run.labels), (vec!["1".into(), "2".into()], table.labels.clone()));
        assert_eq!((table.classes.as_slice(), table.exclusive), (&classes[..], true));
        assert_eq!(table.labels, [vec![true, false], vec![false, true]]);
        assert_eq!(table.scores[0], [0.9, 0.6]);
        assert!(read_scores(&dir.path().join("none")).is_err());
    }
}
