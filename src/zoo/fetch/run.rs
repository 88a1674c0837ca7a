//! Fetching a model of the catalogue.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use ureq::Agent;

use super::error::FetchError;
use super::lock::{self, Pin};
use crate::download::{Failure, FetchEvent, agent, download, settle};
use crate::zoo::catalogue::{Entry, Source};
use crate::zoo::checkpoint::{read_nested, sha256};
use crate::zoo::error::CheckpointError;
use crate::zoo::load::check_entry;

/// Where models are kept and how they are had.
#[derive(Clone, Debug)]
pub struct Options {
    /// Folder of fetched models.
    pub store: PathBuf,
    /// The lock file; `zoo.lock` in the store where absent.
    pub lock: Option<PathBuf>,
    /// Address tried before those of the catalogue, as `MIRROR/ID/FILE`.
    pub mirror: Option<String>,
    /// A file that was downloaded by hand, in place of the addresses.
    pub from: Option<PathBuf>,
    /// Pause before a broken transfer is taken up again; grows.
    pub pause: Duration,
}

impl Options {
    /// Defaults for a store.
    pub fn new(store: impl Into<PathBuf>) -> Self {
        let pause = Duration::from_secs(2);
        Self { store: store.into(), lock: None, mirror: None, from: None, pause }
    }

    fn lock(&self) -> PathBuf {
        self.lock.clone().unwrap_or_else(|| self.store.join("zoo.lock"))
    }
}

/// A model on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// What to read: a file, or the folder of a TensorFlow checkpoint.
    pub path: PathBuf,
    /// Its SHA-256.
    pub sha256: String,
    /// Whether it was there before.
    pub known: bool,
    /// Whether the checksum was pinned just now, for want of a published one.
    pub pinned: bool,
}

/// A model that was fetched before, verified again; `None` where it is not there.
pub fn fetched(entry: &Entry, options: &Options) -> Result<Option<Fetched>, FetchError> {
    if !options.store.join(&entry.id).is_dir() {
        return Ok(None);
    }
    fetch_with(None, entry, options, &mut |_| {}).map(Some)
}

/// Fetches a model and verifies it; one that is there is verified only.
pub fn fetch(
    entry: &Entry,
    options: &Options,
    report: &mut dyn FnMut(FetchEvent<'_>),
) -> Result<Fetched, FetchError> {
    let client = if options.from.is_none() && entry.source() == Source::Fetchable {
        Some(agent()?)
    } else {
        None
    };
    fetch_with(client.as_ref(), entry, options, report)
}

pub(in crate::zoo) fn fetch_with(
    agent: Option<&Agent>,
    entry: &Entry,
    options: &Options,
    report: &mut dyn FnMut(FetchEvent<'_>),
) -> Result<Fetched, FetchError> {
    let place = options.store.join(&entry.id);
    let staging = options.store.join(format!("{}.partial", entry.id));
    fs::create_dir_all(&options.store).map_err(FetchError::io("create", &options.store))?;
    let _guard = guard(&options.store.join(format!("{}.lock", entry.id)))?;
    let pinned = lock::read(&options.lock())?.remove(&entry.id);
    if place.is_dir() {
        report(FetchEvent::Checking);
        let path = content(entry, &place)?;
        let sha256 = checked(entry, &path, pinned.as_ref(), false)?;
        return Ok(Fetched { path, sha256, known: true, pinned: false });
    }
    if options.from.is_none() && agent.is_none() {
        return Err(by_hand(entry));
    }
    if options.from.is_some() && staging.exists() {
        // What an earlier download left would lie beside it.
        fs::remove_dir_all(&staging).map_err(FetchError::io("delete", &staging))?;
    }
    fs::create_dir_all(&staging).map_err(FetchError::io("create", &staging))?;
    let url = match (&options.from, agent) {
        (Some(from), _) => {
            copy_in(from, &staging)?;
            from.display().to_string()
        }
        (None, Some(agent)) => all_files(agent, entry, options, &staging, report)?,
        (None, None) => return Err(by_hand(entry)),
    };
    report(FetchEvent::Checking);
    let verified = content(entry, &staging)
        .and_then(|path| Ok((checked(entry, &path, pinned.as_ref(), true)?, path)));
    let (sha256, path) = match verified {
        Ok(verified) => verified,
        Err(error) => {
            // Complete and wrong: going on with it would not help.
            let _ = fs::remove_dir_all(&staging);
            return Err(error);
        }
    };
    let bytes = size(&staging);
    fs::rename(&staging, &place).map_err(FetchError::io("rename", &staging))?;
    let pin = Pin { sha256: sha256.clone(), bytes, url };
    let new = pinned.is_none();
    if new {
        lock::pin(&options.lock(), &entry.id, pin)?;
    }
    let path = path.strip_prefix(&staging).map_or(place.clone(), |inner| place.join(inner));
    Ok(Fetched { path, sha256, known: false, pinned: new && entry.sha256.len() < 64 })
}

fn by_hand(entry: &Entry) -> FetchError {
    FetchError::ByHand {
        id: entry.id.clone(),
        file: if entry.file.is_empty() { "the file".into() } else { entry.file.clone() },
        page: entry.page.clone(),
    }
}

/// Held while a model is fetched.
fn guard(path: &Path) -> Result<File, FetchError> {
    let file = File::create(path).map_err(FetchError::io("create", path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(fs::TryLockError::WouldBlock) => Err(FetchError::Busy { path: path.to_path_buf() }),
        Err(fs::TryLockError::Error(error)) => Err(FetchError::io("lock", path)(error)),
    }
}

/// Downloads the files from the first address that has them all.
fn all_files(
    agent: &Agent,
    entry: &Entry,
    options: &Options,
    staging: &Path,
    report: &mut dyn FnMut(FetchEvent<'_>),
) -> Result<String, FetchError> {
    let mut tried = String::new();
    'addresses: for (base, names) in addresses(entry, options.mirror.as_deref()) {
        for (url, name) in &names {
            report(FetchEvent::Trying(url));
            match download(agent, url, &staging.join(name), options.pause, report) {
                Ok(()) => {}
                Err(Failure::Local(error)) => return Err(error.into()),
                Err(Failure::Address(reason)) => {
                    tried.push_str(&format!("\n  {url}: {reason}"));
                    continue 'addresses;
                }
            }
        }
        for (_, name) in &names {
            settle(&staging.join(name));
        }
        return Ok(base);
    }
    Err(FetchError::Failed { id: entry.id.clone(), tried })
}

type Address = (String, Vec<(String, String)>);

/// Addresses in the order they are tried: each with its files and their names.
fn addresses(entry: &Entry, mirror: Option<&str>) -> Vec<Address> {
    let files = if entry.files.is_empty() {
        entry.urls.first().map(|url| vec![file_name(url)]).unwrap_or_default()
    } else {
        entry.files.clone()
    };
    let below = |base: &str| {
        let base = base.trim_end_matches('/');
        files.iter().map(|file| (format!("{base}/{file}"), file.clone())).collect::<Vec<_>>()
    };
    let mirror = mirror.map(|mirror| {
        let base = format!("{}/{}", mirror.trim_end_matches('/'), entry.id);
        (base.clone(), below(&base))
    });
    let own = entry.urls.iter().map(|url| {
        let names = if entry.files.is_empty() {
            files.iter().map(|file| (url.clone(), file.clone())).collect()
        } else {
            below(url)
        };
        (url.clone(), names)
    });
    mirror.into_iter().chain(own).collect()
}

/// The last part of an address, as far as it is safe as a name.
fn file_name(url: &str) -> String {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let last = path.rsplit('/').next().unwrap_or_default();
    let safe: String = last
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
        .collect();
    let safe = safe.trim_start_matches('.');
    if safe.is_empty() { "checkpoint".into() } else { safe.into() }
}

fn copy_in(from: &Path, staging: &Path) -> Result<(), FetchError> {
    let copy = |file: &Path| {
        let name = file.file_name().map(|n| file_name(&n.to_string_lossy())).unwrap_or_default();
        fs::copy(file, staging.join(name)).map_err(FetchError::io("copy", file))
    };
    if !from.is_dir() {
        return copy(from).map(|_| ());
    }
    for file in fs::read_dir(from).map_err(FetchError::io("list", from))? {
        let file = file.map_err(FetchError::io("list", from))?.path();
        if file.is_file() {
            copy(&file)?;
        }
    }
    Ok(())
}

/// What to read of a folder: its only file, or the folder.
fn content(entry: &Entry, folder: &Path) -> Result<PathBuf, FetchError> {
    if !entry.files.is_empty() {
        return Ok(folder.to_path_buf());
    }
    let mut files = Vec::new();
    for file in fs::read_dir(folder).map_err(FetchError::io("list", folder))? {
        let path = file.map_err(FetchError::io("list", folder))?.path();
        if path.extension().is_none_or(|end| end != "origin") {
            files.push(path);
        }
    }
    match files.as_slice() {
        [one] => Ok(one.clone()),
        _ => Ok(folder.to_path_buf()),
    }
}

fn size(folder: &Path) -> u64 {
    let files = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    files.filter_map(|file| file.metadata().ok()).map(|meta| meta.len()).sum()
}

/// Compares the checksum and, for what is new, reads the file.
fn checked(
    entry: &Entry,
    path: &Path,
    pinned: Option<&Pin>,
    new: bool,
) -> Result<String, FetchError> {
    let got = sha256(path).map_err(FetchError::io("read", path))?;
    let published = (!entry.sha256.is_empty()).then_some((&entry.sha256, "published"));
    let first = pinned.map(|pin| (&pin.sha256, "pinned at the first download"));
    for (expected, by) in published.into_iter().chain(first) {
        if !got.starts_with(expected.to_ascii_lowercase().as_str()) {
            let (id, expected) = (entry.id.clone(), expected.clone());
            return Err(if new {
                FetchError::Checksum { id, got, expected, pinned: by.into() }
            } else {
                FetchError::Changed { id, path: path.to_path_buf(), got, expected }
            });
        }
    }
    if new {
        usable(entry, path)
            .map_err(|source| FetchError::Unusable { id: entry.id.clone(), source })?;
    }
    Ok(got)
}

/// A page that asks for a login must not be pinned.
fn usable(entry: &Entry, path: &Path) -> Result<(), CheckpointError> {
    let checkpoint = read_nested(path, &entry.nesting)?;
    match entry.known_backbone() {
        Some(backbone) => check_entry(backbone, entry, &checkpoint),
        None => Ok(()),
    }
}
