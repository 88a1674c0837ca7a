//! Fills the template of a notebook's page.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use tera::{Context, Tera};

use super::document::NotebookDocument;
use crate::notebook::NotebookError;

const PAGE: &str = include_str!("../../../templates/notebook.html");
const STYLE: &str = include_str!("../../../templates/notebook.css");
const SCRIPT: &str = include_str!("../../../templates/notebook.js");

/// The page; `template` takes the place of the built-in one and sees the same
/// names: those of [`NotebookDocument`], `style`, `script` with its hash, and
/// `version`. The hash is what lets this script run, and none that a cell shows.
pub fn page(document: &NotebookDocument, template: Option<&str>) -> Result<String, NotebookError> {
    let fail = |error: tera::Error| {
        let mut text = error.to_string();
        let mut source = std::error::Error::source(&error);
        while let Some(inner) = source {
            text = format!("{text}: {inner}");
            source = inner.source();
        }
        NotebookError::Request(format!("the template of the page: {text}"))
    };
    let mut tera = Tera::default();
    tera.add_raw_template("notebook.html", template.unwrap_or(PAGE)).map_err(fail)?;
    let mut context = Context::from_serialize(document).map_err(fail)?;
    context.insert("style", STYLE);
    context.insert("script", SCRIPT);
    context.insert("script_hash", &STANDARD.encode(Sha256::digest(SCRIPT)));
    context.insert("version", env!("CARGO_PKG_VERSION"));
    tera.render("notebook.html", &context).map_err(fail)
}
