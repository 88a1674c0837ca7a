//! What ran, what failed and why, what is left.

use std::collections::BTreeMap;
use std::fmt;

use crate::records::{RunState, StudyDir};
use crate::spec::RunKind;

use super::error::StudyError;
use super::progress::title;

/// The state of a study folder.
#[derive(Clone, Debug, Default)]
pub struct Status {
    /// Name of the study.
    pub name: String,
    /// Runs with results.
    pub done: usize,
    /// Runs that were begun and have no record yet.
    pub begun: usize,
    /// Runs that were not begun.
    pub waiting: usize,
    /// Failed runs: title and reason.
    pub failed: Vec<(String, String)>,
    /// Wall time of finished runs in seconds.
    pub seconds: f64,
    cells: Vec<(String, usize, usize)>,
}

/// Reads the state of a study folder.
pub fn status(dir: &StudyDir) -> Result<Status, StudyError> {
    let study = dir.read_study()?;
    let mut status = Status { name: study.study.study.name.clone(), ..Status::default() };
    let mut cells: Vec<String> = Vec::new();
    let mut counts: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for id in &study.runs {
        let run_dir = dir.run(id);
        let spec = run_dir.read_spec()?;
        let kind = if spec.kind == RunKind::Pretraining { "pretraining " } else { "" };
        let cell = format!("{kind}{} / {} / {}", spec.task, spec.model, spec.init);
        if !counts.contains_key(&cell) {
            cells.push(cell.clone());
        }
        let count = counts.entry(cell).or_default();
        count.1 += 1;
        match run_dir.read_record()?.map(|record| (record.state, record.provenance.seconds)) {
            Some((RunState::Done, seconds)) => {
                status.done += 1;
                status.seconds += seconds;
                count.0 += 1;
            }
            Some((RunState::Failed { reason, .. }, _)) => {
                status.failed.push((title(&spec), reason));
            }
            None if run_dir.resume().is_file() => status.begun += 1,
            None => status.waiting += 1,
        }
    }
    status.cells = cells
        .into_iter()
        .map(|cell| {
            let (done, all) = counts[&cell];
            (cell, done, all)
        })
        .collect();
    Ok(status)
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total = self.done + self.begun + self.waiting + self.failed.len();
        writeln!(
            f,
            "{}: {} of {total} runs done, {:.0} s of work",
            self.name, self.done, self.seconds
        )?;
        if self.begun + self.waiting > 0 {
            writeln!(f, "left: {} begun, {} waiting", self.begun, self.waiting)?;
        }
        let width = self.cells.iter().map(|cell| cell.0.chars().count()).max().unwrap_or(0);
        for (cell, done, all) in &self.cells {
            writeln!(f, "  {cell:width$}  {done:>3}/{all}")?;
        }
        if !self.failed.is_empty() {
            writeln!(f, "failed: {}", self.failed.len())?;
        }
        for (run, reason) in &self.failed {
            writeln!(f, "  {run}\n    {reason}")?;
        }
        Ok(())
    }
}
