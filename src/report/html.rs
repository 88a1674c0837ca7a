//! From a report's input to its page.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use super::bibliography::Cited;
use super::bundle::{Source, sha256};
use super::citations::References;
use super::content;
use super::document::{Block, Document};
use super::error::ReportError;
use super::layout;
use super::load::ReportInput;
use super::numbering::Numbering;
use super::page::Page;
use super::templates::Templates;

/// A page larger than this leaves out what its script can make from the rest:
/// the SVG files of its drawings. Tables of runs and of tests are thinned where
/// they are made.
const LARGEST: usize = 10_000_000;
const SVG: &str = "image/svg+xml";

/// The id of the data that the page is computed from.
pub(super) const DATA: &str = "data-zip";

/// The report as one HTML page.
pub fn render(input: &ReportInput, templates: &Templates) -> Result<String, ReportError> {
    let (document, numbering, cited) = document(input, templates)?;
    let page = Page::of(&document, &numbering, &cited)?;
    let mut files = files(&document);
    files.push(Download {
        sha256: sha256(&input.archive),
        ..Download::new(DATA, "data.zip".into(), "application/zip", &input.archive)
    });
    let full = fill(&page, &files, templates, 0)?;
    if full.len() <= LARGEST {
        return Ok(full);
    }
    files.retain(|file| file.mime != SVG);
    fill(&page, &files, templates, LARGEST / 1_000_000)
}

/// `thinned` is 0, or the size in MB for which files were left out.
fn fill(
    page: &Page,
    files: &[Download],
    templates: &Templates,
    thinned: usize,
) -> Result<String, ReportError> {
    let more = [
        ("files", tera::Value::from_serializable(&files)),
        ("template", tera::Value::from_serializable(&Look::of(templates))),
        ("thinned", tera::Value::from_serializable(&thinned)),
    ];
    templates.render(page, &more)
}

/// The document as a template has it: arranged, cited, bound and numbered.
pub(super) fn document(
    input: &ReportInput,
    templates: &Templates,
) -> Result<(Document, Numbering, Cited), ReportError> {
    let mut document = match &input.bundle.source {
        Source::Published => content::published_alone()?,
        _ if input.bundle.manner.published => {
            content::published_beside(content::document(input), input)?
        }
        _ => content::document(input),
    };
    if input.bundle.source != Source::Published {
        document = layout::arrange(document, input, templates.page());
    }
    let cited = document.cite(&References::of(&input.bundle.manner)?)?;
    document.bind();
    let numbering = document.number()?;
    Ok((document, numbering, cited))
}

/// Which templates a page was made with.
#[derive(Serialize)]
struct Look<'a> {
    page: &'a str,
    /// `built-in`, or `own` where a user's files stood for some.
    files: &'static str,
}

impl<'a> Look<'a> {
    fn of(templates: &'a Templates) -> Self {
        let files = if templates.is_builtin() { "built-in" } else { "own" };
        Self { page: templates.page(), files }
    }
}

/// A file inside the page: CSV behind a table or figure, SVG of a panel, data.
#[derive(Serialize)]
struct Download {
    id: String,
    name: String,
    mime: &'static str,
    base64: String,
    /// Empty where it is stated nowhere.
    sha256: String,
}

impl Download {
    fn new(id: &str, name: String, mime: &'static str, bytes: &[u8]) -> Self {
        let base64 = STANDARD.encode(bytes);
        Self { id: id.into(), name, mime, base64, sha256: String::new() }
    }
}

fn files(document: &Document) -> Vec<Download> {
    let mut files = Vec::new();
    let mut add = |id: String, name: String, mime, text: &str| {
        files.push(Download::new(&id, name, mime, text.as_bytes()));
    };
    for block in document.blocks() {
        match block {
            Block::Table(table) => {
                let label = &table.label;
                add(format!("{label}-csv"), format!("{label}.csv"), "text/csv", &table.csv);
            }
            Block::Figure(figure) => {
                let label = &figure.label;
                add(format!("{label}-csv"), format!("{label}.csv"), "text/csv", &figure.csv);
                for (index, panel) in figure.panels.iter().enumerate() {
                    let name = format!("{label}-{}.svg", index + 1);
                    add(format!("{label}-svg-{index}"), name, SVG, &panel.file);
                }
            }
            _ => {}
        }
    }
    files
}
