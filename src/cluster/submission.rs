//! What was submitted, as the study folder has it:
//!
//! ```text
//! STUDY/cluster/<id>/
//!   submission.json   what was asked for, and the jobs that the scheduler made of it
//!   slot.sh           the script of a slot
//!   report.sh         the script that comes last
//!   slot-<n>.txt      what slot n printed
//!   requeued-<n>      a line for each time that slot n asked to be queued again
//!   cancelled         there once `transfolio cancel` was asked
//! ```

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::span::Span;
use crate::records::{FORMAT, RecordError, StudyDir, read_json, write_json};
use crate::spec::{RunId, Site};

/// What scripts are made of.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Name of the submission.
    pub id: String,
    /// Name of the study.
    pub study: String,
    /// The study folder, absolute.
    pub folder: PathBuf,
    /// The program, as the nodes find it.
    pub program: String,
    /// Number of slots.
    pub slots: u32,
    /// Runs at a time in each; the runner sees to it where absent.
    pub jobs: Option<u32>,
    /// Cores of each.
    pub cpus: u32,
    /// Time of each.
    pub time: Option<Span>,
    /// Time kept at its end.
    pub reserve: Span,
    /// How often a slot is put into the queue again.
    pub requeues: u32,
    /// All else.
    pub site: Site,
}

impl Asked {
    /// A file of the submission.
    pub fn path(&self, name: &str) -> PathBuf {
        folder(&StudyDir::new(&self.folder), &self.id).join(name)
    }
}

/// `submission.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submission {
    /// [`FORMAT`].
    pub format: u32,
    /// Name of the submission.
    pub id: String,
    /// The launcher.
    pub launcher: String,
    /// Version of the program: slots of another one would mix results.
    pub transfolio: String,
    /// When, seconds since 1970 UTC.
    pub submitted_unix: u64,
    /// Number of slots.
    pub slots: u32,
    /// The job of the slots, as the scheduler calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job: Option<String>,
    /// The job that comes last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report_job: Option<String>,
    /// The only runs that its slots take; all where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only: Option<Vec<RunId>>,
    /// Whether its slots try runs again that failed for good.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub retry_failed: bool,
}

impl Submission {
    /// Of what is asked for, before it is.
    pub fn new(asked: &Asked, launcher: &str) -> Self {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        Self {
            format: FORMAT,
            id: asked.id.clone(),
            launcher: launcher.into(),
            transfolio: env!("CARGO_PKG_VERSION").into(),
            submitted_unix: now.map_or(0, |now| now.as_secs()),
            slots: asked.slots,
            job: None,
            report_job: None,
            only: None,
            retry_failed: false,
        }
    }

    /// Writes it into the study folder.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn write(&self, dir: &StudyDir) -> Result<(), RecordError> {
        write_json(&folder(dir, &self.id).join("submission.json"), self)
    }

    /// Whether somebody cancelled it.
    pub fn is_cancelled(&self, dir: &StudyDir) -> bool {
        folder(dir, &self.id).join("cancelled").exists()
    }

    /// Notes that it is cancelled, before the scheduler is told: a slot that is just
    /// ending must not ask to be queued again.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn cancel(&self, dir: &StudyDir) -> Result<(), RecordError> {
        let path = folder(dir, &self.id).join("cancelled");
        fs::write(&path, "").map_err(RecordError::io("write", &path))
    }

    /// What a slot printed, where it printed anything.
    pub fn said_by(&self, dir: &StudyDir, slot: u32) -> Option<String> {
        let folder = folder(dir, &self.id);
        let read = |name: String| fs::read(folder.join(name)).ok();
        // HyperQueue keeps what was complained of by itself.
        let parts = [read(format!("slot-{slot}.txt")), read(format!("slot-{slot}.err.txt"))];
        let there = parts.iter().any(Option::is_some);
        let text: Vec<u8> = parts.into_iter().flatten().flatten().collect();
        there.then(|| String::from_utf8_lossy(&text).into_owned())
    }
}

/// The folder of a submission.
pub fn folder(dir: &StudyDir, id: &str) -> PathBuf {
    let id = Path::new(id).file_name().unwrap_or_default();
    dir.root().join("cluster").join(id)
}

/// Reads a submission.
///
/// # Errors
/// There is none of this name, or it cannot be read.
pub fn read(dir: &StudyDir, id: &str) -> Result<Submission, RecordError> {
    read_json(&folder(dir, id).join("submission.json"), "submission")
}

/// All submissions of a study, oldest first.
///
/// # Errors
/// One cannot be read.
pub fn all(dir: &StudyDir) -> Result<Vec<Submission>, RecordError> {
    let folder = dir.root().join("cluster");
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(RecordError::io("read", &folder)(error)),
    };
    let mut found = Vec::new();
    for entry in entries.flatten() {
        let path = entry.path().join("submission.json");
        if path.is_file() {
            found.push(read_json::<Submission>(&path, "submission")?);
        }
    }
    found.sort_by(|a, b| (a.submitted_unix, &a.id).cmp(&(b.submitted_unix, &b.id)));
    Ok(found)
}
