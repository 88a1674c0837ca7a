//! Runs as values and contributions of units: all that is kept of predictions.

use std::sync::Arc;

use rayon::prelude::*;

use super::score::Score;
use crate::scores::{CaseRun, CaseSource, CaseTable, RunKey};
use crate::stats::contributions::{Contributions, Units};

/// One run.
#[derive(Clone, Debug)]
pub(super) struct RunParts {
    /// The score: of an AUC the mean over classes that have one.
    pub(super) value: f64,
    /// One per unit.
    pub(super) parts: Vec<f32>,
    /// The score of each class; NaN where undefined.
    pub(super) classes: Vec<f64>,
}

/// The runs of one level, seeds ascending.
#[derive(Clone, Debug)]
pub(super) struct LevelParts {
    pub(super) runs: Vec<RunParts>,
    /// Contributions to the mean over runs.
    pub(super) mean: Vec<f64>,
    /// The same of each class; empty where classes are not asked for.
    pub(super) classes: Vec<Vec<f64>>,
}

/// What all runs of a block are read with.
pub(super) struct Reader<'a, S> {
    pub(super) source: &'a S,
    pub(super) score: Score,
    pub(super) table: Arc<CaseTable>,
    pub(super) units: Units,
    /// Keep the contributions to each class.
    pub(super) per_class: bool,
}

impl<S: CaseSource> Reader<'_, S> {
    /// Predictions of a run, checked to be of the same cases.
    pub(super) fn load(&self, key: &RunKey) -> Result<CaseRun, String> {
        let run = self.source.load(key, Some(&self.table))?;
        if !Arc::ptr_eq(&run.table, &self.table) && run.table != self.table {
            return Err("the runs were not tested on the same cases".into());
        }
        Ok(run)
    }

    /// All levels, in parallel; the runs of one are read one after the other,
    /// so that one run per thread is in memory and sums keep their order.
    pub(super) fn levels(&self, runs: &[Vec<&RunKey>]) -> Result<Vec<LevelParts>, String> {
        runs.par_iter().map(|runs| self.level(runs)).collect()
    }

    fn level(&self, runs: &[&RunKey]) -> Result<LevelParts, String> {
        let classes = if self.per_class { self.table.labels.len() } else { 0 };
        let mut level = LevelParts {
            runs: Vec::with_capacity(runs.len()),
            mean: vec![0.0; self.units.len()],
            classes: vec![vec![0.0; self.units.len()]; classes],
        };
        let share = 1.0 / runs.len() as f64;
        for key in runs {
            let of_class = self.score.contributions(&self.load(key)?, &self.units);
            let whole = mean(&of_class, self.units.len());
            add(&mut level.mean, &whole.parts, share);
            for (sum, found) in level.classes.iter_mut().zip(&of_class) {
                match found {
                    Some(found) => add(sum, &found.parts, share),
                    None => sum.fill(f64::NAN),
                }
            }
            level.runs.push(RunParts {
                value: whole.value,
                parts: whole.parts.iter().map(|part| *part as f32).collect(),
                classes: of_class
                    .iter()
                    .map(|c| c.as_ref().map_or(f64::NAN, |c| c.value))
                    .collect(),
            });
        }
        Ok(level)
    }
}

fn add(sum: &mut [f64], parts: &[f64], share: f64) {
    for (sum, part) in sum.iter_mut().zip(parts) {
        *sum += part * share;
    }
}

/// The mean over the classes that have a score; NaN without any.
fn mean(classes: &[Option<Contributions>], units: usize) -> Contributions {
    let defined: Vec<&Contributions> = classes.iter().flatten().collect();
    let share = 1.0 / defined.len() as f64;
    let mut parts = vec![0.0; units];
    for found in &defined {
        add(&mut parts, &found.parts, share);
    }
    Contributions { value: defined.iter().map(|c| c.value).sum::<f64>() * share, parts }
}
