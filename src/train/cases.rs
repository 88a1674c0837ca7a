//! Which cases a run uses, and in which batches.

use std::ops::Range;

use super::error::TrainError;
use crate::data::{Dataset, Split};
use crate::spec::RunSpec;

/// Cases of each split that a run uses, as indices into the dataset.
pub(super) struct Cases {
    pub(super) train: Vec<usize>,
    pub(super) val: Vec<usize>,
    pub(super) test: Vec<usize>,
}

impl Cases {
    pub(super) fn select(spec: &RunSpec, data: &Dataset) -> Result<Self, TrainError> {
        let cases = Self {
            // Of a network that is tested as it is nothing is trained.
            train: match spec.recipe.epochs {
                0 => Vec::new(),
                _ => data.train_subset(spec.labels(), spec.task_spec.subset, spec.seed)?,
            },
            val: data.indices(Split::Val),
            test: data.indices(Split::Test),
        };
        let trains = spec.recipe.epochs > 0;
        for (split, list) in [("train", &cases.train), ("val", &cases.val), ("test", &cases.test)] {
            if list.is_empty() && (trains || split == "test") {
                return Err(TrainError::EmptySplit { task: spec.task.clone(), split });
            }
        }
        Ok(cases)
    }
}

/// Bounds of the batches; a last batch of one case joins the one before it,
/// because batch norm cannot be trained on one value per channel.
pub(super) fn batch_bounds(cases: usize, batch_size: usize) -> Vec<Range<usize>> {
    let mut bounds: Vec<_> = (0..cases)
        .step_by(batch_size)
        .map(|start| start..(start + batch_size).min(cases))
        .collect();
    if bounds.len() > 1 && bounds.last().is_some_and(|last| last.len() == 1) {
        bounds.pop();
        if let Some(last) = bounds.last_mut() {
            last.end = cases;
        }
    }
    bounds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_last_batch_of_one_joins_its_neighbour() {
        assert_eq!(batch_bounds(9, 4), [0..4, 4..9]);
        assert_eq!(batch_bounds(10, 4), [0..4, 4..8, 8..10]);
        assert_eq!(batch_bounds(1, 4).len(), 1);
        assert!(batch_bounds(0, 4).is_empty());
    }
}
