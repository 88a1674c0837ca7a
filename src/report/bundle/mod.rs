//! The input of a report as plain data: what a page carries so that it can be
//! computed again.

mod archive;
mod gather;
mod look;
mod types;

pub use archive::BundleError;
pub(super) use archive::{sha256, written_by};
pub use gather::gather;
pub use look::Look;
pub use types::{Bundle, Carried, CaseFile, Manner, Print, RunRow, Source, StudySource};
