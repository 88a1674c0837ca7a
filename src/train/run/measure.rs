//! How fast a run would train and evaluate here, from some of its own steps.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::{Run, TrainOptions};
use crate::data::Dataset;
use crate::records::RunDir;
use crate::spec::InitSource;
use crate::train::arithmetic::Arithmetic;
use crate::train::batch::Batches;
use crate::train::cases::{Cases, batch_bounds};
use crate::train::error::TrainError;
use crate::train::objective::objective;
use crate::train::{memory, stop};

/// What a process that trains was seen to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// Images of training per second, their batches made and augmented.
    pub trained_per_second: f64,
    /// Share of that time in which batches were made.
    pub waiting: f64,
    /// Images per second that are only looked at, one view each.
    pub evaluated_per_second: f64,
    /// Most memory that the process held, in bytes; 0 where the system does not say.
    pub peak_memory: u64,
    /// Steps that this rests on, those before the clock ran not counted.
    pub steps: u32,
}

/// Steps before the clock runs: libtorch plans its kernels and takes its memory.
const WARM_UP: usize = 2;

/// Trains and evaluates for about `seconds` each, and leaves nothing behind. The
/// weights are random, whatever the run starts from: its time does not depend on
/// them.
///
/// # Errors
/// As [`train`](super::train), but for those of weights.
pub fn measure(options: &TrainOptions, seconds: f64) -> Result<Measured, TrainError> {
    let dir = RunDir::at(&options.run_dir);
    let mut spec = dir.read_spec()?;
    spec.init_source = InitSource::Random;
    tch::set_num_threads(options.threads.max(1) as i32);
    let data = Dataset::open(&options.cache_dir, &spec.data_hash)?;
    let cases = Cases::select(&spec, &data)?;
    let objective = objective(&spec.recipe, &spec.task_spec, &data, &cases.train)?;
    let asked = (spec.recipe.precision, spec.recipe.memory_format);
    let arithmetic = Arithmetic::new(asked, spec.backbone, options.device)?;
    let batches = Batches::new(&data, &*objective, &spec.recipe, spec.normalization, arithmetic);
    let mut run = Run::fresh(&spec, &cases, batches, options, &dir)?;
    let least = Duration::from_secs_f64(seconds.max(0.0));
    let mut measured = Measured::default();
    if !cases.train.is_empty() {
        run.time_training(least, &mut measured)?;
    }
    run.time_evaluation(least, &mut measured)?;
    measured.peak_memory = memory::peak();
    Ok(measured)
}

impl Run<'_> {
    fn time_training(&mut self, least: Duration, found: &mut Measured) -> Result<(), TrainError> {
        let order = self.order(1);
        let steps = batch_bounds(order.len(), self.batch_size());
        let rate = self.spec.recipe.learning_rate;
        let mut steps = steps.iter().cycle();
        // What a step gives is read after it only where the clock begins and ends:
        // on a GPU reading waits for all that was asked for before.
        let mut take = |run: &mut Self| -> Result<(usize, tch::Tensor), TrainError> {
            stop::check()?;
            let bounds = steps.next().cloned().unwrap_or_default();
            Ok((bounds.len(), run.step(1, &order[bounds], rate)?))
        };
        for _ in 0..WARM_UP {
            take(self)?.1.double_value(&[]);
        }
        let waited = self.waiting_seconds;
        let clock = Instant::now();
        let mut images = 0;
        loop {
            let (count, loss) = take(self)?;
            images += count;
            found.steps += 1;
            let over = clock.elapsed() >= least;
            // Now and then the clock has to see what was done, not what was asked for.
            if over || found.steps.is_multiple_of(8) {
                loss.double_value(&[]);
            }
            if over {
                break;
            }
        }
        let seconds = clock.elapsed().as_secs_f64().max(f64::MIN_POSITIVE);
        found.trained_per_second = images as f64 / seconds;
        found.waiting = (self.waiting_seconds - waited) / seconds;
        Ok(())
    }

    /// On cases of whichever split has some.
    fn time_evaluation(&self, least: Duration, found: &mut Measured) -> Result<(), TrainError> {
        let lists = [&self.cases.val, &self.cases.test, &self.cases.train];
        let Some(cases) = lists.into_iter().find(|list| !list.is_empty()) else { return Ok(()) };
        let evaluation = self.evaluation();
        let decision = self.objective.stated_decision();
        let chunks: Vec<&[usize]> = cases.chunks(evaluation.batch_size.max(1)).collect();
        evaluation.watch(chunks[0], decision)?;
        let clock = Instant::now();
        let mut images = 0;
        for chunk in chunks.iter().cycle() {
            evaluation.watch(chunk, decision)?;
            images += chunk.len();
            if clock.elapsed() >= least {
                break;
            }
        }
        found.evaluated_per_second =
            images as f64 / clock.elapsed().as_secs_f64().max(f64::MIN_POSITIVE);
        Ok(())
    }
}
