//! The folder of an export.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::{figures, paper, tables, word};
use crate::records::write_atomic;
use crate::report::citations::References;
use crate::report::document::Block;
use crate::report::error::ReportError;
use crate::report::html::document;
use crate::report::load::ReportInput;
use crate::report::templates::Templates;

/// What was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exported {
    /// Every file, in the order written.
    pub files: Vec<PathBuf>,
    /// What should be known: figures without a picture, characters without a font.
    pub notes: Vec<String>,
}

impl Exported {
    pub(super) fn write(&mut self, path: &Path, bytes: &[u8]) -> Result<(), ReportError> {
        let fail = |reason: String| ReportError::Export { path: path.to_path_buf(), reason };
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|e| fail(e.to_string()))?;
        }
        write_atomic(path, |file| file.write_all(bytes)).map_err(|e| fail(e.to_string()))?;
        self.files.push(path.to_path_buf());
        Ok(())
    }
}

/// Writes the report's tables, figures and the skeleton of a paper into a
/// folder. Files of the same names are replaced, all others stay.
///
/// # Errors
/// A report that cannot be made, or a file that cannot be written. A figure
/// without a picture is a note, not an error.
pub fn export(
    input: &ReportInput,
    templates: &Templates,
    folder: &Path,
) -> Result<Exported, ReportError> {
    let (document, numbering, cited, _) = document(input, templates)?;
    let mut out = Exported::default();
    let mut drawn = Vec::new();
    for block in document.blocks() {
        match block {
            Block::Table(table) => tables::write(table, &folder.join("tables"), &mut out)?,
            Block::Figure(figure) => drawn.push(figure),
            _ => {}
        }
    }
    let asked = word::word(&document, &numbering, &cited);
    if let Some(docx) = figures::write(&drawn, &folder.join("figures"), &asked, &mut out)? {
        out.write(&folder.join("paper.docx"), &docx)?;
    }
    let paper = paper::paper(&document, &numbering, &cited);
    out.write(&folder.join("paper.tex"), paper.as_bytes())?;
    if !cited.references.is_empty() {
        let bibtex = References::of(&input.bundle.manner)?.bibtex(&cited.references);
        out.write(&folder.join("references.bib"), bibtex.as_bytes())?;
    }
    Ok(out)
}

/// A label as the name of a file: labels are short and have no separators, but
/// may have a colon.
pub(super) fn file_name(label: &str) -> String {
    label.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' }).collect()
}
