//! Why a model cannot be fetched.

use std::io;
use std::path::{Path, PathBuf};

use crate::download::TransferError;
use crate::records::RecordError;
use crate::zoo::catalogue::CatalogueError;
use crate::zoo::error::CheckpointError;

/// Why a model cannot be fetched.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum FetchError {
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    #[error(
        "`{id}` cannot be fetched by a program: download {file} from {page}, then run \
         `transfolio zoo fetch {id} --from FILE`"
    )]
    ByHand { id: String, file: String, page: String },
    #[error("cannot {op} {path}: {source}")]
    Io { op: &'static str, path: PathBuf, source: io::Error },
    #[error(transparent)]
    Transfer(#[from] TransferError),
    #[error("`{id}` could not be fetched from any of its addresses:{tried}")]
    Failed { id: String, tried: String },
    #[error(
        "what was fetched as `{id}` has SHA-256 {got}, expected {expected} ({pinned}); it was \
         deleted. Where the change is meant, remove the entry from the lock file"
    )]
    Checksum { id: String, got: String, expected: String, pinned: String },
    #[error(
        "{path} has SHA-256 {got}, expected {expected}: it was changed after `{id}` was fetched; \
         delete it to fetch it again"
    )]
    Changed { id: String, path: PathBuf, got: String, expected: String },
    #[error("what was fetched as `{id}` cannot be used and was deleted: {source}")]
    Unusable { id: String, source: CheckpointError },
    #[error("{path} is being fetched by another process")]
    Busy { path: PathBuf },
    #[error("the lock file {path} cannot be read: {reason}; repair or delete it")]
    Lock { path: PathBuf, reason: String },
    #[error(transparent)]
    Record(#[from] RecordError),
}

impl FetchError {
    pub(super) fn io(op: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::Io { op, path, source }
    }
}
