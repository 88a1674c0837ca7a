//! One file into the staging folder, going on where it was broken off.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use ureq::Agent;

use super::FetchEvent;
use super::error::TransferError;
use super::http::{Answer, get};
use crate::records::write_atomic;

/// How often a broken transfer is taken up again.
const ATTEMPTS: u32 = 5;

/// Larger than any checkpoint of the catalogue; a server that goes on for ever
/// ends here.
const LARGEST: u64 = 16 << 30;

/// What is known of a file that is not complete: where it came from and which
/// version of it.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
struct Origin {
    url: String,
    version: String,
}

/// Why a file did not come.
pub(crate) enum Failure {
    /// This address does not have it; the next may.
    Address(String),
    /// The disk, say: another address would not help.
    Local(TransferError),
}

/// Downloads `url` to `path`; what is there of the same version is kept.
pub(crate) fn download(
    agent: &Agent,
    url: &str,
    path: &Path,
    pause: Duration,
    report: &mut dyn FnMut(FetchEvent<'_>),
) -> Result<(), Failure> {
    let mut last = String::new();
    for attempt in 0..ATTEMPTS {
        if attempt > 0 {
            report(FetchEvent::Again { reason: &last });
            std::thread::sleep(pause * attempt);
        }
        let before = length(path);
        match once(agent, url, path, report) {
            Ok(()) => return Ok(()),
            Err(Failure::Address(reason)) => {
                // An address that gives nothing is not asked five times.
                let advanced = length(path) > before;
                last = reason;
                if !advanced && attempt > 0 {
                    break;
                }
            }
            Err(local) => return Err(local),
        }
    }
    Err(Failure::Address(last))
}

fn length(path: &Path) -> u64 {
    path.metadata().map_or(0, |meta| meta.len())
}

fn once(
    agent: &Agent,
    url: &str,
    path: &Path,
    report: &mut dyn FnMut(FetchEvent<'_>),
) -> Result<(), Failure> {
    let local = |op| {
        let error = TransferError::io(op, path);
        move |source| Failure::Local(error(source))
    };
    let origin: Origin = fs::read_to_string(origin_of(path))
        .ok()
        .and_then(|text| toml::from_str(&text).ok())
        .unwrap_or_default();
    let resumable = origin.url == url && !origin.version.is_empty();
    let have = if resumable { length(path) } else { 0 };
    let answer = get(agent, url, have, &origin.version).map_err(Failure::Address)?;
    let (start, total, version, body) = match answer {
        Answer::Beyond(total) if total == Some(have) => return Ok(()),
        Answer::Beyond(_) => {
            forget(path);
            return Err(Failure::Address("the server has another version now".into()));
        }
        Answer::Body { start, total, version, body } => (start, total, version, body),
    };
    if start != 0 && start != have {
        forget(path);
        return Err(Failure::Address("the server sent another part than asked for".into()));
    }
    if total.is_some_and(|total| total > LARGEST) {
        return Err(Failure::Address(format!("the file has more than {LARGEST} bytes")));
    }
    note(path, &Origin { url: url.into(), version }).map_err(Failure::Local)?;
    let mut file = OpenOptions::new()
        .create(true)
        .write(true)
        .truncate(false)
        .open(path)
        .map_err(local("open"))?;
    file.set_len(start).map_err(local("shorten"))?;
    report(FetchEvent::Begun { file: path, at: start, total });
    let got = copy(body.into_reader(), &mut file, start, path, report)?;
    file.sync_data().map_err(local("write"))?;
    match total {
        Some(total) if got != total => {
            Err(Failure::Address(format!("the transfer ended at byte {got} of {total}")))
        }
        _ => Ok(()),
    }
}

/// Appends a body to a file; its length afterwards.
fn copy(
    mut body: impl Read,
    file: &mut File,
    start: u64,
    path: &Path,
    report: &mut dyn FnMut(FetchEvent<'_>),
) -> Result<u64, Failure> {
    use std::io::{Seek, SeekFrom};
    let local = || TransferError::io("write", path);
    file.seek(SeekFrom::Start(start)).map_err(|e| Failure::Local(local()(e)))?;
    let mut at = start;
    let mut buffer = vec![0; 256 << 10];
    loop {
        let n = match body.read(&mut buffer) {
            Ok(0) => return Ok(at),
            Ok(n) => n,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(Failure::Address(error.to_string())),
        };
        file.write_all(&buffer[..n]).map_err(|e| Failure::Local(local()(e)))?;
        at += n as u64;
        if at > LARGEST {
            return Err(Failure::Address(format!("the file has more than {LARGEST} bytes")));
        }
        report(FetchEvent::At(at));
    }
}

fn origin_of(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".origin");
    path.with_file_name(name)
}

fn note(path: &Path, origin: &Origin) -> Result<(), TransferError> {
    let place = origin_of(path);
    let text = toml::to_string(origin)
        .map_err(|e| TransferError::Note { path: place.clone(), reason: e.to_string() })?;
    Ok(write_atomic(&place, |file| file.write_all(text.as_bytes()))?)
}

/// Starts anew.
fn forget(path: &Path) {
    // Where they cannot be deleted, the next attempt overwrites them.
    let _ = fs::remove_file(path);
    let _ = fs::remove_file(origin_of(path));
}

/// Removes what is only for resuming.
pub(crate) fn settle(path: &Path) {
    // A leftover is harmless: it names where the file came from.
    let _ = fs::remove_file(origin_of(path));
}
