//! The long table of results, wherever it came from.

use std::path::{Path, PathBuf};

use polars::prelude::*;
use serde::{Deserialize, Serialize};

use super::case_source::TargetRun;
use super::error::{FrameError, Operation};
use crate::compare::Cell;
use crate::records::{Record, ResultRow, StudyDir, StudyRecord, write_atomic};
use crate::spec::RunSpec;

/// One row per run x metric x class, plus what should be said about them.
#[derive(Clone, Debug)]
pub struct Results {
    /// Columns of [`ResultRow`], in the order of the file or the matrix.
    pub frame: DataFrame,
    /// Cells of which mean, spread and n are known, but no single runs.
    pub summaries: Vec<Cell>,
    /// Where the rows came from.
    pub source: PathBuf,
    /// The rows of a CSV file that count.
    pub filters: Vec<Filter>,
    /// Defaults taken and values left out, in words.
    pub notes: Vec<String>,
    /// Runs without results: failed or not run yet.
    pub problems: Vec<Problem>,
    /// The study, where the rows came from one.
    pub study: Option<StudyRecord>,
    /// Runs of the study that have predictions, in matrix order.
    pub(super) targets: Vec<TargetRun>,
}

/// A run without results.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// `task / model / init / 10 % / seed 0`.
    pub run: String,
    /// Why.
    pub reason: String,
}

/// `--where COLUMN=VALUE`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    /// Column of the file.
    pub column: String,
    /// Value that rows must have.
    pub value: String,
}

impl std::str::FromStr for Filter {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (column, value) =
            text.split_once('=').ok_or_else(|| format!("{text:?} is not COLUMN=VALUE"))?;
        Ok(Self { column: column.trim().into(), value: value.trim().into() })
    }
}

impl Results {
    /// Results of a study folder, or of a CSV file.
    pub fn open(path: &Path, filters: &[Filter]) -> Result<Self, FrameError> {
        if path.is_dir() {
            if let Some(filter) = filters.first() {
                return Err(FrameError::Filter {
                    column: filter.column.clone(),
                    value: filter.value.clone(),
                    reason: "filters are for CSV files; a study has no other factors".into(),
                });
            }
            return Self::from_study(&StudyDir::new(path));
        }
        super::csv_in::read(path, filters)
    }

    /// Results of a CSV file's bytes; `source` is the name that errors use.
    pub fn from_csv(bytes: &[u8], source: &Path, filters: &[Filter]) -> Result<Self, FrameError> {
        super::csv_in::parse(bytes, source, filters)
    }

    /// Results of a study whose records are at hand, in the order of its runs.
    pub fn from_records(
        study: StudyRecord,
        runs: &[(RunSpec, Option<Record>)],
        source: &Path,
    ) -> Result<Self, FrameError> {
        super::study_in::of_records(study, runs, source)
    }

    /// Results of a study folder.
    pub fn from_study(dir: &StudyDir) -> Result<Self, FrameError> {
        super::study_in::read(dir)
    }

    pub(super) fn of_rows(rows: &[ResultRow], source: &Path) -> Result<Self, FrameError> {
        Ok(Self {
            frame: to_frame(rows)?,
            summaries: Vec::new(),
            source: source.to_path_buf(),
            filters: Vec::new(),
            notes: Vec::new(),
            problems: Vec::new(),
            study: None,
            targets: Vec::new(),
        })
    }

    /// Names of the metrics, in order of first appearance.
    pub fn metrics(&self) -> Result<Vec<String>, FrameError> {
        let column = self.frame.column("metric").op("read metrics of")?;
        let column = column.str().op("read metrics of")?;
        let mut names: Vec<String> = Vec::new();
        let summaries = self.summaries.iter().map(|cell| cell.metric.as_str());
        for name in column.iter().flatten().chain(summaries) {
            if !names.iter().any(|known| known == name) {
                names.push(name.to_string());
            }
        }
        Ok(names)
    }

    /// n, mean and sample standard deviation over seeds, per task, model,
    /// init, label fraction, metric and class.
    pub fn summary(&self) -> Result<DataFrame, FrameError> {
        let keys = ["task", "model", "init", "label_fraction", "metric", "class"];
        self.frame
            .clone()
            .lazy()
            .group_by_stable(keys.map(col))
            .agg([
                col("value").count().alias("n"),
                col("value").mean().alias("mean"),
                col("value").std(1).alias("sd"),
            ])
            .collect()
            .op("aggregate")
    }

    /// Writes the table as CSV: same rows in, same bytes out.
    pub fn write_csv(&self, path: &Path) -> Result<(), FrameError> {
        let mut frame = self.frame.clone();
        let mut bytes = Vec::new();
        CsvWriter::new(&mut bytes).include_header(true).finish(&mut frame).op("write")?;
        write_atomic(path, |out| std::io::Write::write_all(out, &bytes))?;
        Ok(())
    }
}

fn to_frame(rows: &[ResultRow]) -> Result<DataFrame, FrameError> {
    let text = |name: &str, f: fn(&ResultRow) -> Option<&str>| {
        Column::new(name.into(), rows.iter().map(f).collect::<Vec<Option<&str>>>())
    };
    let columns = vec![
        text("task", |r| Some(&r.task)),
        text("model", |r| Some(&r.model)),
        text("init", |r| Some(&r.init)),
        text("granularity", |r| r.granularity.as_deref()),
        Column::new(
            "label_fraction".into(),
            rows.iter().map(|r| r.label_fraction).collect::<Vec<_>>(),
        ),
        Column::new("seed".into(), rows.iter().map(|r| r.seed).collect::<Vec<_>>()),
        text("metric", |r| Some(&r.metric)),
        text("class", |r| r.class.as_deref()),
        Column::new("value".into(), rows.iter().map(|r| r.value).collect::<Vec<_>>()),
        text("undefined", |r| r.undefined.as_deref()),
        Column::new("n".into(), rows.iter().map(|r| r.n).collect::<Vec<_>>()),
        text("run", |r| Some(&r.run)),
    ];
    DataFrame::new(rows.len(), columns).op("build")
}
