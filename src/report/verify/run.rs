//! The steps of a verification.

use std::path::PathBuf;

use super::compare;
use super::types::{Difference, Kind, Verification};
use crate::frame::{Reading, Results};
use crate::report::bundle::{Bundle, BundleError, Source, gather, sha256};
use crate::report::downloads::DATA;
use crate::report::error::ReportError;
use crate::report::html::render;
use crate::report::load::{ReportInput, compute};
use crate::report::reading::{PageFacts, PageFile};
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

/// Computes a page again and compares; `templates` are those it was made with,
/// where they are not built in.
pub fn verify(
    page: &str,
    against: &Against,
    templates: Option<&Templates>,
) -> Result<Verification, ReportError> {
    let shown = PageFacts::read(page);
    let data = shown.files.get(DATA).ok_or(ReportError::NoData)?;
    let mut out = Verification {
        written_by: shown.generator.clone(),
        against: match against {
            Against::Embedded => "the data inside the page".into(),
            Against::Records(paths) => {
                let paths: Vec<String> = paths.iter().map(|p| p.display().to_string()).collect();
                paths.join(", ")
            }
        },
        ..Verification::default()
    };
    let bytes = check_data(data, &mut out);
    let embedded = match bytes.as_deref().map(Bundle::unpack) {
        Some(Ok(bundle)) => bundle,
        Some(Err(error)) => return unreadable(out, error),
        None => {
            let reason = "it is not base64".to_string();
            return unreadable(out, BundleError::NoArchive { reason });
        }
    };
    let input = match against {
        Against::Embedded => {
            out.not_recomputed.extend(not_recomputed(&embedded));
            compute(embedded)?
        }
        Against::Records(paths) => from_records(paths, embedded)?,
    };
    let builtin;
    let (templates, same_look) = if let Some(templates) = templates {
        (templates, true)
    } else {
        let same = shown.template.1 == "built-in";
        // A page whose name was changed is compared with the usual one.
        let chosen = Templates::chosen(std::slice::from_ref(&shown.template.0));
        builtin = if same { chosen.unwrap_or_default() } else { Templates::default() };
        (&builtin, same)
    };
    if !same_look {
        out.not_recomputed.push(
            "text outside of numbers: the page was made with templates of its own; pass them with \
             --template"
                .into(),
        );
    }
    let computed = PageFacts::read(&render(&input, templates)?);
    compare::facts(&shown, &computed, same_look, &mut out);
    Ok(out)
}

/// Whether the data are those whose hash the page states.
fn check_data(file: &PageFile, out: &mut Verification) -> Option<Vec<u8>> {
    let bytes = file.bytes.clone()?;
    out.data_sha256 = sha256(&bytes);
    if file.sha256 != out.data_sha256 {
        out.differences.push(Difference {
            kind: Kind::Data,
            id: DATA.into(),
            place: "SHA-256".into(),
            shown: file.sha256.clone(),
            recomputed: out.data_sha256.clone(),
        });
    }
    Some(bytes)
}

/// Data that were damaged are a finding; data that were never there, an error.
fn unreadable(mut out: Verification, error: BundleError) -> Result<Verification, ReportError> {
    if matches!(error, BundleError::TooNew { .. } | BundleError::TooOld { .. }) {
        return Err(error.into());
    }
    out.differences.push(Difference {
        kind: Kind::Data,
        id: DATA.into(),
        place: String::new(),
        shown: error.to_string(),
        recomputed: "nothing: the data inside the page cannot be read".into(),
    });
    Ok(out)
}

fn from_records(paths: &[PathBuf], embedded: Bundle) -> Result<ReportInput, ReportError> {
    let reading = match &embedded.source {
        Source::Csv { reading, .. } | Source::Cases { reading, .. } => reading.clone(),
        Source::Study(_) | Source::Published => Reading::default(),
    };
    let results = Results::open_all(paths, &reading)?;
    let bundle = gather(&results, &embedded.options, &embedded.claims)?;
    // The same file under another name is the same input.
    let name = if results.study.is_none() { embedded.name } else { bundle.name };
    compute(Bundle { name, manner: embedded.manner, ..bundle })
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
