//! From the bundle of a report to everything that it shows.

use super::bundle::{Bundle, CaseFile, Manner, RunRow, Source, gather, sha256};
use super::content;
use super::error::ReportError;
use super::fingerprint;
use super::reduced::{self, Reduced, reduce};
use super::templates::Templates;
use crate::compare::claims::check_claims;
use crate::compare::ranking::{TaskRanking, rank_over_tasks};
use crate::compare::{self, Analysis, CompareOptions, Comparison, Ledger};
use crate::frame::{CasesOf, Problem, Results};
use crate::records::StudyRecord;
use crate::scores::Unit;
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
    /// What was understood of the input: what about, and in words.
    pub understood: Vec<(String, String)>,
    /// File or folder name of the input.
    pub source: String,
    /// SHA-256 of a CSV, or of a study's result table.
    pub source_sha256: String,
    /// What all of the above was computed from.
    pub bundle: Bundle,
    /// SHA-256 of what was measured: [`Fingerprint::data`](super::Fingerprint::data).
    pub data_sha256: String,
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
    let mut bundle = bundle;
    let (reduced, results) = if let Some(reduced) = bundle.carried.reduced.clone() {
        (*reduced, None)
    } else {
        let results = bundle.results()?;
        let reduced = reduce(&results, &bundle.options, &bundle.claims, &bundle.carried)?;
        reduced::add_predictions(&mut bundle, &results, &reduced);
        (reduced, Some(results))
    };
    let comparisons = reduced.comparisons();
    let Reduced { mut analysis, classes, mut notes, understood, .. } = reduced;
    for comparison in &comparisons[1..] {
        analysis.ledger.add_comparison(comparison);
    }
    let compared = &analysis.comparison.options;
    let cells = match &results {
        Some(results) if analysis.comparison.unit() != Unit::Cases => {
            results.cells(&compared.metric.key)?
        }
        _ => reduced::summarized(&analysis.comparison),
    };
    let ranking = rank_over_tasks(&cells, compared);
    analysis.ledger.add(ranking.iter().flat_map(|ranking| ranking.entries.iter().cloned()));
    let source_sha256 = match &bundle.source {
        Source::Csv { bytes, .. } => sha256(bytes),
        Source::Study(study) => study.results_sha256.clone(),
        Source::Cases { files, .. } => CaseFile::joint_sha256(files),
        Source::Published => String::new(),
    };
    notes.extend(bundle.carried.unread.iter().cloned());
    Ok(ReportInput {
        comparisons,
        analysis,
        classes,
        runs: bundle.study().map_or(Vec::new(), |study| study.runs.clone()),
        problems: results.as_ref().map_or(Vec::new(), |results| results.problems.clone()),
        ranking,
        notes,
        understood,
        source: bundle.name.clone(),
        source_sha256,
        study: results.and_then(|results| results.study),
        data_sha256: fingerprint::data(&bundle),
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
            case_rankings: Vec::new(),
            ledger: Ledger::default(),
        },
        classes: Vec::new(),
        study: None,
        runs: Vec::new(),
        ranking: None,
        problems: Vec::new(),
        notes: Vec::new(),
        understood: Vec::new(),
        source: bundle.name.clone(),
        source_sha256: String::new(),
        data_sha256: fingerprint::data(&bundle),
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
    let mut analysis = analyse_pure(results, options, claims)?;
    if results.study.is_some() {
        analysis.add_cases(results);
    }
    if let Some(cases) = results.cases_of(&options.metric.key) {
        add_case_tables(&mut analysis, &cases);
    }
    Ok(analysis)
}

/// What tables of cases say beside the comparison: over seeds the second source
/// of variance; over cases, where they are the comparison, the classes alone.
pub(super) fn add_case_tables(analysis: &mut Analysis, cases: &CasesOf) {
    let over_cases = analysis.comparison.unit() == Unit::Cases;
    if over_cases && !analysis.comparison.options.per_class {
        return;
    }
    let mut found = compare::case_rows(&analysis.comparison, cases);
    if over_cases {
        found.rows.clear();
    }
    analysis.set_cases(found);
}

/// The analysis that needs no other file.
pub(super) fn analyse_pure(
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
    let claims: Vec<Claim> = claims
        .iter()
        .map(|claim| claim.with_factors(|name| results.column_name(name).to_string()))
        .collect();
    let claims = claims.as_slice();
    check_claims(claims, &metrics, results.study.as_ref().map(|record| &record.study))?;
    Ok(Analysis::of(&metrics, claims, options)?)
}

impl ReportInput {
    /// Results without a value, over all metrics.
    pub(super) fn missing(&self) -> usize {
        let cells = self.comparisons.iter().flat_map(|comparison| &comparison.cells);
        cells.map(|summary| summary.cell.undefined.len()).sum()
    }

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
        // Templates are chosen by themselves.
        let look = std::mem::take(&mut self.bundle.manner.look);
        self.bundle.manner = Manner { look, ..manner };
        self.archive = self.bundle.pack()?;
        Ok(self)
    }

    /// The same results, with the templates that their page is made with.
    pub(super) fn dressed(mut self, templates: &Templates) -> Result<Self, ReportError> {
        self.bundle.manner.look = templates.look();
        self.archive = self.bundle.pack()?;
        Ok(self)
    }
}
