//! Reads from disk what a report is computed from.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Component, Path};

use flate2::Compression;
use flate2::write::ZlibEncoder;

use super::archive::sha256;
use super::types::{Bundle, Carried, CaseFile, Manner, RunRow, Source, StudySource};
use crate::compare::cases::{BlockRows, CaseRow, ClassRow};
use crate::compare::{self, CompareOptions, Interval};
use crate::frame::{Results, further_of, wanted};
use crate::records::{self, Depth, Planned, StudyDir, StudyRecord};
use crate::report::error::ReportError;
use crate::report::reduced::reduce;
use crate::report::{histories, masks, predictions};
use crate::spec::Claim;

/// Everything behind a report of these results.
pub fn gather(
    results: &Results,
    options: &CompareOptions,
    claims: &[Claim],
) -> Result<Bundle, ReportError> {
    let path = &results.source;
    if results.cases.is_some() || results.inputs.len() > 1 {
        return of_cases(results, options, claims);
    }
    let (name, source) = if let Some(study) = &results.study {
        (study.study.study.name.clone(), of_study(study, path, &results.reading.further)?)
    } else {
        let name = carried_name(path, false);
        let bytes = results.bytes_of(path)?;
        if deflated([&bytes]).is_none_or(|size| size > MOST_BYTES) {
            return of_cases(results, options, claims);
        }
        (name, Source::Csv { bytes, reading: results.reading.clone() })
    };
    let carried = match &source {
        Source::Study(study) => carried(results, study, options)?,
        Source::Csv { .. } | Source::Cases { .. } | Source::Published => Carried::default(),
    };
    Ok(Bundle {
        name,
        source,
        options: options.clone(),
        claims: claims.to_vec(),
        carried,
        manner: Manner::default(),
    })
}

/// The name of a file in a page. Folders are kept where they may be what tells files
/// apart: of several files, and of names that say nothing (`metrics.csv`).
fn carried_name(path: &Path, several: bool) -> String {
    const NOTHING: [&str; 6] =
        ["summary", "metrics", "results", "predictions", "scalars", "history"];
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().to_lowercase();
    let folders = if several || NOTHING.contains(&stem.as_str()) { 2 } else { 0 };
    let parts: Vec<_> = path
        .components()
        .filter_map(|part| match part {
            Component::Normal(part) => Some(part.to_string_lossy()),
            _ => None,
        })
        .collect();
    parts[parts.len().saturating_sub(folders + 1)..].join("/")
}

/// Deflated tables up to this size are carried byte for byte.
const MOST_BYTES: usize = 2 << 20;
/// Larger ones are not even tried.
const MOST_PLAIN_BYTES: usize = 32 << 20;

/// Tables of cases: themselves where they are small, else what was computed from
/// them, with their hashes.
fn of_cases(
    results: &Results,
    options: &CompareOptions,
    claims: &[Claim],
) -> Result<Bundle, ReportError> {
    let mut files = Vec::with_capacity(results.inputs.len());
    for path in &results.inputs {
        let bytes = results.bytes_of(path)?;
        let name = carried_name(path, results.inputs.len() > 1);
        files.push(CaseFile { name, sha256: sha256(&bytes), bytes: Some(bytes) });
    }
    let name = match &files[..] {
        [one] => one.name.clone(),
        [first, ..] => format!("{} and {} more files", first.name, files.len() - 1),
        [] => String::new(),
    };
    let mut carried = Carried::default();
    if deflated(files.iter().filter_map(|file| file.bytes.as_ref()))
        .is_none_or(|size| size > MOST_BYTES)
    {
        let reduced = reduce(results, options, claims, &carried)?;
        if let Some(data) = &results.cases {
            let factors = &reduced.analysis.comparison.options.factors;
            carried.predictions = predictions::of_cases(data, factors);
        }
        carried.reduced = Some(Box::new(reduced));
        for file in &mut files {
            file.bytes = None;
        }
    }
    Ok(Bundle {
        name,
        source: Source::Cases { files, reading: results.reading.clone() },
        options: options.clone(),
        claims: claims.to_vec(),
        carried,
        manner: Manner::default(),
    })
}

/// Size of the files, deflated; none where they are too large to try.
fn deflated<'a>(files: impl IntoIterator<Item = &'a Vec<u8>>) -> Option<usize> {
    let files: Vec<&Vec<u8>> = files.into_iter().collect();
    if files.iter().map(|bytes| bytes.len()).sum::<usize>() > MOST_PLAIN_BYTES {
        return None;
    }
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    for bytes in files {
        encoder.write_all(bytes).ok()?;
    }
    Some(encoder.finish().ok()?.len())
}

fn of_study(study: &StudyRecord, path: &Path, asked: &[String]) -> Result<Source, ReportError> {
    let dir = StudyDir::new(path);
    let planned = Planned::of(study);
    let wanted = wanted(study, asked);
    let mut runs = Vec::with_capacity(study.runs.len());
    for id in &study.runs {
        let (spec, record) = records::find(&dir, id, &planned, Depth::Usual)?.believed();
        let further = further_of(&dir, &spec, record.as_ref(), &wanted)?;
        runs.push(RunRow { spec, record, further });
    }
    // The table of an unfinished study may not be there yet.
    let results_sha256 = std::fs::read(dir.results()).map_or(String::new(), |bytes| sha256(&bytes));
    Ok(Source::Study(Box::new(StudySource {
        record: study.clone(),
        runs,
        results_sha256,
        asked: asked.to_vec(),
    })))
}

fn carried(
    results: &Results,
    study: &StudySource,
    options: &CompareOptions,
) -> Result<Carried, ReportError> {
    let comparison = compare::compare(&results.cells(&options.metric.key)?, options)?;
    let BlockRows { rows: mut cases, mut classes } = compare::case_rows(&comparison, results);
    cases.iter_mut().for_each(finite);
    classes.iter_mut().for_each(finite_class);
    let dir = StudyDir::new(&results.source);
    let mut prediction_hashes = BTreeMap::new();
    for RunRow { spec, .. } in &study.runs {
        let run = dir.run(&spec.id());
        let sets = spec
            .also_test
            .iter()
            .map(|set| (format!("{} on {}", spec.id(), set.name), run.of_test_set(&set.name)));
        for (name, run) in std::iter::once((spec.id().0, run.clone())).chain(sets) {
            // A run without predictions has no hash; that it has none is said elsewhere.
            for path in [run.predictions(), run.case_masks()] {
                if let Ok(bytes) = std::fs::read(path) {
                    prediction_hashes.insert(name.clone(), sha256(&bytes));
                }
            }
        }
    }
    let factors = &comparison.options.factors;
    let (predictions, mut unread) = predictions::load(&study.runs, &dir, factors);
    let (histories, lost) = histories::load(&study.runs, &dir, factors);
    let (masks, unseen) = masks::load(&study.runs, &dir, factors);
    unread.extend(lost.into_iter().chain(unseen));
    Ok(Carried {
        cases,
        classes,
        predictions,
        histories,
        masks,
        unread,
        prediction_hashes,
        reduced: None,
    })
}

/// What is not finite is no number, here as in JSON.
fn finite(row: &mut CaseRow) {
    for value in [
        &mut row.difference,
        &mut row.se_seeds,
        &mut row.se_cases,
        &mut row.delong_p,
        &mut row.adjusted_p,
    ] {
        *value = value.filter(|v| v.is_finite());
    }
    for interval in [&mut row.over_cases, &mut row.over_both] {
        let finite = |i: &Interval| i.low.is_finite() && i.high.is_finite();
        *interval = interval.take().filter(finite);
    }
}

/// The same of a row on one class.
fn finite_class(row: &mut ClassRow) {
    for value in [
        &mut row.difference,
        &mut row.se_seeds,
        &mut row.se_cases,
        &mut row.seeds_p,
        &mut row.seeds_adjusted_p,
        &mut row.cases_p,
        &mut row.cases_adjusted_p,
    ] {
        *value = value.filter(|v| v.is_finite());
    }
}
