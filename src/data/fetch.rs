//! Files of a card that have a public direct address: resumed where they were
//! broken off, verified, and unpacked.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use md5::{Digest, Md5};
use ureq::Agent;

use super::unpack::{UnpackError, unpack};
use crate::download::{Failure, FetchEvent, TransferError, agent, download, settle};
use crate::records::write_atomic;
use crate::spec::{Card, CardFile};

/// Why the files of a card cannot be fetched.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum CardFetchError {
    #[error("`{card}` cannot be fetched by a program: {obtain} ({page})")]
    ByHand { card: String, obtain: String, page: String },
    #[error("`{card}` has no file {name:?}; it has {known}")]
    Unknown { card: String, name: String, known: String },
    #[error("{name} could not be fetched from {url}: {reason}")]
    Failed { name: String, url: String, reason: String },
    #[error(
        "{path} has {kind} {got}, expected {expected} ({known}); it is not used. Where the data set \
         was published anew, delete {path} and fetch it again"
    )]
    Checksum {
        path: PathBuf,
        kind: &'static str,
        got: String,
        expected: String,
        known: &'static str,
    },
    #[error("cannot {op} {path}: {source}")]
    Io { op: &'static str, path: PathBuf, source: io::Error },
    #[error(transparent)]
    Transfer(#[from] TransferError),
    #[error(transparent)]
    Unpack(#[from] UnpackError),
}

fn io_error(op: &'static str, path: &Path) -> impl FnOnce(io::Error) -> CardFetchError {
    let path = path.to_path_buf();
    move |source| CardFetchError::Io { op, path, source }
}

/// A file that was fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardFetched {
    /// Where it is.
    pub path: PathBuf,
    /// Its SHA-256.
    pub sha256: String,
    /// Whether it was there before.
    pub known: bool,
    /// Whether a published checksum agrees with it.
    pub published: bool,
    /// Files that were unpacked from it.
    pub unpacked: Option<usize>,
}

/// Fetches the files of a card into a folder, or those that are named.
///
/// # Errors
/// Where it has none, one does not come, or is not what was published or
/// fetched before.
pub fn fetch_card(
    card: &Card,
    names: &[String],
    folder: &Path,
    report: &mut dyn FnMut(&str, FetchEvent<'_>),
) -> Result<Vec<CardFetched>, CardFetchError> {
    fetch_with(&agent()?, card, names, (folder, Duration::from_secs(2)), report)
}

pub(super) fn fetch_with(
    agent: &Agent,
    card: &Card,
    names: &[String],
    (folder, pause): (&Path, Duration),
    report: &mut dyn FnMut(&str, FetchEvent<'_>),
) -> Result<Vec<CardFetched>, CardFetchError> {
    let files = wanted(card, names)?;
    fs::create_dir_all(folder).map_err(io_error("create", folder))?;
    let fetched = files.into_iter().map(|file| one(agent, file, (folder, pause), report));
    fetched.collect()
}

fn wanted<'a>(card: &'a Card, names: &[String]) -> Result<Vec<&'a CardFile>, CardFetchError> {
    if card.files.is_empty() {
        return Err(CardFetchError::ByHand {
            card: card.id.clone(),
            obtain: card.obtain.clone(),
            page: card.page.clone(),
        });
    }
    if names.is_empty() {
        return Ok(card.files.iter().filter(|file| !file.on_demand).collect());
    }
    let known = || card.files.iter().map(|file| file.name.as_str()).collect::<Vec<_>>().join(", ");
    let find = |name: &String| {
        card.files.iter().find(|file| file.name == *name).ok_or_else(|| CardFetchError::Unknown {
            card: card.id.clone(),
            name: name.clone(),
            known: known(),
        })
    };
    names.iter().map(find).collect()
}

fn one(
    agent: &Agent,
    file: &CardFile,
    (folder, pause): (&Path, Duration),
    report: &mut dyn FnMut(&str, FetchEvent<'_>),
) -> Result<CardFetched, CardFetchError> {
    let path = folder.join(&file.name);
    let known = path.is_file();
    let partial = folder.join(format!("{}.partial", file.name));
    if !known {
        report(&file.name, FetchEvent::Trying(&file.url));
        let mut inner = |event: FetchEvent<'_>| report(&file.name, event);
        match download(agent, &file.url, &partial, pause, &mut inner) {
            Ok(()) => {}
            Err(Failure::Local(error)) => return Err(error.into()),
            Err(Failure::Address(reason)) => {
                let (name, url) = (file.name.clone(), file.url.clone());
                return Err(CardFetchError::Failed { name, url, reason });
            }
        }
    }
    report(&file.name, FetchEvent::Checking);
    let at = if known { &path } else { &partial };
    let (sha256, published) = match verified(file, at, &path) {
        Ok(verified) => verified,
        Err(error) => {
            if !known {
                // Complete and wrong: going on with it would not help.
                let _ = fs::remove_file(&partial);
                settle(&partial);
            }
            return Err(error);
        }
    };
    if !known {
        fs::rename(&partial, &path).map_err(io_error("rename", &partial))?;
        settle(&partial);
        pin(&path, &sha256)?;
    }
    let zip = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("zip"));
    let unpacked = if zip && !known { Some(unpack(&path, folder)?) } else { None };
    Ok(CardFetched { path, sha256, known, published, unpacked })
}

/// SHA-256 of a file, and whether a published checksum agrees; one that was
/// pinned at the first download must agree too.
fn verified(file: &CardFile, at: &Path, path: &Path) -> Result<(String, bool), CardFetchError> {
    let (md5, sha256) = sums(at).map_err(io_error("read", at))?;
    let pinned = fs::read_to_string(pin_of(path)).unwrap_or_default();
    let asked = [
        ("MD5", &md5, file.md5.as_str(), "published"),
        ("SHA-256", &sha256, file.sha256.as_str(), "published"),
        ("SHA-256", &sha256, pinned.trim(), "noted at the first download"),
    ];
    for (kind, got, expected, known) in asked {
        if !expected.is_empty() && !got.eq_ignore_ascii_case(expected) {
            let (path, got, expected) = (path.to_path_buf(), got.clone(), expected.to_owned());
            return Err(CardFetchError::Checksum { path, kind, got, expected, known });
        }
    }
    Ok((sha256, !file.md5.is_empty() || !file.sha256.is_empty()))
}

fn sums(path: &Path) -> io::Result<(String, String)> {
    let mut file = File::open(path)?;
    let (mut md5, mut sha256) = (Md5::new(), sha2::Sha256::new());
    let mut buffer = vec![0; 1 << 18];
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            let hex = super::decode::hex;
            return Ok((hex(&md5.finalize()), hex(&sha256.finalize())));
        }
        md5.update(&buffer[..read]);
        sha256.update(&buffer[..read]);
    }
}

fn pin_of(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".sha256");
    path.with_file_name(name)
}

fn pin(path: &Path, sha256: &str) -> Result<(), CardFetchError> {
    let place = pin_of(path);
    if place.is_file() {
        return Ok(());
    }
    write_atomic(&place, |file| file.write_all(sha256.as_bytes()))
        .map_err(|error| CardFetchError::Transfer(TransferError::Record(error)))
}

#[cfg(test)]
mod tests;
