//! That this runner is here, and which runs are its own: said every few seconds,
//! from a thread of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime};

use super::error::StudyError;
use crate::records::claim::{self, Claim, Taken, beat_every};
use crate::records::runner::{Presence, Runner, present};
use crate::records::{Process, RecordError, RunDir, StudyDir, refuse_link};

/// A runner that attends to a study; others see it until this is dropped.
#[derive(Debug)]
pub struct Attendance {
    shared: Arc<Mutex<Shared>>,
    job: Option<String>,
    stop: Option<Sender<()>>,
    beats: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    presence: Presence,
    runner: Runner,
    claims: BTreeMap<usize, Claim>,
    lost: BTreeSet<usize>,
}

/// Says that this process runs the study of a folder; hold it over planning and
/// running.
///
/// # Errors
/// The folder cannot be written to.
pub fn attend(dir: &StudyDir, runner: Runner) -> Result<Attendance, StudyError> {
    // Versions before 0.2 lock this file and would write through a link.
    let old = dir.root().join(".lock");
    refuse_link(&old).map_err(RecordError::io("use", &old))?;
    let presence = Presence::begin(dir, &runner)?;
    let job = runner.job.clone();
    let shared = Shared { presence, runner, claims: BTreeMap::new(), lost: BTreeSet::new() };
    let shared = Arc::new(Mutex::new(shared));
    let (stop, stopped) = channel();
    let beating = Arc::clone(&shared);
    let beats = std::thread::spawn(move || {
        while stopped.recv_timeout(beat_every()) == Err(RecvTimeoutError::Timeout) {
            lock(&beating).beat();
        }
    });
    Ok(Attendance { shared, job, stop: Some(stop), beats: Some(beats) })
}

/// Since when this runner is alone with a study, as far as anybody can tell; `None`
/// where it is not. Files of those that are gone are removed.
pub(super) fn alone_since(dir: &StudyDir) -> Result<Option<SystemTime>, RecordError> {
    let this = Process::this();
    let mut since = None;
    for present in present(dir)? {
        if present.runner.process == this {
            since = Some(present.written);
        } else if present.is_alive() {
            return Ok(None);
        } else if present.runner.process.is_gone() {
            present.forget();
        }
    }
    // Who attends to nothing writes nothing beside others.
    Ok(Some(since.unwrap_or_else(|| SystemTime::now() + FAR)))
}

/// Later than whatever was written.
const FAR: Duration = Duration::from_hours(24);

fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    fn beat(&mut self) {
        for (index, claim) in &mut self.claims {
            // A beat that cannot be written is no loss yet: the next one may be.
            if matches!(claim.beat(), Ok(false)) {
                self.lost.insert(*index);
            }
        }
        // Shown, and no more.
        let _ = self.presence.say(&self.runner);
    }
}

/// How an attempt to have a run ended.
pub(super) enum Had {
    /// It is ours, under the name of this attempt; in words, who had it and fell
    /// silent.
    Ours(String, Option<String>),
    /// Somebody else has it.
    Busy,
}

impl Attendance {
    /// Claims a run.
    pub(super) fn take(&self, index: usize, dir: &RunDir) -> Result<Had, RecordError> {
        match claim::take(dir, self.job.as_deref())? {
            Taken::Busy(_) => Ok(Had::Busy),
            Taken::Ours(claim, fallen) => {
                let attempt = claim.owner.attempt.clone();
                let fallen = fallen.map(|seen| {
                    seen.owner.map_or("an unknown process".into(), |owner| owner.words())
                });
                let mut shared = lock(&self.shared);
                shared.lost.remove(&index);
                shared.claims.insert(index, *claim);
                Ok(Had::Ours(attempt, fallen))
            }
        }
    }

    /// Gives a run free.
    pub(super) fn release(&self, index: usize) {
        let claim = lock(&self.shared).claims.remove(&index);
        if let Some(claim) = claim {
            claim.release();
        }
    }

    /// Runs that somebody else took over, who thought this runner dead.
    pub(super) fn lost(&self) -> BTreeSet<usize> {
        std::mem::take(&mut lock(&self.shared).lost)
    }

    /// Notes what others are shown at the next beat.
    pub(super) fn show(&self, change: impl FnOnce(&mut Runner)) {
        change(&mut lock(&self.shared).runner);
    }
}

impl Drop for Attendance {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(beats) = self.beats.take() {
            let _ = beats.join();
        }
        let claims = std::mem::take(&mut lock(&self.shared).claims);
        for (_, claim) in claims {
            claim.release();
        }
    }
}
