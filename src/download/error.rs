//! Why a file cannot be transferred, whatever its address.

use std::io;
use std::path::{Path, PathBuf};

use crate::records::RecordError;

/// Why a file cannot be transferred, whatever its address.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum TransferError {
    #[error("cannot {op} {path}: {source}")]
    Io { op: &'static str, path: PathBuf, source: io::Error },
    #[error("cannot set up the connection: {reason}")]
    Connection { reason: String },
    #[error("cannot note where {path} comes from: {reason}")]
    Note { path: PathBuf, reason: String },
    #[error(transparent)]
    Record(#[from] RecordError),
}

impl TransferError {
    pub(super) fn io(op: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::Io { op, path, source }
    }
}
