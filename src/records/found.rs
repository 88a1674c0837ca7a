//! A run as its folder has it, and what contradicts it.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use rayon::prelude::*;

use super::seal::{self, Seal};
use super::{FileMark, Record, RecordError, RunDir, RunState, StudyDir, StudyRecord, WEIGHTS};
use crate::spec::{AlsoTest, Fingerprints, RunId, RunSpec, data_needed, expand};

/// How closely files are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// Weights by their length, all else byte by byte.
    Usual,
    /// Weights byte by byte too.
    Full,
}

/// A file of a run that is not what it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The file.
    pub path: PathBuf,
    /// What is wrong, as a sentence about it.
    pub reason: String,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        write!(f, "{name} {}", self.reason)
    }
}

/// A run as its folder has it.
#[derive(Clone, Debug)]
pub struct Found {
    /// Its specification: of the folder, or, where that has none or another
    /// one, of the study.
    pub spec: RunSpec,
    /// Whether `spec.json` is there and names this folder.
    pub has_spec: bool,
    /// Its record, where one can be read.
    pub record: Option<Record>,
    /// What contradicts the record or the specification.
    pub faults: Vec<Fault>,
}

impl Found {
    /// The record as far as it can be believed: one that something contradicts
    /// is that of a failure, with the reason.
    pub fn believed(self) -> (RunSpec, Option<Record>) {
        let Some(fault) = self.faults.first() else { return (self.spec, self.record) };
        let reason = format!(
            "its record is not believed: {fault}; `transfolio run` makes the run again, `transfolio \
             check` says more"
        );
        let record = Record::failed(self.spec.id(), reason, false);
        (self.spec, Some(record))
    }

    /// Whether the record is of an earlier version, which carries no checksums.
    pub fn is_unchecked(&self) -> bool {
        self.record.as_ref().is_some_and(|record| record.sha256.is_none())
    }
}

/// The specifications of a study by the names of their runs, from `study.json`
/// alone; made when a folder does not say.
#[derive(Debug)]
pub struct Planned<'a> {
    study: &'a StudyRecord,
    runs: OnceLock<Specs>,
}

#[derive(Debug)]
struct Specs {
    runs: Vec<RunSpec>,
    /// Their places: as `study.json` lists them where its list is as long as the
    /// matrix, else by names made anew.
    places: BTreeMap<RunId, usize>,
}

impl<'a> Planned<'a> {
    /// Those of a study.
    pub fn of(study: &'a StudyRecord) -> Self {
        Self { study, runs: OnceLock::new() }
    }

    /// The specification of a run.
    pub fn spec(&self, id: &RunId) -> Option<RunSpec> {
        self.spec_of(id).cloned()
    }

    /// The same without a copy.
    pub fn spec_of(&self, id: &RunId) -> Option<&RunSpec> {
        let specs = self.runs.get_or_init(|| self.specs());
        specs.places.get(id).map(|place| &specs.runs[*place])
    }

    fn specs(&self) -> Specs {
        let runs = expand(&self.study.study, &self.prints());
        let names = match &self.study.runs {
            listed if are_names_of(listed, &runs) => listed.clone(),
            _ => runs.par_iter().map(RunSpec::id).collect(),
        };
        let places = names.into_iter().enumerate().map(|(place, id)| (id, place)).collect();
        Specs { runs, places }
    }

    fn prints(&self) -> Fingerprints {
        let study = &self.study.study;
        let data = data_needed(study).into_iter().filter_map(|(task, size)| {
            let hash = self.study.data_hashes.get(&format!("{task} ({size} px)"))?.clone();
            Some(((task, size), hash))
        });
        let weights = study.inits.iter().filter_map(|(name, init)| {
            let file = self.study.ancestry.get(name)?.last()?;
            Some((init.weights.clone()?, file.sha256.clone()))
        });
        let train = self.study.train_cases.clone();
        Fingerprints { data: data.collect(), weights: weights.collect(), train }
    }
}

/// Whether a list names these runs in their order. It is sealed together with what the
/// runs are made of, so only a version that orders them otherwise could have written
/// another one, and a few names spread over all tell; to make ten thousand takes longer
/// than all else that `status` does.
fn are_names_of(listed: &[RunId], runs: &[RunSpec]) -> bool {
    const LOOKED_AT: usize = 32;
    let step = (runs.len() / LOOKED_AT).max(1);
    let mut spread = (0..runs.len()).step_by(step).chain(runs.len().checked_sub(1));
    listed.len() == runs.len() && spread.all(|at| runs[at].id() == listed[at])
}

/// Reads a run and looks for what contradicts it.
///
/// # Errors
/// A format of a newer version, a file that the system does not let us read,
/// or a folder without a specification whose study does not tell it either.
pub fn find(
    dir: &StudyDir,
    id: &RunId,
    planned: &Planned<'_>,
    depth: Depth,
) -> Result<Found, RecordError> {
    let run = dir.run(id);
    let mut faults = Vec::new();
    let named = |spec: RunSpec| {
        let sha256 = spec.sha256();
        (RunId::of(&sha256), spec, sha256)
    };
    let own = match run.read_spec().map(named) {
        Ok((name, spec, sha256)) if name == *id => Some((spec, sha256)),
        Ok((name, ..)) => {
            let reason = format!("is of the run {name}, and the folder is named otherwise");
            faults.push(Fault { path: run.spec(), reason });
            None
        }
        Err(RecordError::Malformed { path, reason, .. }) => {
            faults.push(Fault { path, reason: format!("cannot be read: {reason}") });
            None
        }
        Err(RecordError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    let has_spec = own.is_some();
    let of_study = || {
        let (name, spec, sha256) = planned.spec(id).map(named)?;
        (name == *id).then_some((spec, sha256))
    };
    let Some((spec, sha256)) = own.or_else(of_study) else {
        run.read_spec()?;
        return Err(RecordError::Malformed {
            path: run.spec(),
            what: "run specification",
            reason: "it is of another run than its folder".into(),
        });
    };
    let record = record(&run, id, &sha256, &mut faults)?;
    if let Some(record) = &record {
        faults.extend(files(&run, record, depth)?);
    }
    Ok(Found { spec, has_spec, record, faults })
}

/// The record of a run, unless it cannot be read.
fn record(
    run: &RunDir,
    id: &RunId,
    spec_sha256: &str,
    faults: &mut Vec<Fault>,
) -> Result<Option<Record>, RecordError> {
    let path = run.record();
    let mut fault = |reason: String| faults.push(Fault { path: path.clone(), reason });
    // Opened once and not looked for: a study has many thousands of these.
    let text = match fs::read(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(_) if !path.is_file() => return Ok(None),
        Err(error) => return Err(RecordError::io("read", &path)(error)),
    };
    let record: Record = match super::parse_json(&path, &text, "run record") {
        Ok(record) => record,
        Err(RecordError::Malformed { reason, .. }) => {
            fault(format!("cannot be read: {reason}"));
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    let sealed =
        serde_json::from_slice(&text).map_or(Seal::Broken, |value| seal::check_json(&value));
    if sealed == Seal::Broken {
        fault("is not as it was written: its checksum is of other contents".into());
    }
    if record.run != *id {
        fault(format!("is of the run {}, and the folder is named otherwise", record.run));
    }
    if record.spec_sha256.as_ref().is_some_and(|sha256| sha256 != spec_sha256) {
        fault("is of another specification than spec.json".into());
    }
    Ok(Some(record))
}

/// Files that are missing or are not what was recorded. Weights may be deleted:
/// no result rests on them.
fn files(run: &RunDir, record: &Record, depth: Depth) -> Result<Vec<Fault>, RecordError> {
    let mut faults = Vec::new();
    for (name, mark) in record.files.iter().flatten() {
        // A name is of the folder, whatever a forged record says.
        let name = Path::new(name).file_name().unwrap_or_default().to_string_lossy();
        let place = run.root().join(&*name);
        let weights = name == WEIGHTS;
        let look = |path: &Path| {
            if weights && depth == Depth::Usual {
                fs::metadata(path).map(|meta| FileMark { bytes: meta.len(), ..mark.clone() })
            } else {
                mark_of(path)
            }
        };
        // Its attempt may be putting it into its place just now.
        let looked_at = look(&place).or_else(|_| look(&run.file(&name)));
        let path = if looked_at.is_ok() { place } else { run.file(&name) };
        let mut fault = |reason: String| faults.push(Fault { path: path.clone(), reason });
        match looked_at {
            Ok(now) if now.bytes != mark.bytes => {
                fault(format!("has {} bytes, {} were recorded", now.bytes, mark.bytes));
            }
            Ok(now) if now.sha256 != mark.sha256 => {
                fault("is not the file that was recorded: its SHA-256 is another".into());
            }
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                if !weights {
                    fault("is missing".into());
                }
            }
            Err(error) => return Err(RecordError::io("read", &path)(error)),
        }
    }
    let done = record.state == RunState::Done;
    if done && record.files.is_none() && record.sha256.is_some() {
        let reason = "does not say which files belong to it".into();
        faults.push(Fault { path: run.record(), reason });
    }
    Ok(faults)
}

/// Files that a run may leave beside its record, of further test sets too.
pub fn left(run: &RunDir, also: &[AlsoTest]) -> Vec<PathBuf> {
    let sets = also.iter().map(|set| run.of_test_set(&set.name));
    let of_cases = std::iter::once(run.clone()).chain(sets);
    let of_cases =
        of_cases.flat_map(|run| [run.predictions(), run.case_metrics(), run.case_masks()]);
    of_cases.chain([run.history(), run.weights()]).collect()
}

/// What a run left beside its record, of further test sets too.
///
/// # Errors
/// A file cannot be read.
pub fn marks(run: &RunDir, also: &[AlsoTest]) -> Result<BTreeMap<String, FileMark>, RecordError> {
    let mut marks = BTreeMap::new();
    for path in left(run, also) {
        if path.is_file() {
            let mark = mark_of(&path).map_err(RecordError::io("read", &path))?;
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            marks.insert(name, mark);
        }
    }
    Ok(marks)
}

/// What a file is; of a text without the returns that git and mail add to the
/// ends of lines.
fn mark_of(path: &Path) -> io::Result<FileMark> {
    if path.extension().is_some_and(|ending| ending == "csv") {
        let text = without_returns(fs::read(path)?);
        return Ok(FileMark { bytes: text.len() as u64, sha256: seal::sha256_of(&text) });
    }
    let mut file = fs::File::open(path)?;
    let (bytes, sha256) = seal::sha256_of_file(&mut file)?;
    Ok(FileMark { bytes, sha256 })
}

/// A text whose lines end with a line feed alone.
pub fn without_returns(mut text: Vec<u8>) -> Vec<u8> {
    if text.contains(&b'\r') {
        let mut next = text.iter().skip(1).copied().collect::<Vec<u8>>().into_iter();
        text.retain(|byte| {
            let following = next.next();
            *byte != b'\r' || following != Some(b'\n')
        });
    }
    text
}

#[cfg(test)]
mod tests;
