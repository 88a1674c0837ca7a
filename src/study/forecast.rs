//! How long runs will take, from those that have ended.

use std::collections::BTreeMap;

use crate::records::{Record, RunState};
use crate::spec::{Backbone, RunSpec, TestAugmentation};
use crate::train::memory;

use super::speeds::Speeds;

/// Seconds per image of training and million activations where nothing was
/// measured: one thread of a CPU (ResNet-18 at 224 px trains 6 images a second),
/// and one GPU.
const ON_CPU: f64 = 0.065;
const ON_GPU: f64 = 1e-4;

/// Starting a process, opening data, evaluating, writing.
const OVERHEAD: f64 = 3.0;

/// Training cases of a task where neither the study nor a run tells.
const CASES: f64 = 1000.0;

/// How long runs take.
#[derive(Clone, Debug, Default)]
pub struct Forecast {
    /// Cases for training (all of them), validation and tests, by task.
    cases: BTreeMap<String, [f64; 3]>,
    /// Seconds and units of work of runs that have ended, by network.
    by_network: BTreeMap<String, (f64, f64)>,
    all: (f64, f64),
    runs: usize,
    gpu: bool,
    /// What was measured on this machine.
    speeds: Speeds,
}

impl Forecast {
    /// One without any run, of a device.
    pub fn on(device: &str) -> Self {
        Self { gpu: device.starts_with("cuda"), ..Self::default() }
    }

    /// One that knows what was measured before.
    pub fn with(device: &str, speeds: Speeds) -> Self {
        Self { speeds, ..Self::on(device) }
    }

    /// Learns from a run.
    pub fn learn(&mut self, run: &RunSpec, record: &Record) {
        if record.state != RunState::Done {
            return;
        }
        let [train, val, test] = record.cases.map(|cases| cases as f64);
        let whole = run.labels().whole(train);
        let known = self.cases.entry(run.task.clone()).or_insert([whole, val, test]);
        known[0] = known[0].max(whole);
        let seconds = (record.provenance.seconds - OVERHEAD).max(0.1);
        // Epochs that were run, and not those that the recipe allows.
        let work = self.work(run, record.epochs);
        let own = self.by_network.entry(network(run.backbone)).or_default();
        for sum in [own, &mut self.all] {
            sum.0 += seconds;
            sum.1 += work;
        }
        self.runs += 1;
    }

    /// Runs that it rests on.
    pub fn rests_on(&self) -> usize {
        self.runs
    }

    /// What the forecast of these runs rests on, in words.
    pub fn basis<'a>(&self, left: impl IntoIterator<Item = &'a RunSpec>) -> String {
        let mut left = left.into_iter().peekable();
        let measured = left.peek().is_some() && left.all(|run| self.measured(run).is_some());
        match self.runs {
            0 if measured => "by what `transfolio bench` measured here".into(),
            0 => "guessed from the size of networks and images: no run has ended yet, and \
                  `transfolio bench` measured none of this kind here"
                .into(),
            1 => "by the run that has ended".into(),
            runs => format!("by the {runs} runs that have ended"),
        }
    }

    /// Seconds that a run will take at most, as it looks now.
    pub fn seconds(&self, run: &RunSpec) -> f64 {
        let own = self.by_network.get(&network(run.backbone)).copied();
        if let Some(seconds) = self.measured(run).filter(|_| own.is_none()) {
            return seconds;
        }
        let usual = if self.gpu { ON_GPU } else { ON_CPU / f64::from(run.threads.max(1)) };
        let seen = own.unwrap_or(self.all);
        let rate = if seen.1 > 0.0 { seen.0 / seen.1 } else { usual };
        OVERHEAD + rate * self.work(run, run.recipe.epochs)
    }

    /// The same from how fast such runs go here, where that was measured.
    fn measured(&self, run: &RunSpec) -> Option<f64> {
        let speed = self.speeds.of(run)?;
        let [trained, evaluated] = self.images(run, run.recipe.epochs);
        let seconds = |images: f64, per_second: f64| match images {
            0.0 => Some(0.0),
            images => (per_second > 0.0).then(|| images / per_second),
        };
        let training = seconds(trained, speed.trained_per_second)?;
        Some(OVERHEAD + training + seconds(evaluated, speed.evaluated_per_second)?)
    }

    /// Work of a run: images that are trained on, a third of that for each that is
    /// only looked at, times what the network keeps of one.
    fn work(&self, run: &RunSpec, epochs: u32) -> f64 {
        let [trained, evaluated] = self.images(run, epochs);
        let area = (f64::from(run.recipe.image_size) / 224.0).powi(2);
        (trained + evaluated / 3.0) * area * memory::activations(run.backbone)
    }

    /// Images that a run trains on and that it only looks at, each as often as it does.
    fn images(&self, run: &RunSpec, epochs: u32) -> [f64; 2] {
        let recipe = &run.recipe;
        let [train, val, test] = self.cases_of(run);
        let train = run.labels().of(train).max(1.0);
        let epoch = match recipe.steps {
            Some(steps) => {
                f64::from(steps.div_ceil(recipe.epochs.max(1)))
                    * f64::from(recipe.batch_size).min(train)
            }
            None => train,
        };
        let views = match recipe.test_augmentation {
            TestAugmentation::None => 1.0,
            TestAugmentation::Flip => 2.0,
            TestAugmentation::TenCrop => 10.0,
        };
        let epochs = f64::from(epochs);
        // At the end the validation cases are scored in the same way as the test cases.
        [epoch * epochs, val * epochs + (val + test) * views]
    }

    fn cases_of(&self, run: &RunSpec) -> [f64; 3] {
        let known = self.cases.get(&run.task).copied();
        let counted = || self.speeds.cases(&run.task_spec).map(|cases| cases.map(|n| n as f64));
        let stated = || {
            let phantom = run.task_spec.phantom.as_ref()?;
            Some([phantom.train, phantom.val, phantom.test].map(f64::from))
        };
        known.or_else(counted).or_else(stated).unwrap_or([CASES, CASES / 4.0, CASES / 4.0])
    }
}

fn network(backbone: Backbone) -> String {
    format!("{backbone:?}")
}

/// Seconds as people say them.
pub fn duration(seconds: f64) -> String {
    let minutes = seconds / 60.0;
    if minutes < 1.0 {
        return format!("{seconds:.0} s");
    }
    if minutes < 60.0 {
        return format!("{minutes:.0} min");
    }
    let hours = minutes / 60.0;
    if hours < 48.0 { format!("{hours:.1} h") } else { format!("{:.1} days", hours / 24.0) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::Provenance;
    use crate::study::speeds::{Kind, Speed};
    use crate::study::tests::planned;
    use crate::train::Measured;

    #[test]
    fn a_forecast_learns_from_runs_that_have_ended() {
        let (_dir, plan) = planned();
        let run = plan.runs.last().expect("a run");
        let mut forecast = Forecast::on("cpu");
        let guessed = forecast.seconds(run);
        assert!(guessed > OVERHEAD && Forecast::on("cuda:0").seconds(run) < guessed);
        let took = |seconds| Record {
            state: RunState::Done,
            cases: [40, 16, 24],
            epochs: 1,
            provenance: Provenance { seconds, ..Provenance::default() },
            ..Record::failed(run.id(), "", false)
        };
        forecast.learn(run, &Record::failed(run.id(), "no", false));
        assert_eq!(forecast.rests_on(), 0);
        forecast.learn(run, &took(100.0));
        forecast.learn(run, &took(120.0));
        assert_eq!(forecast.rests_on(), 2);
        assert!((forecast.seconds(run) - 110.0).abs() < 1.0, "{}", forecast.seconds(run));
        let mut longer = run.clone();
        longer.recipe.epochs *= 10;
        // Ten times the training and the validation, and one test as before.
        let expected = OVERHEAD + 107.0 * (400.0 + 200.0 / 3.0) / (40.0 + 56.0 / 3.0);
        assert!((forecast.seconds(&longer) - expected).abs() < 1.0);
        let mut fewer = run.clone();
        fewer.label_fraction = 0.1;
        assert!(forecast.seconds(&fewer) < 60.0);
    }

    #[test]
    fn what_was_measured_here_is_believed_until_runs_have_ended() {
        let (_dir, plan) = planned();
        let run = plan.runs.last().expect("a run");
        let here = |machine: &str, threads| {
            let folder = tempfile::tempdir().expect("a folder");
            let mut speeds = Speeds::default();
            let each = Measured {
                trained_per_second: 2.0,
                evaluated_per_second: 8.0,
                ..Measured::default()
            };
            let (kind, machine) = (Kind::of(run), machine.into());
            speeds.insert(Speed { machine, kind, jobs: 1, threads, each });
            speeds.counted(&run.task_spec, [40, 16, 24]);
            speeds.write(folder.path()).expect("written");
            Forecast::with("cpu", Speeds::read(folder.path(), "this one"))
        };
        let guessed = Forecast::on("cpu").seconds(run);
        for (machine, threads) in [("another", run.threads), ("this one", run.threads + 1)] {
            let forecast = here(machine, threads);
            assert!(forecast.basis([run]).starts_with("guessed"));
            assert_eq!(forecast.measured(run), None);
        }
        // Of several numbers at a time the nearest one counts.
        let mut crowded = here("this one", run.threads).speeds;
        let each = Measured { trained_per_second: 1.0, ..*crowded.of(run).expect("a speed") };
        let (kind, machine) = (Kind::of(run), "this one".into());
        crowded.insert(Speed { machine, kind, jobs: 4, threads: run.threads, each });
        let rate = |speeds: &Speeds| speeds.of(run).map(|each| each.trained_per_second);
        assert_eq!(rate(&crowded), Some(2.0));
        assert_eq!(rate(&crowded.beside(4)), Some(1.0));
        let mut forecast = here("this one", run.threads);
        let epochs = f64::from(run.recipe.epochs);
        let expected = OVERHEAD + 20.0 * epochs * run.label_fraction + 2.0 * epochs + 5.0;
        let seconds = forecast.seconds(run);
        assert!((seconds - expected).abs() < 1e-9, "{seconds} {expected} {guessed}");
        assert!(forecast.basis([run]).contains("measured here"));
        // Equal steps, of whole batches and of no more than there are cases.
        let mut steps = run.clone();
        (steps.recipe.epochs, steps.recipe.steps) = (2, Some(5));
        let batch = f64::from(steps.recipe.batch_size).min(40.0 * steps.label_fraction);
        let expected = OVERHEAD + 6.0 * batch / 2.0 + 2.0 * 2.0 + 5.0;
        assert!((forecast.seconds(&steps) - expected).abs() < 1e-9);
        let mut crops = run.clone();
        crops.recipe.test_augmentation = TestAugmentation::TenCrop;
        assert!((forecast.seconds(&crops) - seconds - 45.0).abs() < 1e-9);
        let record = Record {
            state: RunState::Done,
            cases: [40, 16, 24],
            epochs: 1,
            provenance: Provenance { seconds: 1000.0, ..Provenance::default() },
            ..Record::failed(run.id(), "", false)
        };
        forecast.learn(run, &record);
        assert!(forecast.seconds(run) > 500.0 && forecast.basis([run]).contains("has ended"));
    }

    #[test]
    fn durations_are_said_in_the_unit_that_fits() {
        let said = [5.0, 59.0, 90.0, 3600.0, 40.0 * 3600.0, 72.0 * 3600.0].map(duration);
        assert_eq!(said, ["5 s", "59 s", "2 min", "1.0 h", "40.0 h", "3.0 days"]);
    }
}
