//! What a report shows of its results: computed from the tables, or carried by a
//! page that does not hold them.

use serde::{Deserialize, Serialize};

use super::bundle::{Bundle, Carried};
use super::error::ReportError;
use super::load::analyse_pure;
use super::predictions;
use crate::compare::cases::BlockRows;
use crate::compare::{self, Analysis, CellSummary, CompareOptions, Comparison};
use crate::frame::Results;
use crate::scores::{Cell, MetricCells, Unit};
use crate::spec::Claim;
use crate::stats::describe::quantile_sorted;
use crate::stats::t_summary::Summary;

/// Cells of more values are shown by their quantiles.
const MOST_VALUES: usize = 200;
/// Number of those.
const QUANTILES: usize = 100;

/// Everything that is computed from the tables of results.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reduced {
    /// The analysis of the main metric.
    pub analysis: Analysis,
    /// The comparisons of the other metrics.
    pub others: Vec<Comparison>,
    /// Mean per class of the main metric.
    pub classes: Vec<(String, Vec<CellSummary>)>,
    /// What should be said about the input.
    pub notes: Vec<String>,
    /// What was understood of it: what about, and in words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub understood: Vec<(String, String)>,
}

/// Computes it.
pub(super) fn reduce(
    results: &Results,
    options: &CompareOptions,
    claims: &[Claim],
    carried: &Carried,
) -> Result<Reduced, ReportError> {
    let mut analysis = analyse_pure(results, options, claims)?;
    if results.study.is_some() {
        let Carried { cases, classes, .. } = carried.clone();
        analysis.set_cases(BlockRows { rows: cases, classes });
    }
    if let Some(cases) = results.cases_of(&options.metric.key) {
        super::load::add_case_tables(&mut analysis, &cases);
    }
    let mut others = Vec::new();
    for key in results.metrics()?.iter().filter(|key| **key != options.metric.key) {
        let MetricCells { metric, cells } = results.metric_cells(key, &options.rules)?;
        let options = CompareOptions { metric, ..options.clone() };
        others.push(compare::compare(&cells, &options)?);
    }
    // Per-class means need no interval: they are read beside the main table.
    let classes = results
        .class_cells(&options.metric.key)?
        .into_iter()
        .map(|(class, cells)| {
            let few = CompareOptions { resamples: 0, ..options.clone() };
            (class, cells.iter().map(|cell| compare::summarize(cell, &few)).collect())
        })
        .collect();
    let understood = results.understood(&options.rules)?;
    let understood = understood.into_iter().map(|line| (line.about.into(), line.words)).collect();
    let notes = results.notes.clone();
    let mut reduced = Reduced { analysis, others, classes, notes, understood };
    reduced.thin();
    Ok(reduced)
}

impl Reduced {
    /// The main comparison and the others.
    pub(super) fn comparisons(&self) -> Vec<Comparison> {
        std::iter::once(&self.analysis.comparison).chain(&self.others).cloned().collect()
    }

    /// Cells of very many cases keep quantiles of their values, for figures and
    /// downloads; means, intervals and tests are of all.
    fn thin(&mut self) {
        let classes = self.classes.iter_mut().flat_map(|(_, cells)| cells);
        let others = self.others.iter_mut().flat_map(|comparison| &mut comparison.cells);
        let mut thinned = 0;
        for summary in self.analysis.comparison.cells.iter_mut().chain(others).chain(classes) {
            thinned += usize::from(thin_cell(&mut summary.cell));
        }
        if thinned > 0 {
            self.notes.push(format!(
                "{thinned} cells have values of more than {MOST_VALUES} cases; figures and \
                 downloads show {QUANTILES} quantiles of them, from the smallest to the largest; \
                 means, intervals and tests are of all values"
            ));
        }
    }
}

fn thin_cell(cell: &mut Cell) -> bool {
    if cell.unit != Unit::Cases || cell.values.len() <= MOST_VALUES {
        return false;
    }
    cell.values.sort_by(f64::total_cmp);
    let at = |i: usize| quantile_sorted(&cell.values, i as f64 / (QUANTILES - 1) as f64);
    cell.values = (0..QUANTILES).map(at).collect();
    cell.seeds = (0..QUANTILES as u64).collect();
    cell.clusters.clear();
    true
}

/// Cells by mean, spread and n: what a ranking over tasks needs of cells over
/// cases, whose cases are no runs.
pub(super) fn summarized(comparison: &Comparison) -> Vec<Cell> {
    let cell = |summary: &CellSummary| Cell {
        summary: summary.mean.map(|mean| Summary {
            n: summary.n,
            mean,
            sd: summary.sd.unwrap_or(0.0),
        }),
        seeds: Vec::new(),
        values: Vec::new(),
        over_cases: None,
        ..summary.cell.clone()
    };
    comparison.cells.iter().map(cell).collect()
}

/// Fills what the predictions of tables of cases say level by level.
pub(super) fn add_predictions(bundle: &mut Bundle, results: &Results, reduced: &Reduced) {
    if let Some(data) = &results.cases {
        let factors = &reduced.analysis.comparison.options.factors;
        bundle.carried.predictions = predictions::of_cases(data, factors);
    }
}
