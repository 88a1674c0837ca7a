//! From a report's input to its page.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use super::bibliography::Cited;
use super::citations::References;
use super::content;
use super::document::{Block, Document};
use super::error::ReportError;
use super::layout;
use super::load::ReportInput;
use super::numbering::Numbering;
use super::page::Page;
use super::templates::Templates;

/// The report as one HTML page.
pub fn render(
    input: &ReportInput,
    templates: &Templates,
    references: &References,
) -> Result<String, ReportError> {
    let (document, numbering, cited) = finished(input, templates, references)?;
    let page = Page::of(&document, &numbering, &cited)?;
    let files = tera::Value::from_serializable(&files(&document));
    templates.render(&page, &[("files", files)])
}

/// The document as a template has it: arranged, cited, bound and numbered.
pub(super) fn finished(
    input: &ReportInput,
    templates: &Templates,
    references: &References,
) -> Result<(Document, Numbering, Cited), ReportError> {
    let mut document = layout::arrange(content::document(input), input, templates.page());
    let cited = document.cite(references)?;
    document.bind();
    let numbering = document.number()?;
    Ok((document, numbering, cited))
}

/// A download inside the page: CSV behind a table or figure, SVG of a panel.
#[derive(Serialize)]
struct Download {
    id: String,
    name: String,
    mime: &'static str,
    base64: String,
}

fn files(document: &Document) -> Vec<Download> {
    let mut files = Vec::new();
    let mut add = |id: String, name: String, mime, text: &str| {
        files.push(Download { id, name, mime, base64: STANDARD.encode(text) });
    };
    for block in document.blocks() {
        match block {
            Block::Table(table) => {
                add(
                    format!("{}-csv", table.label),
                    format!("{}.csv", table.label),
                    "text/csv",
                    &table.csv,
                );
            }
            Block::Figure(figure) => {
                let label = &figure.label;
                add(format!("{label}-csv"), format!("{label}.csv"), "text/csv", &figure.csv);
                for (index, panel) in figure.panels.iter().enumerate() {
                    let name = format!("{label}-{}.svg", index + 1);
                    add(format!("{label}-svg-{index}"), name, "image/svg+xml", &panel.file);
                }
            }
            _ => {}
        }
    }
    files
}
