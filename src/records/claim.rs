//! Who works on a run.
//!
//! `claim.json` in the folder of a run says so. It is put there by a link that
//! fails if one is there, its owner writes to it every few seconds, and one that
//! nobody has written to for long, by the clock of the file server, is taken away
//! by a rename that one process wins. A claim saves time and protects nothing: two
//! that work on one run, because one of them was thought dead, each work in a
//! folder of their own, and the first record stands.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::clock::ServerClock;
use super::exclusive::{is_name_of, publish, same_file, withdraw, withdraw_after};
use super::process::{Process, token};
use super::{FORMAT, RecordError, RunDir, open_own};

/// How long an owner may be silent.
const STALE_SECONDS: f64 = 120.0;

/// [`STALE_SECONDS`], or what `TRANSFOLIO_STALE_SECONDS` says; all machines that work
/// on a folder have to say the same.
pub fn stale_after() -> Duration {
    let said = std::env::var("TRANSFOLIO_STALE_SECONDS").ok().and_then(|text| text.parse().ok());
    let seconds = said.filter(|seconds: &f64| *seconds >= 1.0 && *seconds < 1e6);
    Duration::from_secs_f64(seconds.unwrap_or(STALE_SECONDS))
}

/// How often an owner writes: six times before it counts as silent.
pub fn beat_every() -> Duration {
    stale_after() / 6
}

/// What a claim says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// [`FORMAT`].
    pub format: u32,
    /// The process that looks after the run.
    #[serde(flatten)]
    pub process: Process,
    /// The job of the scheduler, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job: Option<String>,
    /// Name of this attempt, which no other one has.
    pub attempt: String,
    /// How many owners before it fell silent.
    pub fallen: u32,
    /// Version of the program.
    pub transfolio: String,
}

impl Owner {
    /// This process, with an attempt of its own.
    pub fn new(job: Option<String>) -> Self {
        Self {
            format: FORMAT,
            process: Process::this(),
            job,
            attempt: token(),
            fallen: 0,
            transfolio: env!("CARGO_PKG_VERSION").into(),
        }
    }

    /// In words.
    pub fn words(&self) -> String {
        let job = self.job.as_ref().map_or(String::new(), |job| format!(", job {job}"));
        format!("process {} on {}{job}", self.process.process, self.process.host)
    }
}

/// A claim as it lies in the folder of a run.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Whose it is; nothing where it cannot be read.
    pub owner: Option<Owner>,
    text: Vec<u8>,
    written: std::time::SystemTime,
}

impl Seen {
    /// Whether its owner has ended, or was silent for too long.
    pub fn is_dead(&self, clock: &ServerClock) -> bool {
        self.owner.as_ref().is_some_and(|owner| owner.process.is_gone())
            || clock.age(self.written) > stale_after()
    }
}

/// How an attempt to claim a run ended.
#[derive(Debug)]
pub enum Taken {
    /// It is ours; the second is whose it was, where that one had fallen silent.
    Ours(Box<Claim>, Option<Seen>),
    /// Somebody else works on it.
    Busy(Option<Owner>),
}

/// A run that this process works on.
#[derive(Debug)]
pub struct Claim {
    path: PathBuf,
    /// What it says.
    pub owner: Owner,
    file: File,
}

impl RunDir {
    /// Where the claim of the run lies.
    pub fn claim(&self) -> PathBuf {
        self.root().join("claim.json")
    }
}

/// The claim of a run; `None` where there is none. Opened to be read: a look at the
/// folder alone may be answered from an old listing.
///
/// # Errors
/// It is there and the system does not let us read it.
pub fn seen(dir: &RunDir) -> Result<Option<Seen>, RecordError> {
    let path = dir.claim();
    let look = || {
        let mut file = File::open(&path)?;
        let mut text = Vec::new();
        file.read_to_end(&mut text)?;
        Ok(Seen {
            owner: serde_json::from_slice(&text).ok(),
            text,
            written: file.metadata()?.modified()?,
        })
    };
    match look() {
        Ok(seen) => Ok(Some(seen)),
        Err(error) if is_absent(&error) => Ok(None),
        Err(error) => Err(RecordError::io("read", &path)(error)),
    }
}

/// Not there, or taken away between two steps (NFS says so in its own way).
fn is_absent(error: &io::Error) -> bool {
    const ESTALE: i32 = 116;
    error.kind() == ErrorKind::NotFound || error.raw_os_error() == Some(ESTALE)
}

/// Claims a run, or says who has it.
///
/// # Errors
/// Whatever the file system says, a full disk for one.
pub fn take(dir: &RunDir, job: Option<&str>) -> Result<Taken, RecordError> {
    let path = dir.claim();
    let fail = |error| RecordError::io("claim", &path)(error);
    let mut fallen = None;
    let mut owner = Owner::new(job.map(String::from));
    // Each turn but the last follows somebody who let go in between.
    for _ in 0..5 {
        fs::create_dir_all(dir.root()).map_err(RecordError::io("create", dir.root()))?;
        let own = written(dir.root(), &owner).map_err(fail)?;
        let written = own.as_file().metadata().and_then(|meta| meta.modified()).map_err(fail)?;
        let ours = match publish(own.path(), &path) {
            // Somebody cleared the folder away, or swept it.
            Err(error) if is_absent(&error) => continue,
            ours => ours.map_err(fail)?,
        };
        if ours {
            let file = claimed(&path, own).map_err(fail)?;
            return Ok(Taken::Ours(Box::new(Claim { path, owner, file }), fallen));
        }
        drop(own);
        let Some(there) = seen(dir)? else { continue };
        // What was just written has the time that it is now, there.
        if !there.is_dead(&ServerClock::at(written)) {
            return Ok(Taken::Busy(there.owner));
        }
        if let Some(place) = withdraw(&path, |text| text == there.text).map_err(fail)? {
            let _ = fs::remove_file(place);
            owner.fallen = there.owner.as_ref().map_or(0, |owner| owner.fallen) + 1;
            fallen = Some(there);
        }
    }
    Ok(Taken::Busy(None))
}

/// The file of a claim that was just published: the one that was written, unless the
/// file system has no second names and it was copied.
fn claimed(path: &Path, own: tempfile::NamedTempFile) -> io::Result<File> {
    if same_file(path, own.path()) {
        return Ok(own.into_parts().0);
    }
    open_own(path, OpenOptions::new().read(true).write(true))
}

/// What a claim says, in a file that has no name of its own yet.
fn written(folder: &Path, owner: &Owner) -> io::Result<tempfile::NamedTempFile> {
    let mut file = super::files::beside(folder)?;
    let mut text = serde_json::to_vec_pretty(owner)?;
    // The last byte is what a heartbeat writes again.
    text.push(b'\n');
    file.write_all(&text)?;
    file.as_file().sync_all()?;
    Ok(file)
}

impl Claim {
    /// Says that the owner lives; whether the run is still its own.
    ///
    /// # Errors
    /// It could not be written; that alone loses nothing yet.
    pub fn beat(&mut self) -> io::Result<bool> {
        if !self.is_ours()? {
            return Ok(false);
        }
        // Written and not dated: the date is then of the file server.
        self.file.seek(SeekFrom::End(-1))?;
        self.file.write_all(b"\n")?;
        self.file.sync_all()?;
        Ok(true)
    }

    /// Whether the claim in the folder is this one.
    fn is_ours(&self) -> io::Result<bool> {
        match fs::read(&self.path) {
            Ok(text) => Ok(self.wrote(&text)),
            Err(error) if is_absent(&error) => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn wrote(&self, text: &[u8]) -> bool {
        serde_json::from_slice::<Owner>(text).is_ok_and(|owner| owner == self.owner)
    }

    /// Gives the run free; a claim that somebody else holds by now stays.
    pub fn release(self) {
        // Whether the name is still of the file that is open tells most of the time; a
        // server may give its number to another one.
        let look = |path: &Path| Ok(is_name_of(path, &self.file)?.unwrap_or(true));
        // What cannot be taken away falls silent.
        if let Ok(Some(place)) = withdraw_after(&self.path, look, |text| self.wrote(text)) {
            let _ = fs::remove_file(place);
        }
    }
}

#[cfg(test)]
mod tests;
