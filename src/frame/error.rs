//! What can be wrong with a table.

use std::path::PathBuf;

use crate::records::RecordError;
use crate::table::TableError;

/// What can be wrong with a table.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum FrameError {
    #[error(transparent)]
    Record(#[from] RecordError),
    #[error("cannot read {0}")]
    Table(#[from] TableError),
    #[error("cannot read {path}: {reason}")]
    Read { path: PathBuf, reason: String },
    #[error("cannot write {path}: {reason}")]
    Write { path: PathBuf, reason: String },
    #[error("{path} has no rows; expected a header and at least one result")]
    Empty { path: PathBuf },
    #[error("{path}:1: there is no column {column:?}; it has: {found}{hint}")]
    MissingColumn { path: PathBuf, column: String, found: String, hint: String },
    #[error("{path}:{line}: column {column:?} is {got:?}, expected {expected}")]
    Value { path: PathBuf, line: u64, column: String, got: String, expected: &'static str },
    #[error(
        "{path}:{line}: the same result stands in line {first}: {key}; keep one of them, or name \
         what differs in a column and pick one with --where COLUMN=VALUE"
    )]
    Duplicate { path: PathBuf, line: u64, first: u64, key: String },
    #[error(
        "{path}:{line}: {key} has a mean here and a single value in line {first}; keep the values of \
         the single runs or the summary, not both"
    )]
    Mixed { path: PathBuf, line: u64, first: u64, key: String },
    #[error("{path}:{line}: {reason}")]
    Case { path: PathBuf, line: u64, reason: String },
    #[error("{reason}")]
    Inputs { reason: String },
    #[error("{path}:{line}: {metric} is {got}, expected {expected}")]
    Scale { path: PathBuf, line: u64, metric: String, got: f64, expected: String },
    #[error(
        "{path}:{line}: the direction of {metric} is {got:?} here and another in line {first}; a \
         metric has one direction"
    )]
    Direction { path: PathBuf, line: u64, first: u64, metric: String, got: String },
    #[error("there is no column {column:?} to compare; {path} has: {found}")]
    NoFactor { path: PathBuf, column: String, found: String },
    #[error("--where {column}={value}: {reason}")]
    Filter { column: String, value: String, reason: String },
    #[error(
        "there are no results in {path} yet; `transfolio status` says what ran and what failed"
    )]
    NoResults { path: PathBuf },
    #[error("cannot {op} the table: {source}")]
    Polars { op: &'static str, source: polars::error::PolarsError },
}

pub(super) trait Operation<T> {
    fn op(self, op: &'static str) -> Result<T, FrameError>;
}

impl<T> Operation<T> for Result<T, polars::error::PolarsError> {
    fn op(self, op: &'static str) -> Result<T, FrameError> {
        self.map_err(|source| FrameError::Polars { op, source })
    }
}
