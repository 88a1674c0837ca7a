//! The epochs of the runs that training curves are drawn of.

use super::load::RunRow;
use super::predictions::{MOST_FACETS, facets};
use crate::frame::read_history;
use crate::records::{Epoch, StudyDir};

/// Epochs of the runs of one level on one task.
#[derive(Clone, Debug, PartialEq)]
pub struct LevelHistory {
    /// Task.
    pub task: String,
    /// Model, or init where models are compared.
    pub other: String,
    /// The level that is compared.
    pub level: String,
    /// Share of the training labels.
    pub label_fraction: f64,
    /// Seed, best epoch, epochs.
    pub runs: Vec<(u64, Option<u32>, Vec<Epoch>)>,
}

/// Reads the histories of the first facets; one that cannot be read is a note.
pub(super) fn load(
    runs: &[RunRow],
    dir: &StudyDir,
    by_model: bool,
) -> (Vec<LevelHistory>, Vec<String>) {
    let (mut found, mut notes) = (Vec::new(), Vec::new());
    for facet in facets(runs, by_model).iter().take(MOST_FACETS) {
        for (level, list) in &facet.levels {
            let mut histories = Vec::with_capacity(list.len());
            for run in list {
                let best = run.record.as_ref().map(|record| record.best_epoch);
                match read_history(&dir.run(&run.spec.id()).history()) {
                    Ok(epochs) => histories.push((run.spec.seed, best, epochs)),
                    Err(error) => notes.push(format!("a training history is left out: {error}")),
                }
            }
            if !histories.is_empty() {
                found.push(LevelHistory {
                    task: facet.task.clone(),
                    other: facet.other.clone(),
                    level: level.clone(),
                    label_fraction: facet.label_fraction,
                    runs: histories,
                });
            }
        }
    }
    (found, notes)
}
