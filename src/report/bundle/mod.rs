//! The input of a report as plain data: what a page carries so that it can be
//! computed again.

mod archive;
mod gather;
mod types;

pub use archive::BundleError;
pub(super) use archive::sha256;
pub use gather::gather;
pub use types::{Bundle, Carried, CaseFile, Manner, RunRow, Source, StudySource};
