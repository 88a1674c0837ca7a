//! Decoded data near the cores that read it: a folder of the machine that a slot runs
//! on, which all its slots share and the last one removes.
//!
//! On a cluster the usual cache folder lies on a file system that all machines share,
//! and every run of every slot maps its pixels from there. Where it does, they are
//! copied once per machine: to `$SLURM_TMPDIR`, which is made for this and ends with
//! the job, else to `$TMPDIR`, else to memory (`/dev/shm`). What the usual folder lacks
//! is decoded right there. `TRANSFOLIO_NODE_CACHE` names another folder, or says `off`.
//!
//! Locks are taken on files of one machine alone, where they are to be trusted, and end
//! with the process that has them. [`prepare`](super::prepare) looks at every byte of
//! what was copied, and makes anew what is damaged.

mod mounts;

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

pub(crate) use mounts::FileSystem;

use super::cache::file_of;

/// What a machine offers, best first, ending with the usual folder.
#[derive(Debug)]
pub struct Places {
    usual: PathBuf,
    hashes: Vec<String>,
    /// Bytes of memory that are free.
    memory: u64,
    /// What it is called, and where it is.
    left: std::vec::IntoIter<(String, PathBuf)>,
}

/// Where a slot has its decoded data.
#[derive(Debug)]
pub struct Place {
    /// The cache folder.
    pub dir: PathBuf,
    near: Option<Near>,
}

/// A folder of this machine.
#[derive(Debug)]
struct Near {
    root: PathBuf,
    /// Locked by each slot that reads here.
    readers: File,
    /// Locked by the one that brings data here.
    bringing: Option<File>,
}

/// Name of the folder before the number of its user.
const NAME: &str = "transfolio-cache-";
const READERS: &str = "readers.lock";
const BRINGING: &str = "bringing.lock";

impl Places {
    /// Places for data of these hashes, which the usual folder has or is to have;
    /// `memory` is how much of it is free, in bytes.
    pub fn of(usual: &Path, hashes: impl IntoIterator<Item = String>, memory: u64) -> Self {
        let set = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty());
        Self::among(usual, hashes, memory, &|name| set(name).map(PathBuf::from))
    }

    fn among(
        usual: &Path,
        hashes: impl IntoIterator<Item = String>,
        memory: u64,
        variable: &dyn Fn(&str) -> Option<PathBuf>,
    ) -> Self {
        let left = match variable("TRANSFOLIO_NODE_CACHE") {
            Some(off) if off == Path::new("off") => Vec::new(),
            Some(named) => vec![("$TRANSFOLIO_NODE_CACHE".to_owned(), named)],
            // Nothing is nearer than a disk of this machine.
            None if FileSystem::of(usual).is_some_and(|system| system.is_local()) => Vec::new(),
            None => ["SLURM_TMPDIR", "TMPDIR"]
                .into_iter()
                .filter_map(|name| Some((format!("${name}"), variable(name)?)))
                .chain([("memory".to_owned(), PathBuf::from("/dev/shm"))])
                .collect(),
        };
        let hashes = hashes.into_iter().collect();
        Self { usual: usual.to_path_buf(), hashes, memory, left: left.into_iter() }
    }

    /// The next place, with what the usual folder has of the data; others wait until
    /// [`Place::is_ready`] says that the rest is there too.
    pub fn next(&mut self, note: &mut dyn FnMut(&str)) -> Place {
        for (name, folder) in self.left.by_ref() {
            match Near::open(&folder, note).and_then(|near| {
                let bytes = near.bring(&self.usual, &self.hashes, self.memory)?;
                Ok((near, bytes))
            }) {
                Ok((near, bytes)) => {
                    let copied = match bytes {
                        0 => String::new(),
                        bytes => format!(
                            ", {:.1} MB of them copied from {}",
                            bytes as f64 / 1e6,
                            self.usual.display()
                        ),
                    };
                    note(&format!(
                        "decoded data lie in {} ({name}), for all slots of this machine{copied}",
                        near.root.display()
                    ));
                    return Place { dir: near.root.clone(), near: Some(near) };
                }
                Err(reason) => note(&format!(
                    "decoded data cannot lie in {} ({name}): {reason}",
                    folder.display()
                )),
            }
        }
        Place { dir: self.usual.clone(), near: None }
    }
}

impl Place {
    /// Whether it is of this machine, and there are others after it.
    pub fn is_near(&self) -> bool {
        self.near.is_some()
    }

    /// All data are there: who waits for it goes on.
    pub fn is_ready(&mut self) {
        if let Some(near) = &mut self.near {
            near.bringing = None;
        }
    }
}

impl Near {
    fn open(folder: &Path, note: &mut dyn FnMut(&str)) -> Result<Self, String> {
        if !folder.is_dir() {
            return Err("there is no such folder".into());
        }
        if let Some(system) = FileSystem::of(folder).filter(|system| !system.is_local()) {
            return Err(format!("{system} is not of this machine"));
        }
        let fail = |error: io::Error| error.to_string();
        let root = folder.join(format!("{NAME}{}", user().map_err(fail)?));
        // The last one that reads here takes the folder away, perhaps just now.
        for _ in 0..20 {
            own_folder(&root)?;
            let path = root.join(READERS);
            let readers = match open_lock(&path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                readers => readers.map_err(fail)?,
            };
            readers.lock_shared().map_err(fail)?;
            if !is_file_of(&readers, &path) {
                continue;
            }
            let bringing = open_lock(&root.join(BRINGING)).map_err(fail)?;
            if bringing.try_lock().is_err() {
                note(&format!(
                    "another slot of this machine brings decoded data to {}; it is waited for",
                    root.display()
                ));
                bringing.lock().map_err(fail)?;
            }
            return Ok(Self { root, readers, bringing: Some(bringing) });
        }
        Err("others take it away again and again".into())
    }

    /// Copies what the usual folder has and this one lacks; how many bytes that were.
    fn bring(&self, usual: &Path, hashes: &[String], free: u64) -> Result<u64, String> {
        let mut bytes = 0;
        let mut lacking = Vec::new();
        for hash in hashes {
            let (from, to) = (file_of(usual, hash), file_of(&self.root, hash));
            if let (Ok(there), false) = (fs::metadata(&from), to.exists()) {
                bytes += there.len();
                lacking.push((from, to));
            }
        }
        let memory = || FileSystem::of(&self.root).is_some_and(|system| system.is_memory());
        if bytes > 0 && bytes > free / 2 && memory() {
            return Err(format!(
                "they are {:.1} GB, and {:.1} GB of memory are free, which runs need too",
                bytes as f64 / 1e9,
                free as f64 / 1e9
            ));
        }
        for (from, to) in lacking {
            copy(&from, &to).map_err(|error| match error.kind() {
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                    format!("there is no room for {:.1} MB", bytes as f64 / 1e6)
                }
                _ => error.to_string(),
            })?;
        }
        Ok(bytes)
    }
}

impl Drop for Near {
    fn drop(&mut self) {
        self.bringing = None;
        let _ = self.readers.unlock();
        // Whoever still reads has it; the last one clears up.
        if self.readers.try_lock().is_ok() {
            let _ = fs::remove_dir_all(&self.root);
        }
    }
}

/// A copy that has its name once it is whole.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let folder = to.parent().unwrap_or(Path::new("."));
    let mut beside = tempfile::Builder::new().prefix("copying-").tempfile_in(folder)?;
    io::copy(&mut File::open(from)?, beside.as_file_mut())?;
    beside.persist(to).map_err(|error| error.error)?;
    Ok(())
}

fn open_lock(path: &Path) -> io::Result<File> {
    File::options().read(true).write(true).create(true).truncate(false).open(path)
}

#[cfg(unix)]
fn user() -> io::Result<u32> {
    use std::os::unix::fs::MetadataExt;
    // The folder of a process belongs to its user.
    fs::metadata("/proc/self").map(|meta| meta.uid())
}

#[cfg(unix)]
fn is_file_of(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let id = |meta: io::Result<fs::Metadata>| meta.map(|meta| (meta.dev(), meta.ino())).ok();
    let there = id(fs::symlink_metadata(path));
    there.is_some() && there == id(file.metadata())
}

/// A folder that nobody else can read or write: names in folders that all users share
/// can be taken by any of them.
#[cfg(unix)]
fn own_folder(path: &Path) -> Result<(), String> {
    use std::os::unix::fs::{DirBuilderExt, MetadataExt};
    match fs::DirBuilder::new().mode(0o700).create(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error.to_string()),
        _ => {}
    }
    let fail = |error: io::Error| error.to_string();
    let meta = match fs::symlink_metadata(path) {
        // Taken away between the two.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        meta => meta.map_err(fail)?,
    };
    let for_others = meta.mode() & 0o077;
    let closed = for_others == 0;
    let ours = meta.is_dir() && meta.uid() == user().map_err(fail)? && closed;
    if ours { Ok(()) } else { Err("its folder there is of somebody else".into()) }
}

#[cfg(not(unix))]
fn user() -> io::Result<u32> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(not(unix))]
fn is_file_of(_: &File, _: &Path) -> bool {
    true
}

#[cfg(not(unix))]
fn own_folder(_: &Path) -> Result<(), String> {
    Ok(())
}

#[cfg(test)]
mod tests;
