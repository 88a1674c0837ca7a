//! What was understood of an input, in five lines.

use std::path::PathBuf;

use polars::prelude::*;

use super::error::{FrameError, Operation};
use super::results::Results;
use crate::scores::{Factor, MetricRules, Unit};
use crate::text::{listed, percent};

/// Levels that are named; of more the number is given.
const MOST_LEVELS: usize = 6;

/// A file as it was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileRead {
    /// The file.
    pub path: PathBuf,
    /// What it is: `CSV with semicolons, gzip`.
    pub how: String,
    /// Rows, and the lines of the first and the last.
    pub rows: usize,
    /// Lines of the first and the last row.
    pub lines: Option<(u64, u64)>,
    /// What columns were taken for.
    pub understood: Vec<String>,
    /// Columns that were left out in reading.
    pub ignored: Vec<String>,
}

/// One of the five lines: what it is about, and what was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Understood {
    /// `read`, `levels`, `values`, `repeated`, `not used`.
    pub about: &'static str,
    /// In words.
    pub words: String,
}

impl Results {
    /// What was understood of the input: what was read, the levels of each factor, the
    /// values with their directions, what repeats, the columns that are not used.
    pub fn understood(&self, rules: &MetricRules) -> Result<Vec<Understood>, FrameError> {
        let line = |about, words| Understood { about, words };
        Ok(vec![
            line("read", self.what_was_read()),
            line("levels", self.what_levels()?),
            line("values", self.what_values(rules)?),
            line("repeated", self.what_repeats()?),
            line("not used", self.what_is_not_used()),
        ])
    }

    fn what_was_read(&self) -> String {
        if let Some(study) = &self.study {
            let (done, all) =
                (study.runs.len() - self.problems.len().min(study.runs.len()), study.runs.len());
            return format!(
                "study folder {}: {done} of {all} runs have ended",
                self.source.display()
            );
        }
        let files: Vec<String> = self.files.iter().take(MOST_LEVELS).map(FileRead::words).collect();
        let more = self.files.len().saturating_sub(MOST_LEVELS);
        let rest = if more > 0 { format!("; and {more} more files") } else { String::new() };
        format!("{}{rest}", files.join("; "))
    }

    fn what_levels(&self) -> Result<String, FrameError> {
        let mut parts = Vec::new();
        let usual = [Factor::TASK, Factor::MODEL, Factor::INIT].into_iter();
        for name in usual.chain(self.others.iter().map(String::as_str)) {
            if self.lacking.iter().any(|lacking| lacking == name) {
                continue;
            }
            let levels = self.distinct(name)?;
            if !levels.is_empty() {
                parts.push(format!("{name}: {}", named(&levels)));
            }
        }
        let fractions = self.shares()?;
        if fractions.len() > 1 || fractions.first().is_some_and(|share| *share != 1.0) {
            let words: Vec<String> = fractions.iter().map(|share| percent(*share)).collect();
            parts.push(format!("label_fraction: {}", words.join(", ")));
        }
        if parts.is_empty() {
            return Ok("none: no column tells rows apart".into());
        }
        Ok(parts.join("; "))
    }

    fn what_values(&self, rules: &MetricRules) -> Result<String, FrameError> {
        let metrics = self.metrics()?;
        let mut parts = Vec::new();
        for key in metrics.iter().take(MOST_LEVELS) {
            let metric = self.metric(key, rules)?;
            let unit = metric.unit().map(|unit| format!("in {unit}, ")).unwrap_or_default();
            parts.push(format!("{key} ({unit}{})", metric.better.words()));
        }
        if metrics.len() > MOST_LEVELS {
            parts.push(format!("{} more metrics", metrics.len() - MOST_LEVELS));
        }
        let missing = self.frame.column("value").op("count")?.null_count();
        let all = self.frame.height();
        let gone = match missing {
            0 => "none missing".into(),
            _ => format!("{missing} of {all} missing"),
        };
        Ok(format!("{}; {gone}", parts.join(", ")))
    }

    fn what_repeats(&self) -> Result<String, FrameError> {
        if let Some(cases) = &self.cases
            && cases.unit != Unit::Seeds
        {
            let of = |task: &crate::scores::CaseTask| {
                let (cases, units) = (task.table.cases.len(), task.units().len());
                if units < cases {
                    format!("{cases} test cases of {units} patients")
                } else {
                    format!("{cases} test cases")
                }
            };
            let words: Vec<String> = match cases.tasks.as_slice() {
                [one] => vec![of(one)],
                several => several
                    .iter()
                    .take(MOST_LEVELS)
                    .map(|task| format!("{} on {}", of(task), task.task))
                    .collect(),
            };
            return Ok(format!("{}: cells are means over them", words.join(", ")));
        }
        if self.frame.height() == 0 {
            return Ok("means with n and a spread, without single runs".into());
        }
        let also = if self.summaries.is_empty() { "" } else { "; and means with n and a spread" };
        if !self.has_seeds {
            return Ok(format!("each row is a run of its own, without pairs{also}"));
        }
        let seeds = self.frame.column("seed").op("read")?.u64().op("read")?;
        let mut all: Vec<u64> = seeds.unique().op("read")?.iter().flatten().collect();
        all.sort_unstable();
        let words = match all.as_slice() {
            [] => "none".into(),
            [one] => format!("one seed ({one})"),
            [first, last] => format!("seeds {first} and {last}"),
            [first, .., last] if last - first + 1 == all.len() as u64 => {
                format!("seeds {first} to {last}")
            }
            several => {
                let names: Vec<String> = several.iter().map(u64::to_string).collect();
                format!("seeds {}", named(&names))
            }
        };
        Ok(format!("runs, {words}: cells are means over them{also}"))
    }

    fn what_is_not_used(&self) -> String {
        let mut names: Vec<String> = Vec::new();
        for name in self.files.iter().flat_map(|file| &file.ignored).chain(&self.unused) {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
        if names.is_empty() { "none".into() } else { names.join(", ") }
    }

    /// Levels of a column, in order of first appearance; of summaries too.
    fn distinct(&self, name: &str) -> Result<Vec<String>, FrameError> {
        let column = self.frame.column(name).op("read levels of")?;
        let column = column.unique_stable().op("read levels of")?;
        let mut levels: Vec<String> =
            column.str().op("read levels of")?.iter().flatten().map(String::from).collect();
        for cell in &self.summaries {
            let of = cell.factors().find(|(factor, _)| *factor == name);
            levels.extend(of.map(|(_, level)| level.to_string()).filter(|l| !levels.contains(l)));
        }
        Ok(levels)
    }

    fn shares(&self) -> Result<Vec<f64>, FrameError> {
        let column = self.frame.column("label_fraction").op("read")?.f64().op("read")?;
        let mut shares: Vec<f64> = column.unique().op("read")?.iter().flatten().collect();
        shares.extend(self.summaries.iter().map(|cell| cell.label_fraction));
        shares.sort_by(f64::total_cmp);
        shares.dedup();
        Ok(shares)
    }
}

impl FileRead {
    /// `results.csv: CSV with semicolons, 60 rows (lines 2 to 61)`.
    fn words(&self) -> String {
        let rows = if self.rows == 1 { "1 row".into() } else { format!("{} rows", self.rows) };
        let lines = match self.lines {
            // A line of a wide table holds several results.
            Some((first, last)) if first == last && self.rows > 1 => format!(" (line {first})"),
            Some((first, last)) if last - first + 1 < self.rows as u64 => {
                format!(" (lines {first} to {last}, several results in each)")
            }
            Some((first, last)) if first < last => format!(" (lines {first} to {last})"),
            _ => String::new(),
        };
        let columns = match self.understood.as_slice() {
            [] => String::new(),
            said => format!("; {}", listed(said)),
        };
        format!("{}: {}, {rows}{lines}{columns}", self.path.display(), self.how)
    }
}

/// `3 (random, imagenet, birds)`; of many the first.
fn named(levels: &[String]) -> String {
    let first: Vec<&str> = levels.iter().take(MOST_LEVELS).map(String::as_str).collect();
    let more = if levels.len() > MOST_LEVELS { ", …" } else { "" };
    format!("{} ({}{more})", levels.len(), first.join(", "))
}
