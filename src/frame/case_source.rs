//! The predictions of a study, run by run.

use std::sync::Arc;

use super::case_metrics::read_case_metrics;
use super::predictions::read_predictions;
use super::results::Results;
use crate::records::{RunDir, StudyDir};
use crate::scores::{
    Block, CaseData, CaseRun, CaseSource, CaseTable, Cell, Factors, INTERNAL, PRIMARY, RunKey,
};
use crate::spec::RunId;

/// A run that has predictions, by the factors it stands for.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct TargetRun {
    pub(super) id: RunId,
    pub(super) task: String,
    pub(super) model: String,
    pub(super) init: String,
    pub(super) label_fraction: f64,
    pub(super) seed: u64,
    /// Whether its answers are masks: then its cases have values of their own.
    pub(super) masks: bool,
    /// Which test set of several the predictions are of.
    pub(super) level: Option<(String, String)>,
}

impl TargetRun {
    /// Where it stands in the design.
    fn place(&self) -> Cell {
        Cell {
            task: self.task.clone(),
            model: self.model.clone(),
            init: self.init.clone(),
            label_fraction: self.label_fraction,
            others: self.level.iter().cloned().collect(),
            ..Cell::default()
        }
    }
}

/// Tables of cases as a source: of one metric, for values per case have several.
#[derive(Clone, Debug)]
pub struct CasesOf {
    data: Arc<CaseData>,
    metric: String,
}

impl Results {
    /// The cases behind a metric, where the rows came from tables of cases.
    pub fn cases_of(&self, metric: &str) -> Option<CasesOf> {
        Some(CasesOf { data: Arc::clone(self.cases.as_ref()?), metric: metric.into() })
    }
}

impl CasesOf {
    /// Runs with the levels they stand for, and what they are known by.
    fn places(&self) -> impl Iterator<Item = (String, &Cell, u64)> {
        self.data.tasks.iter().enumerate().flat_map(|(t, task)| {
            let runs = task.runs.iter().enumerate();
            let runs = runs.map(move |(at, run)| (format!("{t}-{at}"), &run.place, run.seed));
            let columns =
                task.values.iter().enumerate().filter(|(_, column)| {
                    column.class.is_none() && column.place.metric == self.metric
                });
            let columns =
                columns.map(move |(at, column)| (format!("{t}-{at}"), &column.place, column.seed));
            runs.chain(columns)
        })
    }
}

impl CaseSource for CasesOf {
    fn runs(&self, factors: &Factors, block: &Block, _: &str) -> Result<Vec<RunKey>, String> {
        let of_block = self.places().filter(|(_, place, _)| factors.block(place) == *block);
        Ok(of_block
            .map(|(id, place, seed)| RunKey { level: factors.level(place), seed, id })
            .collect())
    }

    fn load(&self, run: &RunKey, known: Option<&Arc<CaseTable>>) -> Result<CaseRun, String> {
        let (task, at) = run
            .id
            .split_once('-')
            .and_then(|(task, at)| Some((task.parse().ok()?, at.parse().ok()?)))
            .and_then(|(task, at): (usize, usize)| Some((self.data.tasks.get(task)?, at)))
            .ok_or("there is no such run")?;
        if let Some(found) = task.runs.get(at) {
            return Ok(found.run.clone());
        }
        let column = task.values.get(at).ok_or("there is no such run")?;
        // The cases that count are the same for all runs of a metric.
        let kept: Vec<usize> =
            (0..column.values.len()).filter(|case| !column.values[*case].is_nan()).collect();
        let pick = |of: &[String]| kept.iter().map(|case| of[*case].clone()).collect();
        let table = match known {
            Some(known) if known.cases.len() == kept.len() => Arc::clone(known),
            _ => Arc::new(CaseTable {
                cases: pick(&task.table.cases),
                patients: pick(&task.table.patients),
                ..CaseTable::default()
            }),
        };
        Ok(CaseRun { table, scores: vec![kept.iter().map(|case| column.values[*case]).collect()] })
    }
}

/// Between the name of a run, its test set where it has several, and the metric
/// that its cases have values of; in no name of either.
const PART: char = '/';

impl TargetRun {
    /// What [`Results::load`](CaseSource::load) finds its cases by.
    fn key(&self, metric: &str) -> String {
        let set = self.level.as_ref().map(|(_, set)| set.as_str());
        let set = set.filter(|set| *set != INTERNAL).unwrap_or_default();
        let metric = if self.masks { metric } else { "" };
        format!("{}{PART}{set}{PART}{metric}", self.id)
    }
}

impl CaseSource for Results {
    fn runs(&self, factors: &Factors, block: &Block, metric: &str) -> Result<Vec<RunKey>, String> {
        if self.study.is_none() {
            return Err("the results have no predictions per case".into());
        }
        let runs = self.targets.iter().map(|run| (run, run.place()));
        let of_block = runs.filter(|(_, place)| factors.block(place) == *block);
        let metric = if metric == PRIMARY { "dice" } else { metric };
        Ok(of_block
            .map(|(run, place)| RunKey {
                level: factors.level(&place),
                seed: run.seed,
                id: run.key(metric),
            })
            .collect())
    }

    fn load(&self, run: &RunKey, known: Option<&Arc<CaseTable>>) -> Result<CaseRun, String> {
        let mut parts = run.id.splitn(3, PART);
        let mut next = || parts.next().unwrap_or_default();
        let (id, set, metric) = (next(), next(), next());
        let own = StudyDir::new(&self.source).run(&RunId(id.into()));
        let dir = if set.is_empty() { own } else { own.of_test_set(set) };
        if metric.is_empty() {
            return read_predictions(&dir.predictions(), known).map_err(|error| error.to_string());
        }
        values(&dir, metric, known)
    }
}

/// The values of a metric that the cases of a run have, the mean over structures.
fn values(run: &RunDir, metric: &str, known: Option<&Arc<CaseTable>>) -> Result<CaseRun, String> {
    let rows = read_case_metrics(&run.case_metrics()).map_err(|error| error.to_string())?;
    let rows =
        rows.ok_or_else(|| format!("run {} has no metrics of its cases", run.root().display()))?;
    let of_metric = || rows.iter().filter(|row| row.metric == metric && row.class.is_none());
    let scores: Vec<f64> = of_metric().map(|row| row.value.unwrap_or(f64::NAN)).collect();
    if scores.is_empty() {
        return Err(format!("cases have no {metric} of their own"));
    }
    let same = |table: &&Arc<CaseTable>| table.cases.iter().eq(of_metric().map(|row| &row.case));
    let table = known.filter(same).cloned().unwrap_or_else(|| {
        Arc::new(CaseTable {
            cases: of_metric().map(|row| row.case.clone()).collect(),
            patients: of_metric().map(|row| row.patient.clone()).collect(),
            ..CaseTable::default()
        })
    });
    Ok(CaseRun { table, scores: vec![scores] })
}
