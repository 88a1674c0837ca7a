//! The steps of a verification.

use std::path::PathBuf;

use super::compare;
use super::lines::lines;
use super::mend::Pages;
use super::types::{Kind, OwnTemplate, Verification};
use crate::frame::{Reading, Results};
use crate::report::bundle::{Bundle, BundleError, Look, Source, gather, sha256, written_by};
use crate::report::downloads::DATA;
use crate::report::error::ReportError;
use crate::report::html::{filled, rendered};
use crate::report::lint::lint;
use crate::report::load::{ReportInput, compute};
use crate::report::reading::{Opened, PageFacts, PageFile};
use crate::report::templates::Templates;

/// What a page is computed from again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Against {
    /// The data inside the page.
    Embedded,
    /// A study folder, a CSV file, or tables of cases in the order that the page
    /// was made of; options and claims are the page's.
    Records(Vec<PathBuf>),
}

/// This program.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Renders a page again and compares the whole of it. `templates` are those that
/// the caller knows it to be made with; without them it is rendered with those
/// that it carries.
///
/// # Errors
/// What is no page of this program, and records that cannot be read. All else
/// that is wrong with a page is a finding.
pub fn verify(
    page: &[u8],
    against: &Against,
    templates: Option<&Templates>,
) -> Result<Verification, ReportError> {
    let opened = Opened::of(page);
    let shown = PageFacts::read(&opened.text);
    let mut out = found_at_first(page, &opened, &shown, against);
    let Some(data) = shown.files.get(DATA) else {
        if !shown.generator.starts_with("transfolio") {
            return Err(ReportError::NoData);
        }
        out.differs(Kind::Data, DATA, "(nothing)".into(), "the data that a page is computed from");
        return Ok(out);
    };
    let Some(embedded) = embedded(data, shown.room, &mut out) else { return Ok(out) };
    let input = match against {
        Against::Embedded => {
            out.not_recomputed.extend(not_recomputed(&embedded));
            match compute(embedded) {
                Ok(input) => input,
                Err(error) => {
                    let nothing = "nothing: the data inside the page cannot be computed with";
                    out.differs(Kind::Data, DATA, error.to_string(), nothing);
                    return Ok(out);
                }
            }
        }
        Against::Records(paths) => from_records(paths, embedded)?,
    };
    let Some(templates) = dress(&input.bundle.manner.look, templates, &mut out) else {
        return Ok(out);
    };
    let computed = match rendered(&input, &templates) {
        Ok(computed) => computed,
        Err(error) => {
            out.cannot = Some(format!("it cannot be rendered here ({error})"));
            return Ok(out);
        }
    };
    out.fingerprint = Some(computed.fingerprint);
    let computed = Opened::own(computed.page);
    if out.cannot.is_none() && opened.fault.is_none() && opened.text == computed {
        if !templates.is_builtin() {
            beside_built_in(&opened.text, &shown, &input, &mut out)?;
        }
        return Ok(out);
    }
    explain(&opened.text, &shown, &computed, &mut out);
    Ok(out)
}

/// What a page says before anything is computed.
fn found_at_first(
    page: &[u8],
    opened: &Opened,
    shown: &PageFacts,
    against: &Against,
) -> Verification {
    let drawn = |svg: &str| svg.matches(" data-v=\"").count();
    let mut out = Verification {
        written_by: shown.generator.clone(),
        against: match against {
            Against::Embedded => "the data inside the page".into(),
            Against::Records(paths) => {
                let paths: Vec<String> = paths.iter().map(|p| p.display().to_string()).collect();
                paths.join(", ")
            }
        },
        bytes: page.len(),
        numbers: shown.values.len(),
        files: shown.files.len(),
        drawings: shown.drawings.len(),
        drawn: shown.drawings.iter().map(|drawing| drawn(&drawing.svg)).sum(),
        texts: Some(shown.words.len()),
        set_aside: opened.set_aside.clone(),
        ..Verification::default()
    };
    if let Some(fault) = &opened.fault {
        out.differs(Kind::Page, "as a whole", fault.clone(), "text");
    }
    out
}

/// The bundle of a page, where it can be read; and whether this version wrote it.
fn embedded(data: &PageFile, room: u64, out: &mut Verification) -> Option<Bundle> {
    const NOTHING: &str = "nothing: the data inside the page cannot be read";
    let Some(bytes) = check_data(data, out) else {
        let reason = "it is not base64".to_string();
        out.differs(Kind::Data, DATA, BundleError::NoArchive { reason }.to_string(), NOTHING);
        return None;
    };
    match Bundle::unpack(&bytes, room) {
        Ok(bundle) => {
            if let Ok(version) = written_by(&bytes)
                && version != VERSION
            {
                out.cannot = Some(format!(
                    "transfolio {version} wrote it and this is transfolio {VERSION}, whose pages \
                     have other words and another look. What can be checked are its numbers, \
                     drawings and files; {version} can verify the whole page"
                ));
                out.texts = None;
            }
            Some(bundle)
        }
        Err(error @ (BundleError::TooNew { .. } | BundleError::TooOld { .. })) => {
            out.cannot = Some(format!("{error}. Only the hash of its data was checked"));
            (out.numbers, out.drawings, out.drawn, out.files) = (0, 0, 0, 1);
            out.texts = None;
            None
        }
        Err(error) => {
            out.differs(Kind::Data, DATA, error.to_string(), NOTHING);
            None
        }
    }
}

/// Whether the data are those whose hash the page states.
fn check_data(file: &PageFile, out: &mut Verification) -> Option<Vec<u8>> {
    let bytes = file.bytes.clone()?;
    out.data_sha256 = sha256(&bytes);
    if file.sha256 != out.data_sha256 {
        let right = out.data_sha256.clone();
        out.differs(Kind::Data, DATA, file.sha256.clone(), &right);
        if let Some(last) = out.differences.last_mut() {
            last.place = "SHA-256".into();
        }
    }
    Some(bytes)
}

fn from_records(paths: &[PathBuf], embedded: Bundle) -> Result<ReportInput, ReportError> {
    let reading = match &embedded.source {
        Source::Csv { reading, .. } | Source::Cases { reading, .. } => reading.clone(),
        Source::Study(study) => Reading { further: study.asked.clone(), ..Reading::default() },
        Source::Published => Reading::default(),
    };
    let results = Results::open_all(paths, &reading)?;
    let bundle = gather(&results, &embedded.options, &embedded.claims)?;
    // The same file under another name is the same input.
    let name = if results.study.is_none() { embedded.name } else { bundle.name };
    compute(Bundle { name, manner: embedded.manner, ..bundle })
}

/// The templates to render with: those that were passed, else those of the page.
fn dress(look: &Look, passed: Option<&Templates>, out: &mut Verification) -> Option<Templates> {
    out.template.clone_from(&look.page);
    out.own_templates = look
        .files
        .iter()
        .map(|(name, text)| OwnTemplate {
            name: name.clone(),
            bytes: text.len(),
            sha256: sha256(text.as_bytes()),
        })
        .collect();
    let own = match Templates::of(look) {
        Ok(own) => own,
        Err(error) => {
            out.differs(Kind::Template, &look.page, error.to_string(), "a template");
            return None;
        }
    };
    let literals = if look.files.is_empty() { Vec::new() } else { lint(&own) };
    out.typed = literals.iter().map(|l| format!("{}: {:?}", l.place, l.text)).collect();
    let Some(passed) = passed else { return Some(own) };
    out.templates_known = true;
    let known = passed.look();
    if known.page != look.page {
        out.differs(Kind::Template, "page", look.page.clone(), &known.page);
    }
    let mut names: Vec<&String> = look.files.keys().chain(known.files.keys()).collect();
    names.sort();
    names.dedup();
    for name in names {
        let hash = |look: &Look| {
            let text = look.files.get(name);
            text.map_or("the built-in one".to_string(), |text| sha256(text.as_bytes()))
        };
        let (is, right) = (hash(look), hash(&known));
        if is != right {
            out.differs(Kind::Template, name, is, &right);
        }
    }
    Some(passed.clone())
}

/// A page with templates of its own beside one with the built-in ones: whatever
/// its templates say and do, what it shows under a number's name must be that
/// number.
fn beside_built_in(
    page: &str,
    shown: &PageFacts,
    input: &ReportInput,
    out: &mut Verification,
) -> Result<(), ReportError> {
    let look = Look { page: out.template.clone(), ..Look::default() };
    let templates = Templates::of(&look).unwrap_or_default();
    let plain = Opened::own(filled(input, &templates)?.page);
    let computed_facts = &PageFacts::read(&plain);
    let pages = Pages { shown: page, shown_facts: shown, computed: &plain, computed_facts };
    compare::facts(&pages, false, out);
    Ok(())
}

/// Says what differs: first in words, then as it stands.
fn explain(page: &str, shown: &PageFacts, computed: &str, out: &mut Verification) {
    let same_look = out.cannot.is_none();
    let computed_facts = &PageFacts::read(computed);
    let pages = Pages { shown: page, shown_facts: shown, computed, computed_facts };
    let mends = compare::facts(&pages, same_look, out);
    if same_look {
        let mended = mends.applied(page);
        out.differences.extend(lines(page, &mended, computed));
        if VERSION.contains("-dev") && !out.differences.is_empty() {
            out.notes.push(format!(
                "{VERSION} is a version in the making: if another build of it wrote the page, \
                 differences may come from there"
            ));
        }
    }
    if by_browser(page) {
        out.notes.push(
            "a browser wrote this file, from what it had made of the page (\"complete web page\"); \
             the page itself is had by copying its file, or by saving it as \"HTML only\""
                .into(),
        );
    }
    // Stable: within a kind the order in which they were found.
    out.differences.sort_by_key(|difference| difference.kind);
}

/// Whether a page has the marks that browsers leave in what they save as a whole.
fn by_browser(page: &str) -> bool {
    let mut end = page.len().min(4096);
    while !page.is_char_boundary(end) {
        end -= 1;
    }
    let head = page[..end].to_ascii_lowercase();
    head.contains("<!-- saved from url=") || head.contains("http-equiv=\"content-type\"")
}

fn not_recomputed(bundle: &Bundle) -> Vec<String> {
    let mut out = Vec::new();
    let carried = &bundle.carried;
    if !carried.prediction_hashes.is_empty() {
        let all: String = carried.prediction_hashes.values().map(String::as_str).collect();
        out.push(format!(
            "{} comparisons over test cases and the curves and calls of {} levels, which rest on the \
             predictions of {} runs (SHA-256 of their hashes {}); --records FOLDER computes them",
            carried.cases.len(),
            carried.predictions.len(),
            carried.prediction_hashes.len(),
            sha256(all.as_bytes())
        ));
    }
    if let (Source::Cases { files, .. }, Some(_)) = (&bundle.source, &carried.reduced) {
        let names: Vec<String> =
            files.iter().map(|file| format!("{} (SHA-256 {})", file.name, file.sha256)).collect();
        out.push(format!(
            "all comparisons, which rest on tables of cases that are too large for the page: {}; \
             --records FILE... computes them",
            names.join(", ")
        ));
    }
    if !carried.histories.is_empty() {
        out.push("the losses per epoch behind training curves; --records FOLDER reads them".into());
    }
    if bundle.study().is_some() {
        out.push(
            "the hash of the result table on disk and what the records say of themselves \
             (times, devices); --records FOLDER reads them"
                .into(),
        );
    }
    out
}
