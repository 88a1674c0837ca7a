//! What ran, what failed and why, what is left.

use std::collections::BTreeMap;
use std::fmt;

use crate::records::{Depth, Planned, RunState, StudyDir, find};
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
    /// Records of earlier versions, which carry no checksums.
    pub unchecked: usize,
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
    let planned = Planned::of(&study);
    for id in &study.runs {
        let run_dir = dir.run(id);
        let found = find(dir, id, &planned, Depth::Usual)?;
        status.unchecked += usize::from(found.is_unchecked());
        let (spec, record) = found.believed();
        let kind = if spec.kind == RunKind::Pretraining { "pretraining " } else { "" };
        let cell = format!("{kind}{} / {} / {}", spec.task, spec.model, spec.init);
        if !counts.contains_key(&cell) {
            cells.push(cell.clone());
        }
        let count = counts.entry(cell).or_default();
        count.1 += 1;
        match record.map(|record| (record.state, record.provenance.seconds)) {
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
        if self.unchecked > 0 {
            writeln!(
                f,
                "not checked: {} records of an earlier version carry no checksums",
                self.unchecked
            )?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::{FORMAT, Provenance, Record, write_json};
    use crate::study::tests::planned;

    #[test]
    fn runs_are_done_failed_begun_or_waiting() {
        let (_dir, plan) = planned();
        let put = |index: usize, state: RunState| {
            let run = plan.runs[index].id();
            let record = Record {
                format: FORMAT,
                state,
                metrics: Vec::new(),
                validation: Vec::new(),
                decision: None,
                cases: [1; 3],
                best_epoch: 1,
                epochs: 1,
                loaded: None,
                spec_sha256: None,
                files: None,
                sha256: None,
                provenance: Provenance { seconds: 2.0, ..Provenance::default() },
                run: run.clone(),
            };
            write_json(&plan.dir.run(&run).record(), &record).expect("written");
        };
        let waiting = status(&plan.dir).expect("a status");
        assert_eq!((waiting.done, waiting.waiting), (0, plan.runs.len()));
        put(0, RunState::Done);
        put(1, RunState::Done);
        put(2, RunState::Failed { reason: "no room".into(), permanent: false });
        std::fs::write(plan.dir.run(&plan.runs[3].id()).resume(), "begun").expect("written");
        let status = status(&plan.dir).expect("a status");
        assert_eq!((status.done, status.begun, status.failed.len()), (2, 1, 1));
        assert_eq!(status.waiting, plan.runs.len() - 4);
        let text = status.to_string();
        for part in [
            "s: 2 of 6 runs done, 4 s of work",
            "left: 1 begun, 2 waiting",
            "pretraining source / small / coarse    2/2",
            "findings / small / random              0/2",
            "failed: 1",
            "no room",
        ] {
            assert!(text.contains(part), "{part:?} is not in: {text}");
        }
    }
}
