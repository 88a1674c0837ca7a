//! `case_metrics.parquet`: one row per test case, metric and class.

use std::path::Path;

use polars::prelude::*;

use super::error::{FrameError, Operation};
use crate::records::{CaseMetric, write_atomic};

/// Writes metrics of single cases, in the order given.
pub fn write_case_metrics(path: &Path, rows: &[CaseMetric]) -> Result<(), FrameError> {
    let mut frame = to_frame(rows).op("build metrics of cases of")?;
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes).finish(&mut frame).op("write metrics of cases of")?;
    write_atomic(path, |out| std::io::Write::write_all(out, &bytes))?;
    Ok(())
}

/// Reads metrics of single cases; `None` where there is no such file, as for
/// targets whose metrics are of runs alone.
///
/// # Errors
/// Where the file cannot be read, lacks a column, or a row has no case or no
/// metric, or neither a value nor a reason.
pub fn read_case_metrics(path: &Path) -> Result<Option<Vec<CaseMetric>>, FrameError> {
    let fail = |reason: String| FrameError::Read { path: path.to_path_buf(), reason };
    let file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(fail(error.to_string())),
    };
    // As for predictions: callers read many files at once.
    let reader = ParquetReader::new(file).read_parallel(ParallelStrategy::None);
    let frame = reader.finish().map_err(|error| fail(error.to_string()))?;
    let rows = of_frame(&frame).map_err(|error| fail(error.to_string()))?;
    let incomplete = rows.iter().position(|row| {
        row.case.is_empty()
            || row.metric.is_empty()
            || (row.value.is_none() && row.undefined.is_none())
    });
    match incomplete {
        None => Ok(Some(rows)),
        Some(at) => Err(fail(format!(
            "row {} needs a case, a metric, and a value or the reason why there is none",
            at + 1
        ))),
    }
}

fn to_frame(rows: &[CaseMetric]) -> PolarsResult<DataFrame> {
    let text = |name: &str, of: fn(&CaseMetric) -> Option<&str>| {
        Column::new(name.into(), rows.iter().map(of).collect::<Vec<_>>())
    };
    let columns = vec![
        text("case", |row| Some(&row.case)),
        text("patient", |row| Some(&row.patient)),
        text("metric", |row| Some(&row.metric)),
        text("class", |row| row.class.as_deref()),
        Column::new("value".into(), rows.iter().map(|row| row.value).collect::<Vec<_>>()),
        text("undefined", |row| row.undefined.as_deref()),
    ];
    DataFrame::new(rows.len(), columns)
}

fn of_frame(frame: &DataFrame) -> PolarsResult<Vec<CaseMetric>> {
    let text = |name: &str| frame.column(name)?.str();
    let owned = |value: Option<&str>| value.map(String::from);
    let (cases, patients, metrics) = (text("case")?, text("patient")?, text("metric")?);
    let (classes, reasons) = (text("class")?, text("undefined")?);
    let values = frame.column("value")?.f64()?;
    let rows = (0..frame.height()).map(|row| CaseMetric {
        case: owned(cases.get(row)).unwrap_or_default(),
        patient: owned(patients.get(row)).unwrap_or_default(),
        metric: owned(metrics.get(row)).unwrap_or_default(),
        class: owned(classes.get(row)),
        value: values.get(row),
        undefined: owned(reasons.get(row)),
    });
    Ok(rows.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(case: &str, class: Option<&str>, value: Result<f64, &str>) -> CaseMetric {
        CaseMetric {
            case: case.into(),
            patient: format!("p{case}"),
            metric: "dice".into(),
            class: class.map(Into::into),
            value: value.ok(),
            undefined: value.err().map(Into::into),
        }
    }

    #[test]
    fn rows_come_back_in_their_order() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("run/case_metrics.parquet");
        let rows = [
            row("b", Some("left lung"), Ok(0.1 + 0.2)),
            row("b", None, Ok(0.5)),
            row("a", Some("heart"), Err("neither mask has a pixel")),
        ];
        for rows in [&rows[..], &[]] {
            write_case_metrics(&path, rows).expect("written");
            assert_eq!(read_case_metrics(&path).expect("read").as_deref(), Some(rows));
        }
    }

    #[test]
    fn a_run_without_such_metrics_has_none() {
        let dir = tempfile::tempdir().expect("a folder");
        assert_eq!(read_case_metrics(&dir.path().join("none")).expect("read"), None);
    }

    #[test]
    fn what_is_no_such_table_is_named() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("case_metrics.parquet");
        std::fs::write(&path, "no parquet").expect("written");
        let error = read_case_metrics(&path).expect_err("an error").to_string();
        assert!(error.contains("case_metrics.parquet"), "{error}");
        let mut half = row("b", None, Ok(1.0));
        half.value = None;
        write_case_metrics(&path, &[row("a", None, Ok(1.0)), half]).expect("written");
        let error = read_case_metrics(&path).expect_err("an error").to_string();
        assert!(error.contains("row 2 needs a case"), "{error}");
    }
}
