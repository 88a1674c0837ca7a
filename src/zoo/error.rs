//! What can be wrong with a checkpoint.

use std::path::PathBuf;

use crate::records::RecordError;

/// What can be wrong with a checkpoint.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum CheckpointError {
    #[error("cannot read the checkpoint {path}: {source}")]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{path} is {found}; expected a safetensors file or a torch zip file (.pth)")]
    Foreign { path: PathBuf, found: &'static str },
    #[error("{path} is not a valid {container} file: {reason}; fetch it again")]
    Malformed { path: PathBuf, container: &'static str, reason: String },
    #[error("{path} does not fit {backbone}: {mismatch}{fits}")]
    Mismatch { path: PathBuf, backbone: &'static str, mismatch: String, fits: String },
    #[error(transparent)]
    Record(#[from] RecordError),
}
