//! What can keep a report from being written.

use std::path::PathBuf;

use super::bibliography::BibliographyError;
use super::bundle::BundleError;
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
    Citation(#[from] BibliographyError),
    #[error("cannot read the bibliography or style {}: {reason}", file.display())]
    Bibliography { file: PathBuf, reason: String },
    #[error("{place}: this is no LaTeX maths: {reason}")]
    Maths { place: String, reason: String },
    #[error("a card cannot be of {got:?}; what is compared is: {known}")]
    NoSubject { got: String, known: String },
    #[error("cannot write {}: {reason}", path.display())]
    Export { path: PathBuf, reason: String },
    #[error(transparent)]
    Bundle(#[from] BundleError),
    #[error("{place}: {reason}")]
    Template { place: String, reason: String },
    #[error(
        "the page holds no data that it could be computed from: it is no report of this program, \
         or an early one; `transfolio report` writes it anew from its records"
    )]
    NoData,
    #[error("no PNG can be made: {0}")]
    NoPictures(String),
    #[error("there is no template {got:?}; expected a folder with templates, or one of: {known}")]
    NoTemplate { got: String, known: String },
    #[error(
        "{place}: the label {label:?} is referred to and stands nowhere in the report; labels \
         are those of its sections, figures, tables and equations"
    )]
    UnresolvedLabel { label: String, place: String },
    #[error("{place}: the label {label:?} is that of {first} already; labels must differ")]
    DuplicateLabel { label: String, place: String, first: String },
    #[error(transparent)]
    Published(#[from] PublishedError),
}
