//! Reads from disk what a report is computed from.

use std::collections::BTreeMap;
use std::path::Path;

use super::archive::sha256;
use super::types::{Bundle, Carried, Manner, RunRow, Source, StudySource};
use crate::compare::cases::{BlockRows, CaseRow, ClassRow};
use crate::compare::{self, CompareOptions, Interval};
use crate::frame::{FrameError, Results};
use crate::records::{RecordError, StudyDir, StudyRecord};
use crate::report::error::ReportError;
use crate::report::{histories, predictions};
use crate::spec::Claim;

/// Everything behind a report of these results.
pub fn gather(
    results: &Results,
    options: &CompareOptions,
    claims: &[Claim],
) -> Result<Bundle, ReportError> {
    let path = &results.source;
    let (name, source) = if let Some(study) = &results.study {
        (study.study.study.name.clone(), of_study(study, path)?)
    } else {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let bytes = std::fs::read(path)
            .map_err(|error| FrameError::Read { path: path.clone(), reason: error.to_string() })?;
        (name, Source::Csv { bytes, reading: results.reading.clone() })
    };
    let carried = match &source {
        Source::Study(study) => carried(results, study, options)?,
        Source::Csv { .. } | Source::Published => Carried::default(),
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

fn of_study(study: &StudyRecord, path: &Path) -> Result<Source, RecordError> {
    let dir = StudyDir::new(path);
    let mut runs = Vec::with_capacity(study.runs.len());
    for id in &study.runs {
        let run = dir.run(id);
        runs.push(RunRow { spec: run.read_spec()?, record: run.read_record()? });
    }
    // The table of an unfinished study may not be there yet.
    let results_sha256 = std::fs::read(dir.results()).map_or(String::new(), |bytes| sha256(&bytes));
    Ok(Source::Study(Box::new(StudySource { record: study.clone(), runs, results_sha256 })))
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
    for id in &study.record.runs {
        // A run without predictions has no hash; that it has none is said elsewhere.
        if let Ok(bytes) = std::fs::read(dir.run(id).predictions()) {
            prediction_hashes.insert(id.0.clone(), sha256(&bytes));
        }
    }
    let factors = &comparison.options.factors;
    let (predictions, mut unread) = predictions::load(&study.runs, &dir, factors);
    let (histories, lost) = histories::load(&study.runs, &dir, factors);
    unread.extend(lost);
    Ok(Carried { cases, classes, predictions, histories, unread, prediction_hashes })
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
