//! The citations of a document, resolved in the order they are read.

use std::path::{Path, PathBuf};

use super::bibliography::{Cited, Group, Library, Reference, Style, cite};
use super::bundle::Manner;
use super::document::{Block, Document, Section};
use super::error::ReportError;
use super::text::{Piece, Text};

/// Where a report's references come from and how they look.
#[derive(Clone, Debug, Default)]
pub(super) struct References {
    library: Library,
    style: Style,
}

impl References {
    /// The built-in entries and those of a manner, in its style; later entries
    /// replace earlier ones of the same key.
    ///
    /// # Errors
    /// What is no BibTeX, with file and line.
    pub(super) fn of(manner: &Manner) -> Result<Self, ReportError> {
        let mut library = Library::built_in()?;
        for (file, text) in &manner.bibliographies {
            library.extend(Library::read(text, file)?);
        }
        let style = match &manner.style {
            Some((name, text)) => Style::Csl { name: name.clone(), text: text.clone() },
            None => Style::Numbered,
        };
        Ok(Self { library, style })
    }

    /// The entries behind some references, as BibTeX.
    pub(super) fn bibtex(&self, references: &[Reference]) -> String {
        let keys: Vec<&str> = references.iter().map(|reference| reference.key.as_str()).collect();
        self.library.bibtex(&keys)
    }
}

impl Manner {
    /// Adds a BibTeX file.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn add_bibliography(&mut self, file: &Path) -> Result<(), ReportError> {
        self.bibliographies.push((name(file), read(file)?));
        Ok(())
    }

    /// Takes a CSL style: a `.csl` file, or a name such as `ieee` or `apa`.
    ///
    /// # Errors
    /// A file that cannot be read; whether it is a style shows when it is used.
    pub fn set_style(&mut self, style: &str) -> Result<(), ReportError> {
        let path = Path::new(style);
        let is_file = path.extension().is_some_and(|end| end.eq_ignore_ascii_case("csl"));
        self.style = Some(if is_file {
            (name(path), read(path)?)
        } else {
            (style.to_string(), style.to_string())
        });
        Ok(())
    }
}

/// A page holds no path of the machine it was made on.
fn name(file: &Path) -> String {
    file.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn read(file: &Path) -> Result<String, ReportError> {
    std::fs::read_to_string(file).map_err(|error| ReportError::Bibliography {
        file: PathBuf::from(file),
        reason: error.to_string(),
    })
}

impl Document {
    /// Resolves all citations, and adds the list of references as the last
    /// section where there are any.
    pub(super) fn cite(&mut self, references: &References) -> Result<Cited, ReportError> {
        let mut groups = Vec::new();
        for section in &self.sections {
            gather(section, &mut groups);
        }
        let cited = cite(&references.library, &groups, &references.style)?;
        if !cited.references.is_empty() {
            self.sections.push(Section {
                id: "references".into(),
                heading: "References".into(),
                blocks: vec![Block::References(cited.references.clone())],
                folded: false,
            });
        }
        Ok(cited)
    }
}

/// Citations of a section; of inner sections after its own, as a page shows
/// them.
fn gather(section: &Section, groups: &mut Vec<Group>) {
    let mut paragraph = 0;
    for block in &section.blocks {
        for text in block.texts() {
            paragraph += 1;
            let place = format!("section {:?}, paragraph {paragraph}", section.heading);
            groups.extend(of_text(text, &place));
        }
    }
    for block in &section.blocks {
        if let Block::Section(inner) = block {
            gather(inner, groups);
        }
    }
}

fn of_text(text: &Text, standing: &str) -> Vec<Group> {
    let group = |piece: &Piece| match piece {
        Piece::Citation { keys, place } => Some(Group {
            keys: keys.clone(),
            place: place.clone().unwrap_or_else(|| standing.into()),
        }),
        _ => None,
    };
    text.pieces.iter().filter_map(group).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(text: Text) -> Document {
        let inner = Section {
            id: "inner".into(),
            blocks: vec![Block::Paragraph { text: Text::from("again [@holm1979]") }],
            folded: false,
            ..Section::default()
        };
        let blocks = vec![Block::Section(inner), Block::Paragraph { text }];
        let section =
            Section { id: "outer".into(), heading: "Outer".into(), blocks, folded: false };
        Document { sections: vec![section], ..Document::default() }
    }

    #[test]
    fn references_stand_at_the_end_in_order_of_reading() {
        let references = References::of(&Manner::default()).expect("read");
        let mut document = document(Text::from("see [@welch1947; @holm1979]"));
        let cited = document.cite(&references).expect("cited");
        assert!(cited.html[0].contains(">1</a>, ") && cited.html[1].contains(">2</a>"));
        let last = document.sections.last().expect("a section");
        assert_eq!(last.id, "references");
        assert!(matches!(&last.blocks[0], Block::References(list) if list.len() == 2));
        assert!(references.bibtex(&cited.references).contains("@article{welch1947"));
    }

    #[test]
    fn an_unknown_key_is_named_with_file_and_line() {
        let references = References::of(&Manner::default()).expect("read");
        let text = Text::markup("one\ntwo [@nobody2020]", "study.toml", 3);
        let error = document(text).cite(&references).expect_err("unknown").to_string();
        assert!(error.contains("study.toml:4") && error.contains("nobody2020"), "{error}");
        let error = document(Text::from("[@nobody2020]")).cite(&references).expect_err("unknown");
        assert!(error.to_string().contains("\"Outer\", paragraph 1"), "{error}");
    }

    #[test]
    fn a_document_without_citations_has_no_list() {
        let mut document = Document::default();
        let cited =
            document.cite(&References::of(&Manner::default()).expect("read")).expect("cited");
        assert!(cited.references.is_empty() && document.sections.is_empty());
    }
}
