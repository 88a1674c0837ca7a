//! What can be wrong with citations.

/// What can be wrong with citations.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum BibliographyError {
    #[error("{file}:{line}: this is no BibTeX: {reason}")]
    Parse { file: String, line: usize, reason: String },
    #[error("{file}:{line}: the entry {key:?} {reason}")]
    Entry { file: String, line: usize, key: String, reason: String },
    #[error(
        "{place}: no entry of the bibliography has the key {key:?}{near}; entries are given by \
         `--bibliography FILE.bib`"
    )]
    UnknownKey { place: String, key: String, near: String },
    #[error("the citation style {style:?}: {reason}")]
    Style { style: String, reason: String },
}
