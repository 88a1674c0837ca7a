//! From the bundle of a report to everything that it shows.

use super::bundle::{Bundle, Carried, Manner, RunRow, Source, gather, sha256};
use super::content;
use super::error::ReportError;
use crate::compare::cases::BlockRows;
use crate::compare::claims::check_claims;
use crate::compare::ranking::{TaskRanking, rank_over_tasks};
use crate::compare::{self, Analysis, CompareOptions, Comparison, Ledger};
use crate::frame::{Problem, Results};
use crate::records::StudyRecord;
use crate::scores::MetricCells;
use crate::spec::Claim;

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
    /// The levels ranked over tasks, where there are enough of both.
    pub ranking: Option<TaskRanking>,
    /// Runs without results.
    pub problems: Vec<Problem>,
    /// What should be said about the input.
    pub notes: Vec<String>,
    /// File or folder name of the input.
    pub source: String,
    /// SHA-256 of a CSV, or of a study's result table.
    pub source_sha256: String,
    /// What all of the above was computed from.
    pub bundle: Bundle,
    /// It, as the page carries it.
    pub archive: Vec<u8>,
}

/// Reads what a report of the results is computed from, and computes it;
/// `options` are those of the main metric.
pub fn load(
    results: &Results,
    options: &CompareOptions,
    claims: &[Claim],
) -> Result<ReportInput, ReportError> {
    compute(gather(results, options, claims)?)
}

/// Compares every metric of the results and judges the claims: a function of
/// the bundle alone.
pub fn compute(bundle: Bundle) -> Result<ReportInput, ReportError> {
    if bundle.source == Source::Published {
        return published(bundle);
    }
    let (results, options) = (bundle.results()?, &bundle.options);
    let mut analysis = pure_analysis(&results, options, &bundle.claims)?;
    if bundle.study().is_some() {
        let Carried { cases, classes, .. } = bundle.carried.clone();
        analysis.set_cases(BlockRows { rows: cases, classes });
    }
    let mut comparisons = vec![analysis.comparison.clone()];
    for key in results.metrics()?.iter().filter(|key| **key != options.metric.key) {
        let MetricCells { metric, cells } = results.metric_cells(key, &options.rules)?;
        comparisons.push(compare::compare(&cells, &CompareOptions { metric, ..options.clone() })?);
    }
    for comparison in &comparisons[1..] {
        analysis.ledger.add_comparison(comparison);
    }
    let compared = &analysis.comparison.options;
    let ranking = rank_over_tasks(&results.cells(&compared.metric.key)?, compared);
    analysis.ledger.add(ranking.iter().flat_map(|ranking| ranking.entries.iter().cloned()));
    // Per-class means need no interval: they are read beside the main table.
    let classes = results
        .class_cells(&options.metric.key)?
        .into_iter()
        .map(|(class, cells)| {
            let few = CompareOptions { resamples: 0, ..options.clone() };
            (class, cells.iter().map(|cell| compare::summarize(cell, &few)).collect())
        })
        .collect();
    let source_sha256 = match &bundle.source {
        Source::Csv { bytes, .. } => sha256(bytes),
        Source::Study(study) => study.results_sha256.clone(),
        Source::Published => String::new(),
    };
    Ok(ReportInput {
        comparisons,
        analysis,
        classes,
        runs: bundle.study().map_or(Vec::new(), |study| study.runs.clone()),
        problems: results.problems.clone(),
        ranking,
        notes: results.notes.iter().chain(&bundle.carried.unread).cloned().collect(),
        source: bundle.name.clone(),
        source_sha256,
        study: results.study,
        archive: bundle.pack()?,
        bundle,
    })
}

/// A report of the published studies alone: nothing is compared.
fn published(bundle: Bundle) -> Result<ReportInput, ReportError> {
    let comparison = Comparison {
        options: bundle.options.clone(),
        cells: Vec::new(),
        rows: Vec::new(),
        adjustment: String::new(),
        family_size: 0,
        families: Vec::new(),
        notes: Vec::new(),
    };
    Ok(ReportInput {
        comparisons: vec![comparison.clone()],
        analysis: Analysis {
            comparison,
            claims: Vec::new(),
            fractions: None,
            granularity: None,
            pooled: None,
            cases: Vec::new(),
            classes: Vec::new(),
            ledger: Ledger::default(),
        },
        classes: Vec::new(),
        study: None,
        runs: Vec::new(),
        ranking: None,
        problems: Vec::new(),
        notes: Vec::new(),
        source: bundle.name.clone(),
        source_sha256: String::new(),
        archive: bundle.pack()?,
        bundle,
    })
}

/// Analyses one metric of the results, with the predictions of a study.
pub fn analyse(
    results: &Results,
    options: &CompareOptions,
    claims: &[Claim],
) -> Result<Analysis, ReportError> {
    let mut analysis = pure_analysis(results, options, claims)?;
    if results.study.is_some() {
        analysis.add_cases(results);
    }
    Ok(analysis)
}

/// The analysis that needs no other file.
fn pure_analysis(
    results: &Results,
    options: &CompareOptions,
    claims: &[Claim],
) -> Result<Analysis, ReportError> {
    let mut metrics = Vec::new();
    // Claims are judged on every metric; without claims one is enough.
    let wanted = results.metrics()?.into_iter();
    for key in wanted.filter(|key| !claims.is_empty() || *key == options.metric.key) {
        metrics.push(results.metric_cells(&key, &options.rules)?);
    }
    check_claims(claims, &metrics, results.study.as_ref().map(|record| &record.study))?;
    Ok(Analysis::of(&metrics, claims, options)?)
}

impl ReportInput {
    /// The same results, presented in another manner.
    ///
    /// # Errors
    /// A card of a level that is not compared.
    pub fn presented(mut self, manner: Manner) -> Result<Self, ReportError> {
        if let Some(subject) = &manner.subject {
            content::card_subject(&self, subject).map_err(|levels| ReportError::NoSubject {
                got: subject.clone(),
                known: levels.join(", "),
            })?;
        }
        self.bundle.manner = manner;
        self.archive = self.bundle.pack()?;
        Ok(self)
    }
}
