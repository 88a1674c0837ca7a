//! Gathers what a report is made of.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::content;
use super::error::ReportError;
use crate::compare::{self, Analysis, CompareOptions, Comparison};
use crate::frame::{Problem, Results};
use crate::records::{Record, RecordError, RunState, StudyDir, StudyRecord};
use crate::spec::{Claim, RunSpec};

/// Everything a report needs, as plain data.
#[derive(Clone, Debug)]
pub struct ReportInput {
    /// Main comparison first, the other metrics after it.
    pub comparisons: Vec<Comparison>,
    /// Mean per class of the main metric, where there are classes.
    pub classes: Vec<(String, Vec<compare::CellSummary>)>,
    /// Claims of the main metric, and the ledger of every test.
    pub analysis: Analysis,
    /// The study, where the results came from one.
    pub study: Option<StudyRecord>,
    /// All runs, in matrix order; empty for a CSV.
    pub runs: Vec<RunRow>,
    /// Runs without results.
    pub problems: Vec<Problem>,
    /// What should be said about the input.
    pub notes: Vec<String>,
    /// File or folder name of the input.
    pub source: String,
    /// The level that a card is of; the first that is not the baseline where absent.
    pub subject: Option<String>,
    /// SHA-256 of a CSV, or of a study's result table.
    pub source_sha256: String,
}

/// One run and how it ended.
#[derive(Clone, Debug)]
pub struct RunRow {
    /// What was run.
    pub spec: RunSpec,
    /// How it ended; `None` when it has not.
    pub record: Option<Record>,
}

/// Compares every metric of the results, judges the claims and collects the
/// runs; `options` are those of the main metric.
pub fn load(
    results: &Results,
    options: &CompareOptions,
    claims: &[Claim],
) -> Result<ReportInput, ReportError> {
    let mut analysis = analyse(results, options, claims)?;
    let mut comparisons = vec![analysis.comparison.clone()];
    for metric in results.metrics()? {
        if metric != options.metric {
            let options = CompareOptions { metric: metric.clone(), ..options.clone() };
            comparisons.push(compare::compare(&results.cells(&metric)?, &options)?);
        }
    }
    for comparison in &comparisons[1..] {
        analysis.ledger.add_comparison(comparison);
    }
    // Per-class means need no interval: they are read beside the main table.
    let classes = results
        .class_cells(&options.metric)?
        .into_iter()
        .map(|(class, cells)| {
            let few = CompareOptions { resamples: 0, ..options.clone() };
            (class, cells.iter().map(|cell| compare::summarize(cell, &few)).collect())
        })
        .collect();
    Ok(ReportInput {
        comparisons,
        analysis,
        classes,
        runs: runs(results)?,
        problems: results.problems.clone(),
        notes: results.notes.clone(),
        source: name(results),
        subject: None,
        source_sha256: digest(results),
        study: results.study.clone(),
    })
}

/// Analyses one metric of the results.
pub fn analyse(
    results: &Results,
    options: &CompareOptions,
    claims: &[Claim],
) -> Result<Analysis, ReportError> {
    let mut metrics = BTreeMap::new();
    // Claims are judged on every metric; without claims one is enough.
    let wanted = results.metrics()?.into_iter();
    for metric in wanted.filter(|metric| !claims.is_empty() || *metric == options.metric) {
        let cells = results.cells(&metric)?;
        metrics.insert(metric, cells);
    }
    let mut analysis = Analysis::of(&metrics, claims, options)?;
    if results.study.is_some() {
        analysis.add_cases(results);
    }
    Ok(analysis)
}

impl ReportInput {
    /// Chooses what a card is of.
    ///
    /// # Errors
    /// A level that is not compared.
    pub fn set_subject(&mut self, subject: &str) -> Result<(), ReportError> {
        content::card_subject(self, subject).map_err(|levels| ReportError::NoSubject {
            got: subject.into(),
            known: levels.join(", "),
        })?;
        self.subject = Some(subject.into());
        Ok(())
    }
}

fn runs(results: &Results) -> Result<Vec<RunRow>, RecordError> {
    let Some(study) = &results.study else { return Ok(Vec::new()) };
    let dir = StudyDir::new(&results.source);
    study
        .runs
        .iter()
        .map(|id| {
            let run = dir.run(id);
            Ok(RunRow { spec: run.read_spec()?, record: run.read_record()? })
        })
        .collect()
}

fn name(results: &Results) -> String {
    match &results.study {
        Some(study) => study.study.study.name.clone(),
        None => results.source.file_name().unwrap_or_default().to_string_lossy().into_owned(),
    }
}

fn digest(results: &Results) -> String {
    let path = match &results.study {
        Some(_) => StudyDir::new(&results.source).results(),
        None => results.source.clone(),
    };
    // The table of an unfinished study may not be there yet.
    let Ok(bytes) = std::fs::read(&path) else { return String::new() };
    Sha256::digest(&bytes).iter().map(|b| format!("{b:02x}")).collect()
}

impl RunRow {
    /// Done, failed or not run.
    pub(super) fn state(&self) -> &'static str {
        match self.record.as_ref().map(|record| &record.state) {
            Some(RunState::Done) => "done",
            Some(RunState::Failed { .. }) => "failed",
            None => "not run",
        }
    }
}
