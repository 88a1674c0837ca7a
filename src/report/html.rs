//! From a report's input to its page.

use serde::Serialize;

use super::bibliography::Cited;
use super::bundle::Source;
use super::citations::References;
use super::content;
use super::document::Document;
use super::downloads::downloads;
use super::error::ReportError;
use super::layout;
use super::load::ReportInput;
use super::numbering::Numbering;
use super::page::Page;
use super::templates::Templates;
use super::thin::{LARGEST, STEPS, Step};

/// The report as one HTML page.
///
/// A page that would be larger than [`LARGEST`] is thinned step by step until
/// it is not, and says so.
pub fn render(input: &ReportInput, templates: &Templates) -> Result<String, ReportError> {
    let (mut document, numbering, cited) = document(input, templates)?;
    let mut page = fill(&document, &numbering, &cited, input, templates, None)?;
    for step in &STEPS {
        if page.len() <= LARGEST {
            break;
        }
        document.thin(step);
        page = fill(&document, &numbering, &cited, input, templates, Some(step))?;
    }
    Ok(page)
}

fn fill(
    document: &Document,
    numbering: &Numbering,
    cited: &Cited,
    input: &ReportInput,
    templates: &Templates,
    thinned: Option<&Step>,
) -> Result<String, ReportError> {
    let (page, mut files) = rayon::join(
        || Page::of(document, numbering, cited),
        || downloads(document, &input.archive),
    );
    let page = page?;
    if thinned.is_some() {
        files.retain(|file| !file.is_drawing());
    }
    let notice = thinned.map_or(String::new(), Step::notice);
    let more = [
        ("files", tera::Value::from_serializable(&files)),
        ("template", tera::Value::from_serializable(&Look::of(templates))),
        ("thinned", tera::Value::from_serializable(&notice)),
    ];
    templates.render(&page, &more)
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
