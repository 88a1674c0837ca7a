//! Why there are no predictions.

use std::path::{Path, PathBuf};

use crate::data::DataError;
use crate::models::ModelError;
use crate::records::RecordError;
use crate::train::device::DeviceError;
use crate::zoo::{CatalogueError, CheckpointError, FetchError, LocalError};

/// Why there are no predictions.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum PredictError {
    #[error("{0}")]
    Usage(String),
    #[error("{path}: {reason}")]
    Input { path: PathBuf, reason: String },
    #[error("{count} of {total} images cannot be used:{listed}")]
    Images { count: usize, total: usize, listed: String },
    #[error(
        "the model `{id}` is not on this machine; run `transfolio zoo fetch {id}`, or name its \
         file with --weights"
    )]
    NotFetched { id: String },
    #[error(
        "{path} is a run without weights: only pretraining runs keep them, and all runs of a \
         study with `keep_weights = true`"
    )]
    NoWeights { path: PathBuf },
    #[error("{path} has no linear classifier for {backbone}; ask for --what features")]
    NoHead { path: PathBuf, backbone: &'static str },
    #[error(
        "the network gives a value that is not finite for {case}; with --dtype f64 it may not, \
         otherwise the weights and the input do not belong together"
    )]
    NotFinite { case: String },
    #[error("cannot {op} {path}: {source}")]
    Io { op: &'static str, path: PathBuf, source: std::io::Error },
    #[error("libtorch failed to {op}: {reason}")]
    Torch { op: &'static str, reason: String },
    #[error("cannot write {path}: {reason}")]
    Output { path: PathBuf, reason: String },
    #[error(transparent)]
    Device(#[from] DeviceError),
    #[error(transparent)]
    Data(#[from] DataError),
    #[error(transparent)]
    Model(#[from] ModelError),
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    #[error(transparent)]
    Fetch(#[from] FetchError),
    #[error(transparent)]
    Local(#[from] LocalError),
    #[error(transparent)]
    Record(#[from] RecordError),
}

impl PredictError {
    pub(super) fn io(op: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::Io { op, path, source }
    }

    pub(super) fn input(path: &Path, reason: impl Into<String>) -> Self {
        Self::Input { path: path.to_path_buf(), reason: reason.into() }
    }
}

/// Names the operation in which libtorch failed.
pub(super) trait Operation<T> {
    fn op(self, op: &'static str) -> Result<T, PredictError>;
}

impl<T> Operation<T> for Result<T, tch::TchError> {
    fn op(self, op: &'static str) -> Result<T, PredictError> {
        self.map_err(|error| {
            // A C++ backtrace follows the message.
            let text = error.to_string();
            PredictError::Torch { op, reason: text.lines().next().unwrap_or_default().into() }
        })
    }
}
