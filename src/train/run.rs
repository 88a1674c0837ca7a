//! One run from its specification to its records.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::ops::Range;
use std::path::PathBuf;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use rand::seq::SliceRandom;
use tch::nn::{self, ModuleT};
use tch::{Device, Tensor, no_grad};

use super::arithmetic::Arithmetic;
use super::augment;
use super::batch::Batches;
use super::cases::{Cases, batch_bounds};
use super::error::{Operation, TrainError};
use super::evaluate::{Evaluation, Watched};
use super::objective::{Objective, objective};
use super::optimizer::Optimizer;
use super::schedule::LearningRate;
use super::seed::{Stream, rng, seed_torch};
use super::state::{self, Counters, MadeWith};
use super::{device, init, memory, stop};
use crate::data::Dataset;
use crate::frame;
use crate::records::{
    self, Epoch, LoadedWeights, Metric, Provenance, Record, RunDir, RunState, Tested, open_own,
};
use crate::spec::{RunKind, RunSpec, Selection, Target};
use crate::zoo;

/// Where a run finds and leaves things.
#[derive(Clone, Debug)]
pub struct TrainOptions {
    /// The run's folder; `spec.json` lies there.
    pub run_dir: PathBuf,
    /// Folder of prepared data.
    pub cache_dir: PathBuf,
    /// Device.
    pub device: Device,
    /// Compute threads.
    pub threads: u32,
    /// Git state to record.
    pub git: Option<String>,
    /// Keep the best weights of a target run, too.
    pub keep_weights: bool,
}

/// What a run tells while it works.
#[derive(Clone, Debug, PartialEq)]
pub enum News {
    /// It got on.
    Progress(Progress),
    /// What somebody should know and nobody has to mend.
    Note(String),
}

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Progress {
    /// Epoch in work, from 1.
    pub epoch: u32,
    /// Most epochs.
    pub epochs: u32,
    /// Steps done in this epoch.
    pub step: u32,
    /// Steps of an epoch.
    pub steps: u32,
    /// Mean validation loss of the last full epoch.
    pub val_loss: Option<f64>,
}

/// Trains, evaluates and records one run. A run that has a record already is
/// left alone; one that was interrupted goes on where it was saved last.
pub fn train(options: &TrainOptions, tell: &mut dyn FnMut(News)) -> Result<(), TrainError> {
    train_attempt(options, &records::token(), tell)
}

/// The same as the attempt of this name. One that is asked to stop ([`stop`])
/// finishes its step, saves and fails with [`TrainError::Stopped`].
pub fn train_attempt(
    options: &TrainOptions,
    attempt: &str,
    tell: &mut dyn FnMut(News),
) -> Result<(), TrainError> {
    let dir = RunDir::at(&options.run_dir);
    if dir.read_record()?.is_some() {
        return Ok(());
    }
    let spec = dir.read_spec()?;
    tch::set_num_threads(options.threads.max(1) as i32);
    let data = Dataset::open(&options.cache_dir, &spec.data_hash)?;
    let cases = Cases::select(&spec, &data)?;
    let objective = objective(&spec.recipe, &spec.task_spec, &data);
    let asked = (spec.recipe.precision, spec.recipe.memory_format);
    let arithmetic = Arithmetic::new(asked, spec.backbone, options.device)?;
    let batches = Batches::new(&data, &*objective, &spec.recipe, spec.normalization, arithmetic);
    let mut run = Run::start(&spec, &cases, batches, options, &dir, tell)?;
    while !run.is_over() {
        let ended = run.epoch(&mut |progress| tell(News::Progress(progress)));
        run.or_stopped(ended, &dir, tell)?;
        run.save(&dir, tell);
    }
    let tested = run.test();
    let tested = run.or_stopped(tested, &dir, tell)?;
    if run.finish(&dir, attempt, tested, options)? {
        return Ok(());
    }
    tell(News::Note("another attempt at this run was first; its record stands".into()));
    Ok(())
}

/// A run that is killed loses at most its current epoch or this many seconds:
/// saving the state of a small run after each epoch takes longer than the epoch.
const SAVE_SECONDS: f64 = 10.0;

/// [`SAVE_SECONDS`], or what `TRANSFOLIO_SAVE_SECONDS` says: for machines that may
/// be taken away at any time, and for tests of that.
fn save_seconds() -> f64 {
    let said = std::env::var("TRANSFOLIO_SAVE_SECONDS").ok().and_then(|text| text.parse().ok());
    said.filter(|seconds: &f64| *seconds >= 0.0).unwrap_or(SAVE_SECONDS)
}

/// What a run leaves of its cases once it is trained.
struct Outcome {
    tested: Tested,
    validation: Vec<Metric>,
    /// The threshold, where one was chosen.
    decision: Option<f64>,
}

/// Name of the loss so far in the state of a run that was stopped within an epoch.
const PARTIAL: &str = "partial.total";

struct Run<'a> {
    spec: &'a RunSpec,
    cases: &'a Cases,
    objective: &'a dyn Objective,
    batches: Batches<'a>,
    store: nn::VarStore,
    network: Box<dyn ModuleT>,
    optimizer: Optimizer,
    best: Vec<(String, Tensor)>,
    counters: Counters,
    /// Loss so far of an epoch that was stopped within; its steps are counted.
    partial: Option<Tensor>,
    /// What was loaded of the init.
    loaded: Option<LoadedWeights>,
    device: Device,
    started: Instant,
    saved: Instant,
    started_unix: u64,
    images: u64,
    training_seconds: f64,
    /// Of them, those in which batches were made.
    waiting_seconds: f64,
}

impl<'a> Run<'a> {
    /// Goes on where an earlier attempt stopped; a state that does not fit is
    /// set aside, and the run begins anew.
    fn start(
        spec: &'a RunSpec,
        cases: &'a Cases,
        batches: Batches<'a>,
        options: &TrainOptions,
        dir: &RunDir,
        tell: &mut dyn FnMut(News),
    ) -> Result<Self, TrainError> {
        let mut run = Self::fresh(spec, cases, batches, options, dir)?;
        match run.resume(dir) {
            Err(TrainError::Resume { reason, .. }) => {
                let place = records::set_aside(&dir.resume())?;
                let note = format!(
                    "the state of an earlier attempt is not used: {reason}; it lies in {}, and \
                     the run begins anew",
                    place.display()
                );
                log(dir, &note);
                tell(News::Note(note));
                let Self { batches, .. } = run;
                run = Self::fresh(spec, cases, batches, options, dir)?;
            }
            other => other?,
        }
        run.counters.attempts += 1;
        Ok(run)
    }

    /// A run before its first epoch.
    fn fresh(
        spec: &'a RunSpec,
        cases: &'a Cases,
        batches: Batches<'a>,
        options: &TrainOptions,
        dir: &RunDir,
    ) -> Result<Self, TrainError> {
        let mut store = nn::VarStore::new(options.device);
        seed_torch(spec.seed, Stream::Weights);
        let objective = batches.objective();
        let network = objective.network(&store.root(), spec)?;
        let loaded = init::load(&mut store, objective, spec, dir)?;
        let arithmetic = batches.arithmetic();
        arithmetic.prepare(&mut store).op("order the weights in memory")?;
        let optimizer = Optimizer::new(&spec.recipe, parameters(&store));
        Ok(Self {
            spec,
            cases,
            objective,
            batches,
            network,
            optimizer,
            best: Vec::new(),
            counters: Counters {
                epoch: 0,
                best_epoch: 0,
                best_val_loss: f64::INFINITY,
                optimizer_steps: 0,
                learning_rate: LearningRate::new(),
                history: Vec::new(),
                seconds: 0.0,
                attempts: 0,
                made_with: Some(MadeWith {
                    device: device::label(options.device),
                    threads: options.threads,
                }),
                arithmetic: Some(arithmetic.record()),
                steps: None,
            },
            partial: None,
            store,
            loaded,
            device: options.device,
            started: Instant::now(),
            saved: Instant::now(),
            started_unix: SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs()),
            images: 0,
            training_seconds: 0.0,
            waiting_seconds: 0.0,
        })
    }

    fn resume(&mut self, dir: &RunDir) -> Result<(), TrainError> {
        let path = dir.resume();
        let Some((counters, tensors)) = state::load(&path)? else { return Ok(()) };
        if counters.arithmetic != self.counters.arithmetic {
            // Half of the epochs in one arithmetic and half in another would
            // be what neither gives.
            let how = counters.arithmetic.map_or("as version 0.1 did".into(), |a| a.to_string());
            log(dir, &format!("{} epochs were computed {how}; started anew", counters.epoch));
            self.counters.attempts = counters.attempts;
            return Ok(());
        }
        let misfit = |reason: String| TrainError::Resume { path: path.clone(), reason };
        let missing = |name: String| misfit(format!("it has no tensor {name}"));
        if let (Some(before), Some(here)) = (&counters.made_with, &self.counters.made_with) {
            before.check(here).map_err(misfit)?;
        }
        let variables = sorted_variables(&self.store);
        fits(&variables, &tensors).map_err(misfit)?;
        let device = self.device;
        let find = |name: &str| tensors.get(name).map(|t| t.to_device(device));
        no_grad(|| {
            for (name, mut tensor) in variables {
                let key = format!("net.{name}");
                tensor.copy_(&find(&key).ok_or_else(|| missing(key.clone()))?);
            }
            self.optimizer.restore(counters.optimizer_steps, find).map_err(missing)
        })?;
        self.best = tensors
            .iter()
            .filter_map(|(key, tensor)| {
                Some((key.strip_prefix("best.")?.to_string(), tensor.to_device(self.device)))
            })
            .collect();
        if counters.steps.is_some() {
            let total = find(PARTIAL).ok_or_else(|| misfit("it has no loss so far".into()))?;
            self.partial = Some(total);
        }
        let made_with = self.counters.made_with.take();
        self.counters = Counters { made_with, ..counters };
        Ok(())
    }

    fn is_over(&self) -> bool {
        let recipe = &self.spec.recipe;
        let stale = self.counters.epoch - self.counters.best_epoch;
        self.counters.epoch >= recipe.epochs
            || (recipe.patience > 0 && self.counters.epoch > 0 && stale >= recipe.patience)
    }

    /// Trains and validates one epoch.
    fn epoch(&mut self, progress: &mut dyn FnMut(Progress)) -> Result<(), TrainError> {
        let clock = Instant::now();
        let recipe = &self.spec.recipe;
        let epoch = self.counters.epoch + 1;
        seed_torch(self.spec.seed, Stream::Torch { epoch });
        let order = self.order(epoch);
        let steps = batch_bounds(order.len(), self.batch_size());
        let all = self.batches.data().len();
        let mut report = |step: usize, val_loss| {
            progress(Progress {
                epoch,
                epochs: recipe.epochs,
                step: step as u32,
                steps: steps.len() as u32,
                val_loss,
            });
        };
        // The sum stays on the device: reading it would wait for every step.
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
            let draws = &order[bounds.clone()];
            let cases: Vec<usize> = draws.iter().map(|draw| draw % all).collect();
            let waiting = Instant::now();
            let frame = |draw| self.batches.frame(draw % all);
            let stream = (self.spec.seed, epoch);
            let maps = augment::maps(recipe.augmentation, stream, draws, frame);
            let sampler = self.batches.sampler(maps.as_deref());
            let images = self.batches.images(&cases, &sampler)?;
            let truth = self.batches.truth(&cases, &sampler)?;
            self.waiting_seconds += waiting.elapsed().as_secs_f64();
            let arithmetic = self.batches.arithmetic();
            let output = arithmetic.outputs(&*self.network, &images, true).op("run the network")?;
            let loss = self.objective.loss(&output, &truth)?;
            self.optimizer.step(&loss, rate(self, step))?;
            total += loss.detach() * cases.len() as f64;
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

    /// Where a run was stopped, saves what it takes to go on.
    fn or_stopped<T>(
        &mut self,
        result: Result<T, TrainError>,
        dir: &RunDir,
        tell: &mut dyn FnMut(News),
    ) -> Result<T, TrainError> {
        if matches!(result, Err(TrainError::Stopped))
            && self.has_begun()
            && let Err(error) = self.save_now(dir)
        {
            let note = format!("the run could not be saved where it stopped: {error}");
            log(dir, &note);
            tell(News::Note(note));
        }
        result
    }

    /// Whether there is anything to save.
    fn has_begun(&self) -> bool {
        self.counters.epoch > 0 || self.counters.steps.is_some_and(|steps| steps > 0)
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
        let images = self.batches.images(&cases, &self.batches.sampler(None))?.zeros_like();
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
    fn order(&self, epoch: u32) -> Vec<usize> {
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
            pass.iter_mut().for_each(|draw| *draw += self.batches.data().len());
        }
        order.truncate(wanted);
        order
    }

    /// Images per step: with a number of steps no more than there are cases.
    fn batch_size(&self) -> usize {
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

    fn evaluation(&self) -> Evaluation<'_> {
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

    fn keep_best(&mut self) {
        self.best = sorted_variables(&self.store)
            .into_iter()
            .map(|(name, tensor)| (name, tensor.detach().copy()))
            .collect();
    }

    /// Saves what [`Run::resume`] needs, after an epoch and at most every
    /// [`save_seconds`]. Not after the last epoch: the record follows at once.
    /// A run that cannot be saved now may be later, and is no worse for it
    /// unless it is interrupted.
    fn save(&mut self, dir: &RunDir, tell: &mut dyn FnMut(News)) {
        if self.is_over() || self.saved.elapsed().as_secs_f64() < save_seconds() {
            return;
        }
        if let Err(error) = self.save_now(dir) {
            let note = format!("epoch {} could not be saved: {error}", self.counters.epoch);
            log(dir, &note);
            tell(News::Note(note));
        }
        self.saved = Instant::now();
    }

    fn save_now(&mut self, dir: &RunDir) -> Result<(), TrainError> {
        let (steps, moments) = self.optimizer.state();
        self.counters.optimizer_steps = steps;
        let mut tensors = moments;
        for (name, tensor) in sorted_variables(&self.store) {
            tensors.push((format!("net.{name}"), tensor));
        }
        for (name, tensor) in &self.best {
            tensors.push((format!("best.{name}"), tensor.shallow_clone()));
        }
        if let Some(total) = &self.partial {
            tensors.push((PARTIAL.into(), total.shallow_clone()));
        }
        state::save(&dir.resume(), &self.counters, &tensors)
    }

    /// Predicts the test cases with the best weights; the last ones are put back
    /// where that is interrupted.
    fn test(&mut self) -> Result<Outcome, TrainError> {
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
        Ok(Outcome {
            tested: evaluation.test(&self.cases.test, threshold)?,
            validation: self.objective.metrics(&validated),
            decision,
        })
    }

    /// Writes the records into a folder of the attempt's own and publishes them;
    /// whether it was the first to do so. What the record vouches for is whole
    /// before the record is there.
    fn finish(
        self,
        run: &RunDir,
        attempt: &str,
        outcome: Outcome,
        options: &TrainOptions,
    ) -> Result<bool, TrainError> {
        let dir = &run.attempt(attempt);
        let Outcome { tested, validation, decision } = outcome;
        let metrics = self.objective.metrics(&tested);
        self.objective.record(dir, self.batches.data(), &tested)?;
        frame::write_history(&dir.history(), &self.counters.history)?;
        if self.spec.kind == RunKind::Pretraining || options.keep_weights {
            let ancestors = init::ancestors(self.spec, run)?;
            let outputs = self.objective.outputs();
            let origin = zoo::Origin::new(self.spec, outputs, ancestors, device::LIBTORCH);
            zoo::save_safetensors(&self.store, Some(&origin), &dir.weights())?;
        }
        let mut record = self.record(metrics, options);
        record.provenance.attempt = Some(attempt.into());
        let files = Some(records::marks(dir)?);
        dir.write_record(&Record { files, validation, decision, ..record })?;
        let first = run.publish(dir)?;
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

/// The provenance of this process, without timings.
pub(crate) fn provenance(options: &TrainOptions) -> Provenance {
    Provenance {
        transfolio: env!("CARGO_PKG_VERSION").into(),
        git: options.git.clone(),
        libtorch: device::LIBTORCH.into(),
        device: device::label(options.device),
        threads: options.threads,
        platform: format!("{}-{}", std::env::consts::OS, std::env::consts::ARCH),
        peak_memory: memory::peak(),
        ..Provenance::default()
    }
}

/// All variables (parameters and batch statistics) by name, in name order.
fn sorted_variables(store: &nn::VarStore) -> Vec<(String, Tensor)> {
    let mut variables: Vec<_> = store.variables().into_iter().collect();
    variables.sort_by(|a, b| a.0.cmp(&b.0));
    variables
}

/// Whether a saved state is one of this network.
///
/// # Errors
/// The first tensor that is missing or of another shape.
fn fits(variables: &[(String, Tensor)], saved: &BTreeMap<String, Tensor>) -> Result<(), String> {
    for (name, variable) in variables {
        if !saved.contains_key(&format!("net.{name}")) {
            return Err(format!("it has no tensor net.{name}"));
        }
        for part in ["net", "best", "first", "second"] {
            let Some(tensor) = saved.get(&format!("{part}.{name}")) else { continue };
            if tensor.size() != variable.size() {
                return Err(format!(
                    "{part}.{name} has the shape {:?}, expected {:?}",
                    tensor.size(),
                    variable.size()
                ));
            }
        }
    }
    Ok(())
}

/// Trained parameters, in name order.
fn parameters(store: &nn::VarStore) -> Vec<(String, Tensor)> {
    sorted_variables(store).into_iter().filter(|(_, tensor)| tensor.requires_grad()).collect()
}

/// Appends a line to the run's log; a log that cannot be written stops nothing.
pub(crate) fn log(dir: &RunDir, line: &str) {
    if let Ok(mut file) = open_own(&dir.log(), fs::OpenOptions::new().create(true).append(true)) {
        let _ = writeln!(file, "{line}");
    }
}

#[cfg(test)]
mod tests;
