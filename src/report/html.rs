//! From a report's input to its page.

use serde::Serialize;

use super::bibliography::Cited;
use super::bundle::Source;
use super::citations::References;
use super::content;
use super::document::Document;
use super::downloads::downloads;
use super::error::ReportError;
use super::fingerprint::{self, Fingerprint};
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
    rendered(input, templates).map(|rendered| rendered.page)
}

/// A page, and the short names that a paper can quote.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rendered {
    /// The page.
    pub page: String,
    /// What it was computed from, and what it says.
    pub fingerprint: Fingerprint,
}

/// The report as one HTML page, with its fingerprint.
///
/// The page carries its templates with its data, so that it is a function of
/// what it carries.
pub fn rendered(input: &ReportInput, templates: &Templates) -> Result<Rendered, ReportError> {
    if input.bundle.manner.look != templates.look() {
        return filled(&input.clone().dressed(templates)?, templates);
    }
    filled(input, templates)
}

/// The page in templates, whichever its bundle carries.
pub(super) fn filled(input: &ReportInput, templates: &Templates) -> Result<Rendered, ReportError> {
    let (mut document, numbering, cited, conclusions) = document(input, templates)?;
    let fingerprint = Fingerprint { data: input.data_sha256.clone(), conclusions };
    let mut page = fill(&document, &numbering, &cited, input, templates, None)?;
    for step in &STEPS {
        if page.len() <= LARGEST {
            break;
        }
        document.thin(step);
        page = fill(&document, &numbering, &cited, input, templates, Some(step))?;
    }
    Ok(Rendered { page, fingerprint })
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
        ("template", tera::Value::from_serializable(&Look::of(templates, input))),
        ("thinned", tera::Value::from_serializable(&notice)),
    ];
    templates.render(&page, &more)
}

/// The document as a template has it: arranged, cited, bound and numbered; and
/// the hash of its conclusions.
pub(super) fn document(
    input: &ReportInput,
    templates: &Templates,
) -> Result<(Document, Numbering, Cited, String), ReportError> {
    let mut document = match &input.bundle.source {
        Source::Published => content::published_alone()?,
        _ if input.bundle.manner.published => {
            content::published_beside(content::document(input), input)?
        }
        _ => content::document(input),
    };
    document.bind();
    let conclusions = fingerprint::conclusions(&document);
    if input.bundle.source != Source::Published {
        document = layout::arrange(document, input, templates.page());
    }
    let cited = document.cite(&References::of(&input.bundle.manner)?)?;
    document.bind();
    let numbering = document.number()?;
    Ok((document, numbering, cited, conclusions))
}

/// Which templates a page was made with.
#[derive(Serialize)]
struct Look<'a> {
    page: &'a str,
    /// `built-in`, or `own` where a user's files stood for some.
    files: &'static str,
    /// `short`, or `full` where closed parts are printed too.
    print: &'static str,
}

impl<'a> Look<'a> {
    fn of(templates: &'a Templates, input: &ReportInput) -> Self {
        let files = if templates.is_builtin() { "built-in" } else { "own" };
        Self { page: templates.page(), files, print: input.bundle.manner.print.name() }
    }
}
