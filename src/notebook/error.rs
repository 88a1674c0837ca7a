//! What can go wrong with notebooks and kernels.

use std::path::{Path, PathBuf};

use crate::compare::CompareError;
use crate::frame::FrameError;
use crate::records::RecordError;
use crate::report::ReportError;
use crate::spec::SpecError;

/// What can go wrong with notebooks and kernels.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum NotebookError {
    #[error("cannot {op} {path}: {source}")]
    Io { op: &'static str, path: PathBuf, source: std::io::Error },
    #[error("{path} is not a notebook: {reason}")]
    NotANotebook { path: PathBuf, reason: String },
    #[error("{0}")]
    Request(String),
    #[error("{message}\n  way out: {hint}")]
    Setup { message: String, hint: String },
    #[error("interrupted; what ran is in the study's folder, and the next run goes on from there")]
    Interrupted,
    #[error(transparent)]
    Spec(#[from] SpecError),
    #[error(transparent)]
    Record(#[from] RecordError),
    #[error(transparent)]
    Frame(#[from] FrameError),
    #[error(transparent)]
    Compare(#[from] CompareError),
    #[error(transparent)]
    Report(#[from] ReportError),
}

impl NotebookError {
    pub(crate) fn io(op: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::Io { op, path, source }
    }

    pub(crate) fn setup(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Setup { message: message.into(), hint: hint.into() }
    }

    /// What may be done about a file that cannot be read or written.
    pub(crate) fn way_out(&self) -> Option<&'static str> {
        let (Self::Io { source, .. } | Self::Record(RecordError::Io { source, .. })) = self else {
            return None;
        };
        match source.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
                Some("the disk is full: free some space, or choose a folder on another one")
            }
            std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
                Some("choose a folder that you may write to")
            }
            _ => None,
        }
    }

    /// The word for the cell's side of the protocol.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Interrupted => "interrupted",
            Self::Io { .. } | Self::Record(_) => "file",
            _ => "request",
        }
    }
}
