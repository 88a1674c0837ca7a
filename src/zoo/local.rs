//! Models of one's own: weights that a study trained, kept by name for others.
//!
//! A model is one file, `local/NAME.safetensors` in the store; what it is and
//! where it comes from stands in its header ([`Origin`]).

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::checkpoint::sha256_of_file;
use super::error::CheckpointError;
use super::origin::{Origin, origin};
use crate::records::{RecordError, write_atomic};

/// What can go wrong with a local model.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum LocalError {
    #[error("{name:?} is no name for a model, expected letters, digits, `-`, `_` and `.`")]
    Name { name: String },
    #[error("there is no local model `{name}` in {store}; {known}")]
    Unknown { name: String, store: PathBuf, known: String },
    #[error(
        "there is a local model `{name}` already, with other weights (SHA-256 {sha256}); give this \
         one another name, or delete {path}"
    )]
    Taken { name: String, sha256: String, path: PathBuf },
    #[error("{path} does not say where it comes from: it was not written by a study")]
    NoOrigin { path: PathBuf },
    #[error("cannot {op} {path}: {source}")]
    Io { op: &'static str, path: PathBuf, source: io::Error },
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    #[error(transparent)]
    Record(#[from] RecordError),
}

impl LocalError {
    fn io(op: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::Io { op, path, source }
    }
}

/// A local model.
#[derive(Clone, Debug, PartialEq)]
pub struct Local {
    /// Its name, without `local:`.
    pub name: String,
    /// The file.
    pub path: PathBuf,
    /// What the file says of itself.
    pub origin: Origin,
}

impl Local {
    /// SHA-256 of the file.
    pub fn sha256(&self) -> Result<String, LocalError> {
        sha256_of_file(&self.path).map_err(LocalError::io("read", &self.path))
    }
}

/// All local models of a store, by name.
pub fn local_models(store: &Path) -> Result<Vec<Local>, LocalError> {
    let mut models = Vec::new();
    for name in names(store)? {
        let path = path_of(store, &name);
        if let Some(origin) = origin(&path)? {
            models.push(Local { name, path, origin });
        }
    }
    Ok(models)
}

/// A local model by name.
pub fn find_local(store: &Path, name: &str) -> Result<Local, LocalError> {
    check_name(name)?;
    let path = path_of(store, name);
    if !path.is_file() {
        let names = names(store)?;
        let known = if names.is_empty() {
            "it has none; `transfolio zoo export RUN --name NAME` adds one".into()
        } else {
            format!("it has {}", names.join(", "))
        };
        return Err(LocalError::Unknown { name: name.into(), store: store.into(), known });
    }
    let origin = origin(&path)?.ok_or_else(|| LocalError::NoOrigin { path: path.clone() })?;
    Ok(Local { name: name.into(), path, origin })
}

/// Copies the weights of a run into the store under a name. The same weights
/// under the same name are left alone.
pub fn export(weights: &Path, store: &Path, name: &str) -> Result<Local, LocalError> {
    check_name(name)?;
    let origin =
        origin(weights)?.ok_or_else(|| LocalError::NoOrigin { path: weights.to_path_buf() })?;
    let path = path_of(store, name);
    let local = Local { name: name.into(), path: path.clone(), origin };
    if path.is_file() {
        let sha256 = local.sha256()?;
        let new = sha256_of_file(weights).map_err(LocalError::io("read", weights))?;
        return if sha256 == new {
            Ok(local)
        } else {
            Err(LocalError::Taken { name: name.into(), sha256, path })
        };
    }
    let mut file = File::open(weights).map_err(LocalError::io("read", weights))?;
    write_atomic(&path, |out| io::copy(&mut file, out).map(|_| ()))?;
    Ok(local)
}

fn path_of(store: &Path, name: &str) -> PathBuf {
    store.join("local").join(format!("{name}.safetensors"))
}

/// A name is part of a path and of a study file.
fn check_name(name: &str) -> Result<(), LocalError> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if name.is_empty() || name.starts_with('.') || !name.chars().all(plain) {
        return Err(LocalError::Name { name: name.into() });
    }
    Ok(())
}

fn names(store: &Path) -> Result<Vec<String>, LocalError> {
    let folder = store.join("local");
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(LocalError::io("list", &folder)(error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(LocalError::io("list", &folder))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        names.extend(name.strip_suffix(".safetensors").map(String::from));
    }
    names.sort();
    Ok(names)
}
