//! The long table of results, wherever it came from.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::case_source::TargetRun;
use super::error::{FrameError, Operation};
use super::layout::Tidy;
use super::reading::Reading;
use super::understood::FileRead;
use crate::records::{ResultRow, StudyDir, StudyRecord, write_atomic};
use crate::scores::{CaseData, Cell, Metric, MetricCells, MetricRules};
use crate::table::{Sheet, names};
use polars::prelude::*;

/// What errors and reports call standard input.
const STDIN: &str = "standard input";

/// One row per run x metric x class, plus what should be said about them.
#[derive(Clone, Debug)]
pub struct Results {
    /// Columns of [`ResultRow`], in the order of the file or the matrix.
    pub frame: DataFrame,
    /// Cells of which mean, spread and n are known, but no single runs.
    pub summaries: Vec<Cell>,
    /// Where the rows came from; of several files the first.
    pub source: PathBuf,
    /// All files that the rows came from; empty of a study folder.
    pub inputs: Vec<PathBuf>,
    /// What tables of cases hold case by case.
    pub cases: Option<Arc<CaseData>>,
    /// How a table was read.
    pub reading: Reading,
    /// Further factors, in the order of the table's columns.
    pub others: Vec<String>,
    /// Columns that a table lacks: their one level is their name, which cells do
    /// not show.
    pub lacking: Vec<String>,
    /// What the table and the study state of metrics.
    pub rules: MetricRules,
    /// Defaults taken and values left out, in words.
    pub notes: Vec<String>,
    /// Runs without results: failed or not run yet.
    pub problems: Vec<Problem>,
    /// The study, where the rows came from one.
    pub study: Option<StudyRecord>,
    /// Columns of a table that are neither known nor factors.
    pub unused: Vec<String>,
    /// Tables that were made of study folders, by the names that they go by.
    pub(super) kept: Vec<(PathBuf, Arc<[u8]>)>,
    /// What should be said of those and is not in them.
    pub said: Vec<String>,
    /// Bytes of standard input, which cannot be read again.
    pub(super) stdin: Option<Arc<[u8]>>,
    /// Names of columns in the files, and the known names that they were read as.
    pub(super) renamed: Vec<(String, String)>,
    /// How the files were read.
    pub files: Vec<FileRead>,
    /// Whether rows of one seed belong together; else each is a run of its own.
    pub has_seeds: bool,
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

impl Results {
    /// Results of a study folder, or of a table; `-` is standard input.
    pub fn open(path: &Path, reading: &Reading) -> Result<Self, FrameError> {
        if path.is_dir() {
            if let Some(filter) = reading.filters.first() {
                return Err(FrameError::Filter {
                    column: filter.column.clone(),
                    value: filter.value.clone(),
                    reason: "filters are for tables; a study has no other factors".into(),
                });
            }
            return super::study_in::read(&StudyDir::new(path), &reading.further);
        }
        // A table has the metrics that it has.
        let reading = &Reading { further: Vec::new(), ..reading.clone() };
        Self::open_files(&[path.to_path_buf()], reading)
    }

    /// The same of several paths: tables of results, one upon the other, or tables of
    /// cases, of which the first with labels is the truth; or study folders, with tables
    /// of results beside them, joined by tasks with their origin as a column.
    pub fn open_all(paths: &[PathBuf], reading: &Reading) -> Result<Self, FrameError> {
        if let [path] = paths {
            return Self::open(path, reading);
        }
        if paths.iter().any(|path| path.is_dir()) {
            return super::join::join(paths, reading);
        }
        Self::open_files(paths, reading)
    }

    fn open_files(paths: &[PathBuf], reading: &Reading) -> Result<Self, FrameError> {
        let is_stdin = |path: &&PathBuf| path.as_os_str() == "-";
        if paths.iter().filter(is_stdin).count() > 1 {
            let reason = "- is given twice; standard input can be read once".into();
            return Err(FrameError::Inputs { reason });
        }
        let mut named = Vec::with_capacity(paths.len());
        for path in paths {
            let bytes = read_file(path)?;
            let path = if is_stdin(&path) { PathBuf::from(STDIN) } else { path.clone() };
            named.push((path, bytes));
        }
        let files: Vec<(&Path, &[u8])> =
            named.iter().map(|(path, bytes)| (path.as_path(), bytes.as_slice())).collect();
        let mut results = Self::from_bytes(&files, reading)?;
        let at = paths.iter().position(|path| is_stdin(&path));
        results.stdin = at.map(|at| named.swap_remove(at).1.into());
        Ok(results)
    }

    /// The bytes of an input, for those who keep them.
    pub fn bytes_of(&self, path: &Path) -> Result<Vec<u8>, FrameError> {
        if let Some((_, bytes)) = self.kept.iter().find(|(kept, _)| kept == path) {
            return Ok(bytes.to_vec());
        }
        match &self.stdin {
            Some(bytes) if path == Path::new(STDIN) => Ok(bytes.to_vec()),
            _ => read_file(path),
        }
    }

    /// Results of the bytes of one file; `source` is the name that errors use.
    pub fn from_csv(bytes: &[u8], source: &Path, reading: &Reading) -> Result<Self, FrameError> {
        Self::from_bytes(&[(source, bytes)], reading)
    }

    /// Results of the bytes of files; the paths are what errors name.
    pub fn from_bytes(files: &[(&Path, &[u8])], reading: &Reading) -> Result<Self, FrameError> {
        if files.is_empty() {
            return Err(FrameError::Inputs { reason: "there is no input".into() });
        }
        let mut tidied = files
            .iter()
            .map(|(path, bytes)| tidy(path, bytes, reading))
            .collect::<Result<Vec<Tidy>, _>>()?;
        let read = tidied.iter().map(file_read).collect();
        let said: Vec<String> = tidied.iter_mut().flat_map(|tidy| tidy.notes.drain(..)).collect();
        let renamed: Vec<(String, String)> =
            tidied.iter_mut().flat_map(|tidy| tidy.renamed.drain(..)).collect();
        let meant = in_known_names(reading, &renamed);
        let paths: Vec<&Path> = files.iter().map(|(path, _)| *path).collect();
        let names = super::layout::run_names(&paths);
        let sheets: Vec<Sheet> = tidied.into_iter().map(|tidy| tidy.sheet).collect();
        let mut results =
            if sheets.iter().any(|sheet| super::case_tables::is_case_table(sheet.header())) {
                super::case_tables::read(sheets, &names, &meant)?
            } else {
                super::runs::read(sheets, names, &meant)?
            };
        results.files = read;
        results.renamed = renamed;
        results.reading = reading.clone();
        results.notes.splice(0..0, said);
        Ok(results)
    }

    /// Results of a study whose records are at hand, in the order of its runs.
    pub fn from_records(
        study: StudyRecord,
        runs: &[super::RunIn],
        source: &Path,
    ) -> Result<Self, FrameError> {
        super::study_in::of_records(study, runs, source)
    }

    /// Results of a study folder.
    pub fn from_study(dir: &StudyDir) -> Result<Self, FrameError> {
        super::study_in::read(dir, &[])
    }

    pub(super) fn of_rows(
        rows: &[ResultRow],
        others: Vec<String>,
        source: &Path,
    ) -> Result<Self, FrameError> {
        Ok(Self::of_frame(to_frame(rows, &others)?, others, source))
    }

    pub(super) fn of_frame(frame: DataFrame, others: Vec<String>, source: &Path) -> Self {
        Self {
            frame,
            summaries: Vec::new(),
            source: source.to_path_buf(),
            inputs: vec![source.to_path_buf()],
            cases: None,
            reading: Reading::default(),
            others,
            lacking: Vec::new(),
            rules: MetricRules::default(),
            notes: Vec::new(),
            problems: Vec::new(),
            study: None,
            targets: Vec::new(),
            unused: Vec::new(),
            files: Vec::new(),
            renamed: Vec::new(),
            stdin: None,
            kept: Vec::new(),
            said: Vec::new(),
            has_seeds: true,
        }
    }

    /// The name that a column has here: a file's own name for a known column is that
    /// column (`backbone` is `model`).
    pub fn column_name<'a>(&'a self, name: &'a str) -> &'a str {
        known_name(&self.renamed, name)
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

    /// A metric as the table has it, with what is stated of it here and in
    /// `rules`, which count more.
    pub fn metric(&self, key: &str, rules: &MetricRules) -> Result<Metric, FrameError> {
        Ok(self.metric_cells(key, rules)?.metric)
    }

    /// The same with its cells.
    pub fn metric_cells(&self, key: &str, rules: &MetricRules) -> Result<MetricCells, FrameError> {
        let cells = self.cells(key)?;
        Ok(MetricCells { metric: Metric::of(key, &self.rules_with(rules), &cells), cells })
    }

    /// What is stated of metrics: by the table, by the study, and here.
    pub fn rules_with(&self, rules: &MetricRules) -> MetricRules {
        let mut all = self.rules.clone();
        if let Some(study) = &self.study {
            all.extend(&study.study.metrics);
        }
        all.extend(rules);
        all
    }

    /// What should be said under a comparison: defaults taken, values left out,
    /// runs without results.
    pub fn further_notes(&self) -> Vec<String> {
        let missing = |p: &Problem| format!("no results of {}: {}", p.run, p.reason);
        self.notes.iter().cloned().chain(self.problems.iter().map(missing)).collect()
    }

    /// n, mean and sample standard deviation over seeds, per task, model,
    /// init, label fraction, metric and class.
    pub fn summary(&self) -> Result<DataFrame, FrameError> {
        let keys = ["task", "model", "init", "label_fraction", "metric", "class"];
        let keys: Vec<Expr> =
            keys.into_iter().chain(self.others.iter().map(String::as_str)).map(col).collect();
        self.frame
            .clone()
            .lazy()
            .group_by_stable(keys)
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
        let bytes = self.to_csv()?;
        write_atomic(path, |out| std::io::Write::write_all(out, &bytes))?;
        Ok(())
    }

    /// What [`write_csv`](Self::write_csv) writes.
    pub fn to_csv(&self) -> Result<Vec<u8>, FrameError> {
        let mut frame = self.frame.clone();
        let mut bytes = Vec::new();
        CsvWriter::new(&mut bytes).include_header(true).finish(&mut frame).op("write")?;
        Ok(bytes)
    }
}

fn tidy(path: &Path, bytes: &[u8], reading: &Reading) -> Result<Tidy, FrameError> {
    super::layout::tidy(path, bytes, &reading.sheet_options(), &reading.mapping, reading.step)
}

fn known_name<'a>(renamed: &'a [(String, String)], name: &'a str) -> &'a str {
    let plain = names::plain(name);
    let known = renamed.iter().find(|(own, _)| own == name || names::plain(own) == plain);
    known.map_or(name, |(_, known)| known)
}

/// What was asked of columns by the names that the files give them.
fn in_known_names(reading: &Reading, renamed: &[(String, String)]) -> Reading {
    let mut reading = reading.clone();
    for filter in &mut reading.filters {
        filter.column = known_name(renamed, &filter.column).into();
    }
    for factor in &mut reading.factors {
        *factor = known_name(renamed, factor).into();
    }
    reading
}

fn file_read(tidy: &Tidy) -> FileRead {
    let sheet = &tidy.sheet;
    let how = sheet.how();
    let line = |at: usize| sheet.row(at).line();
    FileRead {
        path: sheet.path().to_path_buf(),
        how: tidy.kind.map_or(how.clone(), |kind| format!("{kind} ({how})")),
        rows: sheet.len(),
        lines: sheet.len().checked_sub(1).map(|last| (line(0), line(last))),
        understood: tidy.understood.clone(),
        ignored: tidy.ignored.clone(),
    }
}

fn read_file(path: &Path) -> Result<Vec<u8>, FrameError> {
    let read = if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut std::io::stdin().lock(), &mut bytes).map(|_| bytes)
    } else {
        std::fs::read(path)
    };
    read.map_err(|error| FrameError::Read { path: path.into(), reason: error.to_string() })
}

fn to_frame(rows: &[ResultRow], others: &[String]) -> Result<DataFrame, FrameError> {
    let text = |name: &str, f: fn(&ResultRow) -> Option<&str>| {
        Column::new(name.into(), rows.iter().map(f).collect::<Vec<Option<&str>>>())
    };
    let mut columns = vec![
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
    for (at, name) in others.iter().enumerate() {
        let level = |row: &ResultRow| row.others.get(at).map(|(_, level)| level.clone());
        columns.push(Column::new(name.as_str().into(), rows.iter().map(level).collect::<Vec<_>>()));
    }
    DataFrame::new(rows.len(), columns).op("build")
}
