//! The course of the learning rate.

use std::f64::consts::PI;

use serde::{Deserialize, Serialize};

use crate::spec::{Recipe, Schedule};

/// Learning rate of each step; carries what `reduce-on-plateau` remembers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct LearningRate {
    factor: f64,
    best: Option<f64>,
    stale: u32,
}

/// Improvements below this relative size do not count for `reduce-on-plateau`
/// (the default of torch's `ReduceLROnPlateau`).
const PLATEAU_THRESHOLD: f64 = 1e-4;

impl LearningRate {
    pub(crate) fn new() -> Self {
        Self { factor: 1.0, best: None, stale: 0 }
    }

    /// Learning rate of step `step` (from 0) of `steps_per_epoch * epochs`.
    ///
    /// Cosine: linear warm-up from `1/w` to 1 over the first `w` steps, then
    /// `(1 + cos(pi t)) / 2` with `t` from 0 to 1 over the rest.
    pub(crate) fn at(&self, recipe: &Recipe, step: u64, steps_per_epoch: u64) -> f64 {
        match recipe.schedule {
            Schedule::Constant => recipe.learning_rate,
            Schedule::ReduceOnPlateau => recipe.learning_rate * self.factor,
            Schedule::Cosine => {
                let warmup = u64::from(recipe.warmup_epochs) * steps_per_epoch;
                let total = u64::from(recipe.epochs) * steps_per_epoch;
                let share = if step < warmup {
                    (step + 1) as f64 / warmup as f64
                } else {
                    let t = (step - warmup) as f64 / (total - warmup).max(1) as f64;
                    f64::midpoint(1.0, (PI * t.min(1.0)).cos())
                };
                recipe.learning_rate * share
            }
        }
    }

    /// Takes note of an epoch's validation loss.
    pub(crate) fn end_epoch(&mut self, recipe: &Recipe, val_loss: f64) {
        if recipe.schedule != Schedule::ReduceOnPlateau {
            return;
        }
        if self.best.is_none_or(|best| val_loss < best * (1.0 - PLATEAU_THRESHOLD)) {
            self.best = Some(val_loss);
            self.stale = 0;
            return;
        }
        self.stale += 1;
        if self.stale > recipe.plateau_patience {
            self.factor *= recipe.plateau_factor;
            self.stale = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recipe(schedule: Schedule) -> Recipe {
        Recipe { schedule, learning_rate: 1.0, epochs: 10, warmup_epochs: 2, ..Recipe::default() }
    }

    #[test]
    fn cosine_warms_up_then_falls_to_zero() {
        let (rate, recipe) = (LearningRate::new(), recipe(Schedule::Cosine));
        assert_eq!(rate.at(&recipe, 0, 5), 0.1);
        assert_eq!(rate.at(&recipe, 9, 5), 1.0);
        assert_eq!(rate.at(&recipe, 10, 5), 1.0);
        assert!((rate.at(&recipe, 30, 5) - 0.5).abs() < 1e-12);
        assert!(rate.at(&recipe, 50, 5).abs() < 1e-12);
    }

    #[test]
    fn plateau_halves_after_its_patience() {
        let mut rate = LearningRate::new();
        let recipe = Recipe { plateau_patience: 2, ..recipe(Schedule::ReduceOnPlateau) };
        for loss in [1.0, 0.5, 0.5, 0.6] {
            rate.end_epoch(&recipe, loss);
        }
        assert_eq!(rate.at(&recipe, 0, 1), 1.0);
        rate.end_epoch(&recipe, 0.499_99);
        assert_eq!(rate.at(&recipe, 0, 1), 0.5);
    }
}
