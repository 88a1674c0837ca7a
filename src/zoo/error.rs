//! What can be wrong with a checkpoint.

use std::path::PathBuf;

use crate::records::RecordError;

/// What can be wrong with a checkpoint.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum CheckpointError {
    #[error("cannot read the checkpoint {path}: {source}")]
    Read { path: PathBuf, source: std::io::Error },
    #[error(
        "{path} is {found}; expected a torch file (.pth), safetensors, a TensorFlow checkpoint \
         (its .index file or its folder), a folder of Hugging Face or a pickle of numpy arrays"
    )]
    Foreign { path: PathBuf, found: &'static str },
    #[error("{path} is not a valid {container}: {reason}; if it was fetched, fetch it again")]
    Malformed { path: PathBuf, container: &'static str, reason: String },
    #[error("{path} does not have its tensors under {wanted}; it has {found}")]
    Nesting { path: PathBuf, wanted: String, found: String },
    #[error("{path} is {kind}, which is not read: {way}")]
    Refused { path: PathBuf, kind: &'static str, way: String },
    #[error("{path}: {reason}")]
    Keys { path: PathBuf, reason: String },
    #[error("{path} does not fit {backbone}: {cause}{mismatch}")]
    Mismatch { path: PathBuf, backbone: String, cause: String, mismatch: String },
    #[error("cannot load {tensor} of {path}: {reason}")]
    Load { path: PathBuf, tensor: String, reason: String },
    #[error(transparent)]
    Record(#[from] RecordError),
}
