//! What can keep a report from being written.

use crate::compare::CompareError;
use crate::frame::FrameError;
use crate::published::PublishedError;
use crate::records::RecordError;

/// What can keep a report from being written.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum ReportError {
    #[error(transparent)]
    Frame(#[from] FrameError),
    #[error(transparent)]
    Compare(#[from] CompareError),
    #[error(transparent)]
    Record(#[from] RecordError),
    #[error(transparent)]
    Published(#[from] PublishedError),
    #[error("template {name} failed: {reason}")]
    Template { name: &'static str, reason: String },
    #[error("the label {label:?} is referred to and stands nowhere in the report")]
    UnresolvedLabel { label: String },
}
