//! What ran, what failed and why, what is left.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use rayon::prelude::*;

use crate::records::{Depth, Planned, Record, RecordError, RunDir, RunState, StudyDir, find};
use crate::spec::{RunId, RunKind, RunSpec};

use super::error::StudyError;
use super::forecast::{Forecast, duration};
use super::progress::title;
use super::speeds::Speeds;

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
    /// Failed runs.
    pub failed: Vec<Failure>,
    /// Records of earlier versions, which carry no checksums.
    pub unchecked: usize,
    /// Wall time of finished runs in seconds.
    pub seconds: f64,
    /// What is left, in seconds of one runner with one job.
    pub left: f64,
    /// What this rests on, in words.
    pub basis: String,
    cells: Vec<(String, usize, usize)>,
}

/// A failed run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Its title.
    pub run: String,
    /// Why.
    pub reason: String,
    /// What its worker printed last, beside the reason.
    pub last: Vec<String>,
}

/// Reads the state of a study folder. `speeds` says what was measured here of a device.
pub fn status(dir: &StudyDir, speeds: &dyn Fn(&str) -> Speeds) -> Result<Status, StudyError> {
    let study = dir.read_study()?;
    let mut status = Status { name: study.study.study.name.clone(), ..Status::default() };
    let mut cells: Vec<String> = Vec::new();
    let mut counts: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let planned = Planned::of(&study);
    let found: Vec<Seen<'_>> =
        study.runs.par_iter().map(|id| Seen::of(dir, id, &planned)).collect::<Result<_, _>>()?;
    let device = found.iter().find_map(|found| {
        Some(found.record.as_ref()?.provenance.device.clone()).filter(|d| !d.is_empty())
    });
    let device = device.unwrap_or_else(|| "cpu".into());
    let mut forecast = Forecast::with(&device, speeds(&device));
    let mut left = Vec::new();
    for (id, found) in study.runs.iter().zip(found) {
        status.unchecked += usize::from(found.is_unchecked);
        let Seen { spec, record, is_begun, .. } = found;
        let kind = if spec.kind == RunKind::Pretraining { "pretraining " } else { "" };
        let cell = format!("{kind}{} / {} / {}", spec.task, spec.model, spec.init);
        if !counts.contains_key(&cell) {
            cells.push(cell.clone());
        }
        let count = counts.entry(cell).or_default();
        count.1 += 1;
        if let Some(record) = &record {
            forecast.learn(&spec, record);
        }
        match record.map(|record| (record.state, record.provenance.seconds)) {
            Some((RunState::Done, seconds)) => {
                status.done += 1;
                status.seconds += seconds;
                count.0 += 1;
            }
            Some((RunState::Failed { reason, .. }, _)) => {
                let last = last_words(&dir.run(id), &reason);
                status.failed.push(Failure { run: title(&spec), reason, last });
            }
            None => {
                *(if is_begun { &mut status.begun } else { &mut status.waiting }) += 1;
                left.push(spec);
            }
        }
    }
    status.left = left.iter().map(|spec| forecast.seconds(spec)).sum();
    status.basis = forecast.basis(left.iter().map(|spec| &**spec));
    status.cells = cells
        .into_iter()
        .map(|cell| {
            let (done, all) = counts[&cell];
            (cell, done, all)
        })
        .collect();
    Ok(status)
}

/// A run at a glance. Most runs of a large study wait: of those no file is opened, and
/// their specifications come from `study.json`. What lies in their folders is looked at
/// by who runs them.
struct Seen<'a> {
    spec: Cow<'a, RunSpec>,
    record: Option<Record>,
    is_begun: bool,
    is_unchecked: bool,
}

impl<'a> Seen<'a> {
    fn of(dir: &StudyDir, id: &RunId, planned: &'a Planned<'_>) -> Result<Self, RecordError> {
        let run = dir.run(id);
        // What cannot be seen is told by who reads it.
        let waits = matches!(run.record().try_exists(), Ok(false));
        if waits && let Some(spec) = planned.spec_of(id) {
            let is_begun = run.claim().is_file() || run.resume().is_file();
            let spec = Cow::Borrowed(spec);
            return Ok(Self { spec, record: None, is_begun, is_unchecked: false });
        }
        let found = find(dir, id, planned, Depth::Usual)?;
        let is_unchecked = found.is_unchecked();
        let (spec, record) = found.believed();
        let is_begun = record.is_none() && (run.claim().is_file() || run.resume().is_file());
        Ok(Self { spec: Cow::Owned(spec), record, is_begun, is_unchecked })
    }
}

/// The last lines that a worker printed, but for the reason that is told anyway.
fn last_words(dir: &RunDir, reason: &str) -> Vec<String> {
    const LINES: usize = 3;
    let log = std::fs::read(dir.log()).unwrap_or_default();
    let log = String::from_utf8_lossy(&log[log.len().saturating_sub(4096)..]).into_owned();
    let told = |line: &&str| !line.trim().is_empty() && !line.contains(reason);
    let mut last: Vec<String> =
        log.lines().rev().filter(told).take(LINES).map(String::from).collect();
    last.reverse();
    last
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
            let (left, basis) = (duration(self.left), &self.basis);
            writeln!(f, "forecast: about {left} of one run at a time ({basis})")?;
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
        for Failure { run, reason, last } in &self.failed {
            writeln!(f, "  {run}\n    {reason}")?;
            for line in last {
                writeln!(f, "    | {line}")?;
            }
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
                also_tested: Vec::new(),
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
        let waiting = status(&plan.dir, &|_| Speeds::default()).expect("a status");
        assert_eq!((waiting.done, waiting.waiting), (0, plan.runs.len()));
        put(0, RunState::Done);
        put(1, RunState::Done);
        put(2, RunState::Failed { reason: "no room".into(), permanent: false });
        std::fs::write(plan.dir.run(&plan.runs[3].id()).resume(), "begun").expect("written");
        let status = status(&plan.dir, &|_| Speeds::default()).expect("a status");
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
