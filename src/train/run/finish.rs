//! The end of a run: its test cases and its records.

use std::collections::BTreeMap;
use std::fs;

use tch::{Tensor, no_grad};

use super::{Run, TrainOptions, provenance, sorted_variables};
use crate::frame;
use crate::records::{self, Metric, Provenance, Record, RunDir, RunState, Tested};
use crate::spec::{RunKind, Target};
use crate::train::cases::Cases;
use crate::train::error::TrainError;
use crate::train::evaluate::Evaluation;
use crate::train::{device, init};
use crate::zoo;

/// What a run leaves of its cases once it is trained.
pub(super) struct Outcome {
    tested: Tested,
    /// Of further test sets.
    also: Vec<Tested>,
    validation: Vec<Metric>,
    /// The threshold, where one was chosen.
    decision: Option<f64>,
}

impl Run<'_> {
    pub(super) fn evaluation(&self) -> Evaluation<'_> {
        Evaluation {
            network: &*self.network,
            batches: &self.batches,
            batch_size: self.evaluated_at_once(),
            augmentation: self.spec.recipe.test_augmentation,
        }
    }

    /// Images that are evaluated at a time. The maps of a network for masks are as
    /// large as its input, so of large images it takes fewer.
    fn evaluated_at_once(&self) -> usize {
        const MOST_PIXELS: usize = 64 * 224 * 224;
        let stated = self.spec.recipe.eval_batch_size as usize;
        let pixels = (self.spec.recipe.image_size as usize).pow(2);
        match self.batches.data().target {
            Target::Segmentation => stated.min((MOST_PIXELS / pixels.max(1)).max(1)),
            _ => stated,
        }
    }

    /// Predicts the test cases with the best weights; the last ones are put back
    /// where that is interrupted.
    pub(super) fn test(&mut self) -> Result<Outcome, TrainError> {
        let last: Vec<(String, Tensor)> = sorted_variables(&self.store)
            .into_iter()
            .map(|(name, tensor)| (name, tensor.detach().copy()))
            .collect();
        self.use_weights(&self.best);
        let outcome = self.outcome();
        if outcome.is_err() {
            self.use_weights(&last);
        }
        outcome
    }

    fn outcome(&self) -> Result<Outcome, TrainError> {
        let evaluation = self.evaluation();
        let decision = evaluation.choose(&self.cases.val)?;
        let threshold = decision.unwrap_or(self.objective.stated_decision());
        let validated = evaluation.test(&self.cases.val, threshold)?;
        let validation =
            if self.cases.val.is_empty() { Vec::new() } else { self.objective.metrics(&validated) };
        Ok(Outcome {
            tested: evaluation.test(&self.cases.test, threshold)?,
            also: self.also_tested(threshold)?,
            validation,
            decision,
        })
    }

    /// Writes the records into a folder of the attempt's own and publishes them;
    /// whether it was the first to do so. What the record vouches for is whole
    /// before the record is there.
    pub(super) fn finish(
        self,
        run: &RunDir,
        attempt: &str,
        outcome: Outcome,
        options: &TrainOptions,
    ) -> Result<bool, TrainError> {
        let dir = &run.attempt(attempt);
        let Outcome { tested, also, validation, decision } = outcome;
        let metrics = self.objective.metrics(&tested);
        self.objective.record(dir, self.batches.data(), &tested)?;
        let also_tested = self.record_also(dir, &also)?;
        frame::write_history(&dir.history(), &self.counters.history)?;
        if self.spec.kind == RunKind::Pretraining || options.keep_weights {
            let ancestors = init::ancestors(self.spec, run)?;
            let outputs = self.objective.outputs();
            let origin = zoo::Origin::new(self.spec, outputs, ancestors, device::LIBTORCH);
            zoo::save_safetensors(&self.store, Some(&origin), &dir.weights())?;
        }
        let mut record = self.record(metrics, options);
        record.provenance.attempt = Some(attempt.into());
        let files = Some(records::marks(dir, &self.spec.also_test)?);
        let record = Record { validation, decision, also_tested, files, ..record };
        dir.write_record(&record)?;
        let first = run.publish(dir, &record)?;
        let _ = fs::remove_file(run.resume());
        Ok(first)
    }

    fn use_weights(&self, weights: &[(String, Tensor)]) {
        let best: BTreeMap<_, _> = weights.iter().map(|(name, tensor)| (name, tensor)).collect();
        no_grad(|| {
            for (name, mut tensor) in sorted_variables(&self.store) {
                if let Some(kept) = best.get(&name) {
                    tensor.copy_(kept);
                }
            }
        });
    }

    fn record(&self, metrics: Vec<Metric>, options: &TrainOptions) -> Record {
        let Cases { train, val, test } = self.cases;
        let seconds = self.training_seconds.max(f64::MIN_POSITIVE);
        let speed = self.images as f64 / seconds;
        Record {
            format: records::FORMAT,
            run: self.spec.id(),
            state: RunState::Done,
            metrics,
            validation: Vec::new(),
            decision: None,
            also_tested: Vec::new(),
            cases: [train.len() as u64, val.len() as u64, test.len() as u64],
            best_epoch: self.counters.best_epoch,
            epochs: self.counters.epoch,
            loaded: self.loaded.clone(),
            spec_sha256: Some(self.spec.sha256()),
            files: None,
            sha256: None,
            provenance: Provenance {
                seconds: self.counters.seconds.max(self.started.elapsed().as_secs_f64()),
                images_per_second: if self.images == 0 { 0.0 } else { speed },
                started_unix: self.started_unix,
                attempts: self.counters.attempts,
                waiting: (self.images > 0).then(|| self.waiting_seconds / seconds),
                arithmetic: self.counters.arithmetic.clone(),
                ..provenance(options)
            },
        }
    }
}
