//! What can be wrong with a table of published numbers.

use std::path::PathBuf;

use crate::table::TableError;

/// What can be wrong with a table of published numbers.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum PublishedError {
    #[error("{file}:{line}: column {column:?} is {got:?}, expected {expected}")]
    Value { file: String, line: u64, column: String, got: String, expected: &'static str },
    #[error("{file}:1: there is no column {column:?}; it has: {found}")]
    Column { file: String, column: String, found: String },
    #[error("{file}:{line}: {reason}")]
    Row { file: String, line: u64, reason: String },
    #[error("{file}: {reason}")]
    File { file: String, reason: String },
    #[error("cannot read {0}")]
    Table(#[from] TableError),
    #[error("cannot read {path}: {reason}")]
    Read { path: PathBuf, reason: String },
}
