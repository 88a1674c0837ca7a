//! Who runs a study now: a file per runner, for `status` and for who wants to know
//! whether others are at it. No result and no run rests on these.

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use super::claim::stale_after;
use super::clock::ServerClock;
use super::process::{Process, token};
use super::{FORMAT, RecordError, StudyDir, write_atomic};

/// What a runner says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Runner {
    /// [`FORMAT`].
    pub format: u32,
    /// Its process.
    #[serde(flatten)]
    pub process: Process,
    /// The job of the scheduler, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job: Option<String>,
    /// Whether it is a slot of a submission, which takes runs until its time is
    /// short.
    #[serde(default)]
    pub slot: bool,
    /// Version of the program.
    pub transfolio: String,
    /// Device of its runs.
    pub device: String,
    /// Runs that it ended, with results.
    pub done: u64,
    /// Runs that failed with it.
    pub failed: u64,
    /// Runs that it works on, by title.
    pub working: Vec<String>,
}

impl Runner {
    /// This process.
    pub fn new(job: Option<String>, slot: bool, device: &str) -> Self {
        Self {
            format: FORMAT,
            process: Process::this(),
            job,
            slot,
            transfolio: env!("CARGO_PKG_VERSION").into(),
            device: device.into(),
            done: 0,
            failed: 0,
            working: Vec::new(),
        }
    }
}

/// The file of this runner, gone with it.
#[derive(Debug)]
pub struct Presence {
    path: PathBuf,
}

impl Presence {
    /// Says that a runner is here.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn begin(dir: &StudyDir, runner: &Runner) -> Result<Self, RecordError> {
        let path = dir.runners().join(format!("{}.json", token()));
        let presence = Self { path };
        presence.say(runner)?;
        Ok(presence)
    }

    /// Says that it lives, and what it does.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn say(&self, runner: &Runner) -> Result<(), RecordError> {
        let mut text = serde_json::to_vec_pretty(runner).unwrap_or_default();
        text.push(b'\n');
        write_atomic(&self.path, |file| file.write_all(&text))
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
        if let Some(folder) = self.path.parent() {
            // The last one takes the folder along.
            let _ = fs::remove_dir(folder);
        }
    }
}

/// A runner as its file shows it.
#[derive(Clone, Debug)]
pub struct Present {
    /// What it said last.
    pub runner: Runner,
    /// How long ago, by the clock of the file server.
    pub silent: Duration,
    /// When, by that clock.
    pub written: SystemTime,
    path: PathBuf,
}

impl Present {
    /// Whether it works, as far as anybody can tell.
    pub fn is_alive(&self) -> bool {
        !self.runner.process.is_gone() && self.silent <= stale_after()
    }

    /// Removes the file of one that is gone.
    pub fn forget(&self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// The runners of a study, longest silent last.
///
/// # Errors
/// The folder cannot be read.
pub fn present(dir: &StudyDir) -> Result<Vec<Present>, RecordError> {
    let folder = dir.runners();
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(RecordError::io("read", &folder)(error)),
    };
    let clock = ServerClock::of(&folder).ok();
    let mut found = Vec::new();
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.extension().is_none_or(|ending| ending != "json") {
            continue;
        }
        // One that ends while we look is no error.
        let Ok(text) = fs::read(&path) else { continue };
        let Ok(runner) = serde_json::from_slice::<Runner>(&text) else { continue };
        let Ok(written) = fs::metadata(&path).and_then(|meta| meta.modified()) else { continue };
        // A folder that may not be written to leaves the clock of this machine.
        let silent = match &clock {
            Some(clock) => clock.age(written),
            None => written.elapsed().unwrap_or_default(),
        };
        found.push(Present { runner, silent, written, path });
    }
    found.sort_by(|a, b| (a.silent, &a.path).cmp(&(b.silent, &b.path)));
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_runner_is_present_until_it_ends_or_is_silent() {
        let dir = tempfile::tempdir().expect("a folder");
        let dir = StudyDir::new(dir.path());
        assert!(present(&dir).expect("none").is_empty());
        let mut runner = Runner::new(Some("17_3".into()), true, "cpu");
        let presence = Presence::begin(&dir, &runner).expect("said");
        let other = Presence::begin(&dir, &Runner::new(None, false, "cpu")).expect("said");
        runner.done = 7;
        presence.say(&runner).expect("said");
        fs::write(dir.runners().join("x.json"), "{").expect("written");
        let found = present(&dir).expect("read");
        assert_eq!(found.len(), 2);
        assert!(found.iter().all(Present::is_alive));
        assert!(found.iter().any(|present| present.runner == runner));
        let old = std::time::SystemTime::now() - stale_after() * 2;
        let file = fs::File::options().write(true).open(&presence.path).expect("opened");
        file.set_modified(old).expect("dated");
        let found = present(&dir).expect("read");
        assert_eq!(found.iter().map(Present::is_alive).collect::<Vec<_>>(), [true, false]);
        found[1].forget();
        drop(other);
        assert!(present(&dir).expect("read").is_empty());
    }
}
