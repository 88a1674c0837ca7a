//! Citations and the list of references: BibTeX in, runs of text out.
//!
//! `library` reads, `cite` numbers or asks a CSL style, `plain` writes an entry
//! in the style of this program, `runs` writes it as HTML or LaTeX.

mod cite;
mod error;
mod library;
mod plain;
mod runs;

pub(super) use cite::{Cited, Group, Reference, Style, anchor, cite};
pub use error::BibliographyError;
pub(super) use library::Library;
pub(super) use runs::{Run, html, latex};
