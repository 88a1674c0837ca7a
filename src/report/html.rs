//! Fills the templates.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use tera::{Context, Tera};

use super::content;
use super::document::{Block, Document};
use super::error::ReportError;
use super::load::ReportInput;

const PAGE: &str = include_str!("../../templates/report.html");
const STYLE: &str = include_str!("../../templates/report.css");
const SCRIPT: &str = include_str!("../../templates/report.js");

/// The report as one HTML page.
pub fn render(input: &ReportInput) -> Result<String, ReportError> {
    page(content::document(input))
}

/// The published studies of the benchmark as one HTML page; with own results,
/// both, and the gaps between them.
pub fn render_published(own: Option<&ReportInput>) -> Result<String, ReportError> {
    page(match own {
        None => content::published_alone()?,
        Some(input) => content::published_beside(content::document(input), input)?,
    })
}

fn page(mut document: Document) -> Result<String, ReportError> {
    document.number()?;
    let mut tera = Tera::default();
    let fail = |e: tera::Error| ReportError::Template { name: "report.html", reason: chain(&e) };
    tera.add_raw_template("report.html", PAGE).map_err(fail)?;
    let mut context = Context::from_serialize(&document).map_err(fail)?;
    context.insert("style", STYLE);
    context.insert("script", SCRIPT);
    context.insert("version", env!("CARGO_PKG_VERSION"));
    context.insert("files", &files(&document));
    tera.render("report.html", &context).map_err(fail)
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
    for block in document.sections.iter().flat_map(|section| &section.blocks) {
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
            Block::Paragraph { .. } | Block::Preformatted { .. } => {}
        }
    }
    files
}

fn chain(error: &tera::Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        text = format!("{text}: {inner}");
        source = inner.source();
    }
    text
}
