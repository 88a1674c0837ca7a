//! What can be wrong with a file that should be a table.

use std::path::{Path, PathBuf};

/// What can be wrong with a file that should be a table.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// The file as a whole.
    #[error("{}: {reason}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What was got, what was expected, the way out.
        reason: String,
    },
    /// A line of it.
    #[error("{}:{line}: {reason}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: u64,
        /// What was got, what was expected, the way out.
        reason: String,
    },
}

impl TableError {
    /// An error of the whole file.
    pub fn file(path: &Path, reason: impl Into<String>) -> Self {
        Self::File { path: path.into(), reason: reason.into() }
    }

    /// An error of a line.
    pub fn line(path: &Path, line: u64, reason: impl Into<String>) -> Self {
        Self::Line { path: path.into(), line, reason: reason.into() }
    }

    /// Line, where one is to blame.
    pub fn line_number(&self) -> Option<u64> {
        match self {
            Self::File { .. } => None,
            Self::Line { line, .. } => Some(*line),
        }
    }

    /// What is wrong, without the place.
    pub fn reason(&self) -> &str {
        match self {
            Self::File { reason, .. } | Self::Line { reason, .. } => reason,
        }
    }
}
