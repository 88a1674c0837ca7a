//! What tables of cases hold: per task its cases, and what runs have of them.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use super::cases::{CaseRun, CaseTable};
use super::cell::{Cell, Unit};
use super::factor::Factor;
use super::over_cases::OverCases;
use super::prediction::{METRICS, Prepared, redraw};
use crate::stats::contributions::{Contributions, Units, of_auc};

/// Seed of the resamples behind the scores of predictions.
const REDRAW_SEED: u64 = 0;

/// Everything that tables of cases hold.
#[derive(Debug, Default)]
pub struct CaseData {
    /// In order of first appearance.
    pub tasks: Vec<CaseTask>,
    /// What cells are replications over: cases where every level has one run,
    /// else what the reader asked for.
    pub unit: Unit,
}

/// The cases of a task, and its runs.
#[derive(Debug, Default)]
pub struct CaseTask {
    /// The task.
    pub task: String,
    /// Test cases with their patients and, of predictions, their labels.
    pub table: Arc<CaseTable>,
    /// The patient of each case by number; empty where each case is its own.
    pub clusters: Vec<u32>,
    /// Values per case.
    pub values: Vec<CaseColumn>,
    /// Predictions.
    pub runs: Vec<PredictedRun>,
    redrawn: OnceLock<Vec<Vec<Vec<f64>>>>,
}

/// Values of one metric of one run: a value per case.
#[derive(Clone, Debug, Default)]
pub struct CaseColumn {
    /// Levels of the factors, and the metric; without values.
    pub place: Cell,
    /// Seed of the run.
    pub seed: u64,
    /// The class or structure; none of the mean over them.
    pub class: Option<String>,
    /// In the order of the task's cases; NaN where the case does not count.
    pub values: Vec<f64>,
}

/// Predictions of one run.
#[derive(Clone, Debug, Default)]
pub struct PredictedRun {
    /// Levels of the factors; without values.
    pub place: Cell,
    /// Seed of the run.
    pub seed: u64,
    /// The predictions.
    pub run: CaseRun,
    /// Why its scores are no probabilities; none where they are.
    pub no_probabilities: Option<String>,
}

impl CaseTask {
    /// A task with its cases.
    pub fn new(task: String, table: Arc<CaseTable>, clusters: Vec<u32>) -> Self {
        Self { task, table, clusters, ..Self::default() }
    }

    /// The units that are drawn: patients, or cases.
    pub fn units(&self) -> Units {
        if self.clusters.is_empty() {
            Units::each(self.table.cases.len())
        } else {
            Units::of(&self.clusters)
        }
    }

    /// Per run and metric the resampled scores, computed once.
    fn redrawn(&self, run: usize, metric: &str) -> Vec<f64> {
        let all = self.redrawn.get_or_init(|| {
            let prepared: Vec<Prepared> = self
                .runs
                .iter()
                .map(|run| Prepared::new(&run.run, run.no_probabilities.is_none()))
                .collect();
            redraw(&prepared, &self.units(), REDRAW_SEED)
        });
        let at = METRICS.iter().position(|known| *known == metric);
        at.and_then(|at| Some(all.get(run)?.get(at)?.clone())).unwrap_or_default()
    }

    /// The mean contributions to the AUC over the classes that have one, as in
    /// the mean itself.
    fn auc_parts(run: &CaseRun, class: Option<usize>, units: &Units) -> Vec<f64> {
        let pairs = run.scores.iter().zip(&run.table.labels).enumerate();
        let wanted = pairs.filter(|(at, _)| class.is_none_or(|class| class == *at));
        let found: Vec<Contributions> = wanted
            .filter_map(|(_, (scores, labels))| of_auc(scores, labels, units).any().cloned())
            .collect();
        let mut parts = vec![0.0; units.len()];
        for of_class in &found {
            for (sum, part) in parts.iter_mut().zip(&of_class.parts) {
                *sum += part / found.len() as f64;
            }
        }
        if found.is_empty() { Vec::new() } else { parts }
    }

    /// How the mean over some runs varies with the cases.
    fn over_cases(&self, runs: &[usize], metric: &str, class: Option<usize>) -> OverCases {
        let units = self.units();
        let classes = if class.is_some() { 1 } else { self.table.classes.len() };
        let of = |run: &usize| match (metric, class) {
            ("auc", class) => (Self::auc_parts(&self.runs[*run].run, class, &units), Vec::new()),
            (_, None) => (Vec::new(), self.redrawn(*run, metric)),
            (_, Some(_)) => (Vec::new(), Vec::new()),
        };
        let (parts, redrawn): (Vec<_>, Vec<_>) = runs.iter().map(of).unzip();
        OverCases {
            cases: self.table.cases.len(),
            units: units.len(),
            classes,
            parts: mean_of(&parts),
            redrawn: mean_of(&redrawn),
            seed: REDRAW_SEED,
            offset: 0,
        }
    }
}

/// The mean of lists of one length, place by place; empty where one is.
fn mean_of(lists: &[Vec<f64>]) -> Vec<f64> {
    let length = lists.iter().map(Vec::len).min().unwrap_or(0);
    let at = |i: usize| lists.iter().map(|list| list[i]).sum::<f64>() / lists.len() as f64;
    (0..length).map(at).collect()
}

impl CaseData {
    /// Clears the levels of columns that the tables lack.
    pub fn forget(&mut self, lacking: &[String]) {
        let lacks = |name: &str| lacking.iter().any(|column| column == name);
        for task in &mut self.tasks {
            let columns = task.values.iter_mut().map(|column| &mut column.place);
            for place in columns.chain(task.runs.iter_mut().map(|run| &mut run.place)) {
                for (name, level) in [
                    (Factor::TASK, &mut place.task),
                    (Factor::MODEL, &mut place.model),
                    (Factor::INIT, &mut place.init),
                ] {
                    if lacks(name) {
                        level.clear();
                    }
                }
            }
        }
    }

    /// Turns cells over seeds into cells over cases: values per case, or one
    /// score with how it varies over cases. A study over several seeds stays as
    /// it is.
    pub fn over_cases(&self, cells: Vec<Cell>, metric: &str, class: Option<&str>) -> Vec<Cell> {
        if self.unit != Unit::Cases {
            return cells;
        }
        let index = self.index(metric, class);
        cells.into_iter().map(|cell| self.fill(cell, metric, class, &index)).collect()
    }

    /// Tasks and runs of each cell, by its levels.
    fn index(
        &self,
        metric: &str,
        class: Option<&str>,
    ) -> BTreeMap<Vec<String>, Vec<(usize, usize)>> {
        let mut index: BTreeMap<Vec<String>, Vec<(usize, usize)>> = BTreeMap::new();
        for (t, task) in self.tasks.iter().enumerate() {
            let columns = task.values.iter().enumerate();
            let columns = columns
                .filter(|(_, c)| c.place.metric == metric && c.class.as_deref() == class)
                .map(|(at, column)| (at, &column.place));
            let runs = task.runs.iter().enumerate().map(|(at, run)| (at, &run.place));
            for (at, place) in columns.chain(runs) {
                index.entry(key(place)).or_default().push((t, at));
            }
        }
        index
    }

    fn fill(
        &self,
        mut cell: Cell,
        metric: &str,
        class: Option<&str>,
        index: &BTreeMap<Vec<String>, Vec<(usize, usize)>>,
    ) -> Cell {
        let Some(found) = index.get(&key(&cell)) else { return cell };
        let Some((t, _)) = found.first().copied() else { return cell };
        let task = &self.tasks[t];
        cell.unit = Unit::Cases;
        if task.values.is_empty() {
            let class = class.and_then(|name| task.table.classes.iter().position(|c| c == name));
            let valued = |at: usize| cell.value_of(task.runs[at].seed).is_some();
            let runs: Vec<usize> =
                found.iter().map(|(_, at)| *at).filter(|at| valued(*at)).collect();
            if !runs.is_empty() {
                let over = task.over_cases(&runs, metric, class);
                let offset = (t as u64) << 32;
                cell.over_cases = Some(Box::new(OverCases { offset, ..over }));
            }
            return cell;
        }
        // Several seeds of a level: the mean over them, case by case.
        let columns: Vec<&CaseColumn> = found.iter().map(|(_, at)| &task.values[*at]).collect();
        // Cases of one task are no cases of another.
        let offset = (t as u64) << 32;
        cell.seeds.clear();
        cell.values.clear();
        cell.undefined.clear();
        for case in 0..task.table.cases.len() {
            let sum: f64 = columns.iter().map(|column| column.values[case]).sum();
            let value = sum / columns.len() as f64;
            if value.is_nan() {
                continue;
            }
            cell.seeds.push(offset + case as u64);
            cell.values.push(value);
            if let Some(cluster) = task.clusters.get(case) {
                cell.clusters.push(*cluster);
            }
        }
        cell
    }
}

/// What tells cells apart.
fn key(cell: &Cell) -> Vec<String> {
    let levels = cell.levels().into_iter().map(String::from);
    levels.chain([cell.label_fraction.to_string()]).collect()
}
