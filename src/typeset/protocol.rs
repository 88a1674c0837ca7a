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

/// What came of it.
#[derive(Debug, Serialize)]
pub(crate) struct Answer {
    pub(crate) pictures: Vec<Outcome<Picture>>,
    pub(crate) citations: Option<Outcome<Citations>>,
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
