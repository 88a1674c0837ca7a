//! One epoch: its cases, its steps, and how it is judged.

use std::ops::Range;
use std::time::Instant;

use rand::seq::SliceRandom;
use tch::{Tensor, no_grad};

use super::{Run, sorted_variables};
use crate::records::Epoch;
use crate::spec::Selection;
use crate::train::cases::batch_bounds;
use crate::train::drawn::Drawn;
use crate::train::error::{Operation, TrainError};
use crate::train::evaluate::Watched;
use crate::train::run::Progress;
use crate::train::seed::{Stream, rng, seed_torch};
use crate::train::stop;

impl Run<'_> {
    /// Trains and validates one epoch.
    pub(super) fn epoch(&mut self, progress: &mut dyn FnMut(Progress)) -> Result<(), TrainError> {
        let clock = Instant::now();
        let recipe = &self.spec.recipe;
        let epoch = self.counters.epoch + 1;
        seed_torch(self.spec.seed, Stream::Torch { epoch });
        let order = self.order(epoch);
        let steps = batch_bounds(order.len(), self.batch_size());
        let mut report = |step: usize, val_loss| {
            progress(Progress {
                epoch,
                epochs: recipe.epochs,
                step: step as u32,
                steps: steps.len() as u32,
                val_loss,
            });
        };
        let zero = || Tensor::zeros([], (self.batches.arithmetic().kind(), self.device));
        let mut total = self.partial.take().unwrap_or_else(zero);
        let done = self.counters.steps.take().unwrap_or(0);
        self.draw_again(epoch, &order, &steps[..done.min(steps.len())])?;
        let rate = |run: &Self, step: usize| {
            let number = u64::from(run.counters.epoch) * steps.len() as u64 + step as u64;
            run.counters.learning_rate.at(recipe, number, steps.len() as u64)
        };
        for (step, bounds) in steps.iter().enumerate().skip(done) {
            if stop::asked() {
                self.put_off(step, total, clock);
                return Err(TrainError::Stopped);
            }
            total += self.step(epoch, &order[bounds.clone()], rate(self, step))?;
            report(step + 1, self.counters.history.last().map(|e| e.val_loss));
        }
        let train_loss = total.double_value(&[]) / order.len() as f64;
        self.training_seconds += clock.elapsed().as_secs_f64();
        self.images += order.len() as u64;
        let watched = match self.validate(epoch, train_loss) {
            Err(TrainError::Stopped) => {
                self.put_off(steps.len(), total, clock);
                return Err(TrainError::Stopped);
            }
            other => other?,
        };
        let learning_rate = rate(self, steps.len().saturating_sub(1));
        let Watched { loss: val_loss, score: val_metric } = watched;
        report(steps.len(), Some(val_loss));
        let record = Epoch { epoch, train_loss, val_loss, learning_rate, val_metric };
        let better = self.is_better(&record);
        self.counters.history.push(record);
        self.counters.learning_rate.end_epoch(recipe, val_loss);
        self.counters.epoch = epoch;
        self.counters.seconds += clock.elapsed().as_secs_f64();
        if better {
            self.counters.best_val_loss = val_loss;
            self.counters.best_epoch = epoch;
            self.keep_best();
        }
        Ok(())
    }

    /// Takes one step on these draws. The sum of their losses stays on the device:
    /// reading it would wait for every step.
    pub(super) fn step(
        &mut self,
        epoch: u32,
        draws: &[usize],
        rate: f64,
    ) -> Result<Tensor, TrainError> {
        let all = self.batches.data().len();
        let cases: Vec<usize> = draws.iter().map(|draw| draw % all).collect();
        let waiting = Instant::now();
        let stream = (self.spec.seed, epoch);
        let drawn = self.batches.draw(self.spec.recipe.augmentation, stream, draws)?;
        let sampler = self.batches.sampler(&drawn);
        let images = self.batches.images(&cases, &sampler)?;
        let truth = self.batches.truth(&cases, &sampler)?;
        self.waiting_seconds += waiting.elapsed().as_secs_f64();
        let arithmetic = self.batches.arithmetic();
        let output = arithmetic.outputs(&*self.network, &images, true).op("run the network")?;
        let loss = self.objective.loss(&output, &truth)?;
        self.optimizer.step(&loss, rate)?;
        Ok(loss.detach() * cases.len() as f64)
    }

    /// Whether an epoch is the best one so far. Where the metric decides and has
    /// no value or the same one, the loss does.
    fn is_better(&self, epoch: &Epoch) -> bool {
        let lower = epoch.val_loss < self.counters.best_val_loss;
        let best = self.counters.history.iter().find(|e| e.epoch == self.counters.best_epoch);
        let metrics = best.and_then(|best| Some((epoch.val_metric?, best.val_metric?)));
        match (self.spec.recipe.selection, metrics) {
            (Selection::Metric, Some((now, best))) if now != best => now > best,
            _ => lower,
        }
    }

    /// Leaves an epoch after some of its steps, for [`Run::resume`].
    fn put_off(&mut self, steps: usize, total: Tensor, clock: Instant) {
        self.partial = Some(total);
        self.counters.steps = Some(steps);
        self.counters.seconds += clock.elapsed().as_secs_f64();
    }

    /// Draws from libtorch's generator what the steps drew that are done already
    /// (dropout, say), so that the next one draws what it would have.
    fn draw_again(
        &mut self,
        epoch: u32,
        order: &[usize],
        steps: &[Range<usize>],
    ) -> Result<(), TrainError> {
        let Some(first) = steps.first() else { return Ok(()) };
        let all = self.batches.data().len();
        let cases: Vec<usize> = order[first.clone()].iter().map(|draw| draw % all).collect();
        let images =
            self.batches.images(&cases, &self.batches.sampler(&Drawn::Nothing))?.zeros_like();
        let kept: Vec<Tensor> = sorted_variables(&self.store)
            .iter()
            .map(|(_, tensor)| tensor.detach().copy())
            .collect();
        let forward = |cases: usize| {
            let images = images.narrow(0, 0, cases as i64);
            let output = self.batches.arithmetic().outputs(&*self.network, &images, true);
            output.op("run the network").map(|_| ())
        };
        let next = || Tensor::rand([1], (tch::Kind::Double, self.device)).double_value(&[0]);
        no_grad(|| {
            seed_torch(self.spec.seed, Stream::Torch { epoch });
            let before = next();
            seed_torch(self.spec.seed, Stream::Torch { epoch });
            forward(first.len())?;
            // Most networks draw nothing, and the rest need not be run again.
            let draws = next() != before;
            seed_torch(self.spec.seed, Stream::Torch { epoch });
            for step in steps.iter().filter(|_| draws) {
                forward(step.len())?;
            }
            // Means and variances of batches have moved.
            for ((_, mut tensor), kept) in sorted_variables(&self.store).into_iter().zip(&kept) {
                tensor.copy_(kept);
            }
            Ok(())
        })
    }

    /// The training cases of an epoch: all of them once, or as many as its share of
    /// the run's steps takes. A case that is drawn again counts on by the number
    /// of all cases, so that its augmentation is another one.
    pub(super) fn order(&self, epoch: u32) -> Vec<usize> {
        let rng = &mut rng(self.spec.seed, Stream::Order { epoch });
        let recipe = &self.spec.recipe;
        let mut pass = self.cases.train.clone();
        let Some(steps) = recipe.steps else {
            pass.shuffle(rng);
            return pass;
        };
        let wanted = steps.div_ceil(recipe.epochs) as usize * self.batch_size();
        let mut order = Vec::with_capacity(wanted);
        while order.len() < wanted {
            let from = order.len();
            order.extend_from_slice(&pass);
            order[from..].shuffle(rng);
            for draw in &mut pass {
                *draw += self.batches.data().len();
            }
        }
        order.truncate(wanted);
        order
    }

    /// Images per step: with a number of steps no more than there are cases.
    pub(super) fn batch_size(&self) -> usize {
        let stated = self.spec.recipe.batch_size as usize;
        match self.spec.recipe.steps {
            Some(_) => stated.min(self.cases.train.len()),
            None => stated,
        }
    }

    fn validate(&self, epoch: u32, train_loss: f64) -> Result<Watched, TrainError> {
        let recipe = &self.spec.recipe;
        let not_finite = |which, value| TrainError::LossNotFinite {
            which,
            value,
            epoch,
            learning_rate: recipe.learning_rate,
        };
        if !train_loss.is_finite() {
            return Err(not_finite("training", train_loss));
        }
        let decision = self.objective.stated_decision();
        let watched = self.evaluation().watch(&self.cases.val, decision)?;
        if watched.loss.is_finite() {
            Ok(watched)
        } else {
            Err(not_finite("validation", watched.loss))
        }
    }

    fn keep_best(&mut self) {
        self.best = sorted_variables(&self.store)
            .into_iter()
            .map(|(name, tensor)| (name, tensor.detach().copy()))
            .collect();
    }
}
