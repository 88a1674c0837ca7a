//! One run from its specification to its records: how it starts, goes on and is
//! saved; its epochs and its end are beside it.

mod also_test;
mod epoch;
mod finish;
mod measure;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use tch::nn::{self, ModuleT};
use tch::{Device, Tensor, no_grad};

use self::also_test::TestSet;
pub use self::measure::{Measured, measure};
use super::arithmetic::Arithmetic;
use super::batch::Batches;
use super::cases::Cases;
use super::error::{Operation, TrainError};
use super::objective::{Objective, objective};
use super::optimizer::Optimizer;
use super::schedule::LearningRate;
use super::seed::{Stream, seed_torch};
use super::state::{self, Counters, MadeWith};
use super::{device, init, memory};
use crate::data::Dataset;
use crate::records::{self, LoadedWeights, Provenance, RunDir, open_own};
use crate::spec::RunSpec;

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

/// The same as the attempt of this name. One that is asked to stop ([`stop`](super::stop))
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
    let test_sets = also_test::open(&spec, &data, &options.cache_dir)?;
    let objective = objective(&spec.recipe, &spec.task_spec, &data, &cases.train)?;
    let asked = (spec.recipe.precision, spec.recipe.memory_format);
    let arithmetic = Arithmetic::new(asked, spec.backbone, options.device)?;
    let batches = Batches::new(&data, &*objective, &spec.recipe, spec.normalization, arithmetic);
    let mut run = Run::start(&spec, &cases, batches, options, &dir, tell)?;
    run.test_sets = &test_sets;
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

/// Name of the loss so far in the state of a run that was stopped within an epoch.
const PARTIAL: &str = "partial.total";

struct Run<'a> {
    spec: &'a RunSpec,
    cases: &'a Cases,
    test_sets: &'a [TestSet],
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
            test_sets: &[],
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
