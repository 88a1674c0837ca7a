//! The folder of a study.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use rayon::prelude::*;

use super::run::{RunCheck, State, check_run};
use super::{Checked, Damage, Way};
use crate::frame::{FrameError, Results};
use crate::records::{
    ASIDE, Planned, RecordError, StudyDir, StudyRecord, is_unfinished, without_returns,
};
use crate::spec::RunId;

/// Checks everything in a study folder.
///
/// # Errors
/// The folder is none of a study, or of a newer version, or the system does not
/// let us read it.
pub fn check(dir: &StudyDir) -> Result<Checked, FrameError> {
    let mut checked = Checked::default();
    let study = study(dir, &mut checked)?;
    let there = folders(dir)?;
    if let Some(study) = &study {
        checked.name.clone_from(&study.study.study.name);
        checked.runs = study.runs.len();
        let planned = Planned::of(study);
        let found: Vec<RunCheck> = (study.runs.par_iter())
            .map(|id| check_run(dir, id, &planned))
            .collect::<Result<_, RecordError>>()?;
        for run in found {
            count(run, &mut checked);
        }
        others(dir, study, &there, &mut checked);
        table(dir, &mut checked)?;
    } else {
        checked.runs = there.len();
        checked.notes.push("without study.json no run can be checked against its study".into());
    }
    left_lying(dir.root(), &mut checked);
    for name in &there {
        left_lying(&dir.runs().join(name), &mut checked);
    }
    Ok(checked)
}

/// What the study file said, where it can be read.
fn study(dir: &StudyDir, checked: &mut Checked) -> Result<Option<StudyRecord>, FrameError> {
    let (path, reason) = match dir.read_study() {
        Ok(study) => return Ok(Some(study)),
        Err(RecordError::Malformed { path, reason, .. }) => {
            (path, format!("cannot be read: {reason}"))
        }
        Err(RecordError::Changed { path }) => {
            (path, "is not as it was written: its checksum is of other contents".into())
        }
        Err(RecordError::NotAStudy { .. }) if dir.runs().is_dir() => {
            (dir.study(), "is missing".into())
        }
        Err(error) => return Err(error.into()),
    };
    checked.damage.push(Damage { path, reason, way: Way::Run });
    Ok(None)
}

/// Names of the folders of runs.
fn folders(dir: &StudyDir) -> Result<BTreeSet<String>, FrameError> {
    let entries = match fs::read_dir(dir.runs()) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(BTreeSet::new()),
        Err(error) => return Err(RecordError::io("read", &dir.runs())(error).into()),
    };
    let folders = entries.flatten().filter(|entry| entry.path().is_dir());
    Ok(folders.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect())
}

fn count(run: RunCheck, checked: &mut Checked) {
    match run.state {
        State::Sound => checked.sound += 1,
        State::Failed => checked.failed += 1,
        State::Waiting => checked.waiting += 1,
        State::Damaged => {}
    }
    checked.unchecked += usize::from(run.unchecked);
    checked.damage.extend(run.damage);
    checked.notes.extend(run.notes);
}

/// Folders that belong to no run of the study.
fn others(dir: &StudyDir, study: &StudyRecord, there: &BTreeSet<String>, checked: &mut Checked) {
    let known: BTreeSet<&str> = study.runs.iter().map(|RunId(id)| id.as_str()).collect();
    let more: Vec<&String> = there.iter().filter(|name| !known.contains(name.as_str())).collect();
    if more.is_empty() {
        return;
    }
    let is_run = |name: &str| name.len() == 16 && name.bytes().all(|b| b.is_ascii_hexdigit());
    let (runs, odd): (Vec<&String>, Vec<&String>) = more.into_iter().partition(|name| is_run(name));
    if !runs.is_empty() {
        checked.notes.push(format!(
            "{} folders in {} are of no run of the study as it is now; nothing reads them",
            runs.len(),
            dir.runs().display()
        ));
    }
    for name in odd {
        checked.notes.push(format!("{} is the folder of no run", dir.runs().join(name).display()));
    }
}

/// Whether `results.csv` is what the records give.
fn table(dir: &StudyDir, checked: &mut Checked) -> Result<(), FrameError> {
    let path = dir.results();
    let there = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            if checked.sound > 0 {
                let text = "results.csv is not there yet; `transfolio run` writes it at its end";
                checked.notes.push(text.into());
            }
            return Ok(());
        }
        Err(error) => return Err(RecordError::io("read", &path)(error).into()),
    };
    // A table of records that are damaged differs for that reason.
    let same = |table: &[u8]| table == without_returns(there.clone());
    if checked.damage.is_empty() && !same(&Results::from_study(dir)?.to_csv()?) {
        let reason = match checked.waiting {
            0 => "is not what the records give".to_owned(),
            _ => "is not what the records give (some runs have not ended)".to_owned(),
        };
        checked.damage.push(Damage { path, reason, way: Way::Run });
    }
    Ok(())
}

/// Unfinished files, links, and what was set aside.
fn left_lying(folder: &Path, checked: &mut Checked) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let linked = fs::symlink_metadata(&path).is_ok_and(|meta| meta.file_type().is_symlink());
        if linked && (path.extension().is_some() || name == ".lock") {
            let reason = "is a symbolic link; files of a study are not".into();
            checked.damage.push(Damage { path, reason, way: Way::Delete });
        } else if is_unfinished(&name) {
            let text = "is half-written, by a process that was killed or is at it; the next \
                        `transfolio run` sweeps it";
            checked.notes.push(format!("{} {text}", path.display()));
        } else if name == ASIDE {
            let text = "holds what was found damaged earlier; nothing reads it";
            checked.notes.push(format!("{} {text}", path.display()));
        }
    }
}
