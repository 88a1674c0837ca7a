//! What is asked and answered. `report/typeset.rs` of the program has the same
//! shapes.

use serde::{Deserialize, Serialize};

/// All that is wanted, in one go: fonts are loaded once.
#[derive(Debug, Deserialize)]
pub(crate) struct Request {
    #[serde(default)]
    pub(crate) pictures: Vec<PictureRequest>,
    #[serde(default)]
    pub(crate) citations: Option<CiteRequest>,
    #[serde(default)]
    pub(crate) word: Option<WordRequest>,
}

/// An SVG file to draw, `scale` pixels to its pixel.
#[derive(Debug, Deserialize)]
pub(crate) struct PictureRequest {
    pub(crate) svg: String,
    pub(crate) scale: f32,
}

/// Citations of a text in order, each a group of keys.
#[derive(Debug, Deserialize)]
pub(crate) struct CiteRequest {
    /// BibTeX.
    pub(crate) bibliography: String,
    /// Name of a style of the archive, or a style as XML.
    pub(crate) style: String,
    pub(crate) groups: Vec<Vec<String>>,
}

/// A document for Word, in the order that it is read.
#[derive(Debug, Deserialize)]
pub(crate) struct WordRequest {
    pub(crate) title: String,
    pub(crate) blocks: Vec<WordBlock>,
}

/// What a document is made of.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub(crate) enum WordBlock {
    Heading { level: usize, text: String },
    Paragraph { style: WordStyle, runs: Vec<WordRun> },
    Table { head: Vec<WordCell>, rows: Vec<Vec<WordCell>> },
    Pictures { panels: Vec<WordPanel> },
}

/// How a paragraph looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum WordStyle {
    Title,
    Lead,
    Body,
    Note,
    Caption,
    /// A caption that stays with what follows it.
    CaptionAbove,
    Reference,
}

/// A piece of text of one look.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct WordRun {
    pub(crate) text: String,
    pub(crate) bold: bool,
    pub(crate) italic: bool,
    pub(crate) code: bool,
}

impl WordRun {
    pub(crate) fn plain(text: &str) -> Self {
        Self { text: text.into(), ..Self::default() }
    }
}

/// A cell of a table.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct WordCell {
    pub(crate) text: String,
    pub(crate) bold: bool,
    pub(crate) right: bool,
}

/// A drawing with its title; `picture` is its place among the pictures.
#[derive(Debug, Deserialize)]
pub(crate) struct WordPanel {
    pub(crate) title: String,
    pub(crate) picture: usize,
}

/// What came of it.
#[derive(Debug, Serialize)]
pub(crate) struct Answer {
    pub(crate) pictures: Vec<Outcome<Picture>>,
    pub(crate) citations: Option<Outcome<Citations>>,
    /// A .docx file in base64.
    pub(crate) word: Option<Outcome<String>>,
}

/// A result or the reason why there is none.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Outcome<T> {
    Done(T),
    Failed(String),
}

/// A PNG file in base64, and the characters that no font has.
#[derive(Debug, Serialize)]
pub(crate) struct Picture {
    pub(crate) png: String,
    pub(crate) missing: String,
}

/// Finished citations and the list at the end.
#[derive(Debug, Serialize)]
pub(crate) struct Citations {
    pub(crate) groups: Vec<Vec<Run>>,
    /// In the order of the style.
    pub(crate) references: Vec<Reference>,
}

/// An entry of the list; the label is a number or empty.
#[derive(Debug, Serialize)]
pub(crate) struct Reference {
    pub(crate) key: String,
    pub(crate) label: Vec<Run>,
    pub(crate) text: Vec<Run>,
}

/// A piece of text of one look. Plain text: whoever shows it escapes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Run {
    pub(crate) text: String,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) italic: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) bold: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) url: Option<String>,
    /// Which item of its citation it stands for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) item: Option<usize>,
}
