//! One run of a study folder.

use std::fs;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use super::{Damage, Way, masks};
use crate::frame::{metrics_of, read_history, read_prediction_rows};
use crate::records::seal::{Seal, check_tensors};
use crate::records::{
    Depth, Found, Metric, Planned, Record, RecordError, RunDir, RunState, StudyDir, find,
};
use crate::spec::{RunId, RunKind, Target, Task};

/// What became of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// It has results that nothing contradicts.
    Sound,
    Failed,
    Waiting,
    Damaged,
}

/// What a run's folder holds.
pub(super) struct RunCheck {
    pub(super) state: State,
    /// Sound, but of an earlier version without checksums.
    pub(super) unchecked: bool,
    pub(super) damage: Vec<Damage>,
    pub(super) notes: Vec<String>,
}

pub(super) fn check_run(
    dir: &StudyDir,
    id: &RunId,
    planned: &Planned<'_>,
) -> Result<RunCheck, RecordError> {
    let run = dir.run(id);
    let found = match find(dir, id, planned, Depth::Full) {
        Ok(found) => found,
        // Neither the folder nor the study tells what the run is.
        Err(RecordError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
            return Ok(RunCheck {
                state: State::Waiting,
                unchecked: false,
                damage: Vec::new(),
                notes: Vec::new(),
            });
        }
        Err(RecordError::Malformed { path, reason, .. }) => {
            return Ok(RunCheck {
                state: State::Damaged,
                unchecked: false,
                damage: vec![Damage { path, reason, way: Way::Run }],
                notes: Vec::new(),
            });
        }
        Err(error) => return Err(error),
    };
    let mut checked = RunCheck {
        state: State::Waiting,
        unchecked: false,
        damage: faults(&run, &found),
        notes: Vec::new(),
    };
    let done = found.record.as_ref().is_some_and(|record| record.state == RunState::Done);
    if let Some(record) = &found.record
        && done
        && checked.damage.is_empty()
    {
        checked.damage.extend(consequences(&run, &found, record));
    }
    if found.record.is_some() && !found.has_spec && checked.damage.is_empty() {
        let reason = "is missing".into();
        checked.damage.push(Damage { path: run.spec(), reason, way: Way::Run });
    }
    if let Some(damage) = resume(&run, done, &mut checked.notes)? {
        checked.damage.push(damage);
    }
    missing_weights(&run, &found, &mut checked.notes);
    checked.state = match &found.record {
        _ if !checked.damage.is_empty() => State::Damaged,
        None => State::Waiting,
        Some(_) if done => State::Sound,
        Some(_) => State::Failed,
    };
    checked.unchecked = checked.state == State::Sound && found.is_unchecked();
    Ok(checked)
}

/// What contradicts the record. Weights that were changed and kept their length
/// are seen by `run` only where a run starts from them.
fn faults(run: &RunDir, found: &Found) -> Vec<Damage> {
    let way = |path: &Path| if path == run.weights() { Way::MoveAndRun } else { Way::Run };
    let damage = |fault: &crate::records::Fault| Damage {
        path: fault.path.clone(),
        reason: fault.reason.clone(),
        way: way(&fault.path),
    };
    found.faults.iter().map(damage).collect()
}

/// What should follow from the files that the record vouches for, or from those
/// of an earlier version.
fn consequences(run: &RunDir, found: &Found, record: &Record) -> Vec<Damage> {
    let target = found.spec.task_spec.target;
    let own = Answers { run, target, spec: &found.spec.task_spec, kind: found.spec.kind };
    let mut damage = own.damage(&record.metrics, record.cases[2]);
    for set in &found.spec.also_test {
        let run = &run.of_test_set(&set.name);
        let tested = record.also_tested.iter().find(|tested| tested.test_set == set.name);
        let Some(tested) = tested else {
            let reason = format!("has no results of the test set `{}`", set.name);
            damage.push(Damage { path: run.record(), reason, way: Way::MoveAndRun });
            continue;
        };
        let also = Answers { run, spec: &set.task_spec, ..own };
        damage.extend(also.damage(&tested.metrics, tested.cases));
    }
    let mut add = |path: PathBuf, reason: String| {
        damage.push(Damage { path, reason, way: Way::MoveAndRun });
    };
    if run.history().is_file() {
        match guarded(|| read_history(&run.history()).map_err(|e| e.to_string())) {
            Err(reason) => add(run.history(), format!("cannot be read: {reason}")),
            Ok(epochs) if epochs.len() != record.epochs as usize => {
                let (recorded, rows) = (record.epochs, epochs.len());
                add(run.history(), format!("has {rows} epochs, {recorded} were recorded"));
            }
            Ok(_) => {}
        }
    }
    if record.files.is_none() && run.weights().is_file() {
        let bytes = fs::read(run.weights()).map_err(|error| error.to_string());
        let whole = bytes.and_then(|bytes| {
            safetensors::SafeTensors::deserialize(&bytes).map(|_| ()).map_err(|e| e.to_string())
        });
        if let Err(reason) = whole {
            add(run.weights(), format!("cannot be read: {reason}"));
        }
    }
    damage
}

/// What a run left of the cases of one test set.
#[derive(Clone, Copy)]
struct Answers<'a> {
    run: &'a RunDir,
    target: Target,
    spec: &'a Task,
    kind: RunKind,
}

impl Answers<'_> {
    /// What contradicts the metrics and the number of cases that are recorded of it.
    fn damage(&self, metrics: &[Metric], cases: u64) -> Vec<Damage> {
        let run = self.run;
        let mut damage = Vec::new();
        let mut add = |path: PathBuf, reason: String| {
            damage.push(Damage { path, reason, way: Way::MoveAndRun });
        };
        if run.predictions().is_file() {
            let read = || read_prediction_rows(&run.predictions()).map_err(|e| e.to_string());
            match guarded(read) {
                Err(reason) => add(run.predictions(), format!("cannot be read: {reason}")),
                Ok((classes, rows)) => {
                    let again = metrics_of(&rows, &classes, self.target);
                    if let Some(reason) = differing(metrics, &again) {
                        add(run.record(), reason);
                    }
                    if cases != rows.len() as u64 {
                        let rows = rows.len();
                        let reason = format!("is of {cases} test cases, {rows} have predictions");
                        add(run.record(), reason);
                    }
                }
            }
        } else if self.target == Target::Segmentation {
            match guarded(|| masks::again(run, self.spec)) {
                Ok(again) => {
                    if let Some(reason) = differing(metrics, &again) {
                        add(run.record(), reason);
                    }
                }
                Err(reason) => add(run.case_masks(), reason),
            }
        } else if self.kind == RunKind::Target {
            add(run.predictions(), "is missing".into());
        }
        damage
    }
}

/// The first metric of a record that its predictions do not give.
fn differing(recorded: &[Metric], again: &[Metric]) -> Option<String> {
    let name = |metric: &Metric| match &metric.class {
        Some(class) => format!("{} of `{class}`", metric.metric),
        None => metric.metric.clone(),
    };
    for metric in recorded {
        let same = |other: &&Metric| other.metric == metric.metric && other.class == metric.class;
        // What is not made of the predictions (Dice, say) has its own table.
        let Some(other) = again.iter().find(same) else { continue };
        let bits = |value: Option<f64>| value.map(f64::to_bits);
        if bits(metric.value) != bits(other.value) {
            let shown = |value: Option<f64>| value.map_or("none".into(), |v| v.to_string());
            return Some(format!(
                "says that {} is {}, and its predictions give {}",
                name(metric),
                shown(metric.value),
                shown(other.value)
            ));
        }
        if metric.n != other.n {
            let (recorded, counted) = (metric.n, other.n);
            return Some(format!("counts {recorded} cases for {}, not {counted}", name(metric)));
        }
    }
    let missing = |other: &&Metric| {
        !recorded.iter().any(|metric| metric.metric == other.metric && metric.class == other.class)
    };
    again.iter().find(missing).map(|metric| format!("lacks {}", name(metric)))
}

/// The state that a run goes on from.
fn resume(
    run: &RunDir,
    done: bool,
    notes: &mut Vec<String>,
) -> Result<Option<Damage>, RecordError> {
    let path = run.resume();
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(RecordError::io("read", &path)(error)),
    };
    if done {
        notes.push(format!("{} is left from before the run ended; delete it", path.display()));
        return Ok(None);
    }
    let reason = match (check_tensors(&bytes), safetensors::SafeTensors::deserialize(&bytes)) {
        (_, Err(error)) => format!("cannot be read: {error}"),
        (Seal::Broken, _) => "is not as it was written: its checksum is of other contents".into(),
        (Seal::Intact | Seal::Absent, Ok(_)) => return Ok(None),
    };
    Ok(Some(Damage { path, reason, way: Way::Run }))
}

/// Weights that were recorded and are gone: no result rests on them.
fn missing_weights(run: &RunDir, found: &Found, notes: &mut Vec<String>) {
    let files = found.record.as_ref().and_then(|record| record.files.as_ref());
    let name = run.weights().file_name().unwrap_or_default().to_string_lossy().into_owned();
    let recorded = files.is_some_and(|files| files.contains_key(&name));
    let needed = found.spec.kind == RunKind::Pretraining && found.record.is_some();
    if (recorded || needed) && !run.weights().exists() {
        notes.push(format!(
            "{} is gone; no result rests on it, and `transfolio run` makes it again where a run is \
             to start from it",
            run.weights().display()
        ));
    }
}

/// Damaged files have been known to make readers panic.
fn guarded<T>(read: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| Err("its reader panicked".into()))
}
