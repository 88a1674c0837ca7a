//! The epochs of the runs that training curves are drawn of.

use serde::{Deserialize, Serialize};

use super::bundle::RunRow;
use super::predictions::{MOST_FACETS, facets};
use crate::frame::read_history;
use crate::records::StudyDir;
use crate::scores::{Block, Factors};

/// Epochs of the runs of one level on one task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LevelHistory {
    /// What the runs share with those of other levels, without the fraction.
    pub block: Block,
    /// The level that is compared.
    pub level: String,
    /// Share of the training labels.
    pub label_fraction: f64,
    /// One per seed.
    pub runs: Vec<RunHistory>,
}

/// Losses of one run, epoch by epoch; absent where they are not finite.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunHistory {
    /// Seed of the run.
    pub seed: u64,
    /// Epoch whose weights were kept, from 1.
    pub best_epoch: Option<u32>,
    /// Training loss.
    pub train_loss: Vec<Option<f64>>,
    /// Validation loss.
    pub val_loss: Vec<Option<f64>>,
}

/// Reads the histories of the first facets; one that cannot be read is a note.
pub(super) fn load(
    runs: &[RunRow],
    dir: &StudyDir,
    factors: &Factors,
) -> (Vec<LevelHistory>, Vec<String>) {
    let (mut found, mut notes) = (Vec::new(), Vec::new());
    for facet in facets(runs, factors).iter().take(MOST_FACETS) {
        for (level, list) in &facet.levels {
            let mut histories = Vec::with_capacity(list.len());
            for run in list.iter().filter(|on| on.set.is_none()).map(|on| on.run) {
                match read_history(&dir.run(&run.spec.id()).history()) {
                    Ok(epochs) => histories.push(RunHistory {
                        seed: run.spec.seed,
                        best_epoch: run.record.as_ref().map(|record| record.best_epoch),
                        train_loss: epochs.iter().map(|e| finite(e.train_loss)).collect(),
                        val_loss: epochs.iter().map(|e| finite(e.val_loss)).collect(),
                    }),
                    Err(error) => notes.push(format!("a training history is left out: {error}")),
                }
            }
            if !histories.is_empty() {
                found.push(LevelHistory {
                    block: facet.block.clone(),
                    level: level.clone(),
                    label_fraction: facet.label_fraction,
                    runs: histories,
                });
            }
        }
    }
    (found, notes)
}

fn finite(loss: f64) -> Option<f64> {
    loss.is_finite().then_some(loss)
}
