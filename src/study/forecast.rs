//! How long runs will take, from those that have ended.

use std::collections::BTreeMap;

use crate::records::{Record, RunState};
use crate::spec::{Backbone, RunSpec};
use crate::train::memory;

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
    /// Cases of a whole training split and of validation and test, by task.
    cases: BTreeMap<String, [f64; 2]>,
    /// Seconds and units of work of runs that have ended, by network.
    by_network: BTreeMap<String, (f64, f64)>,
    all: (f64, f64),
    runs: usize,
    gpu: bool,
}

impl Forecast {
    /// One without any run, of a device.
    pub fn on(device: &str) -> Self {
        Self { gpu: device.starts_with("cuda"), ..Self::default() }
    }

    /// Learns from a run.
    pub fn learn(&mut self, run: &RunSpec, record: &Record) {
        if record.state != RunState::Done {
            return;
        }
        let [train, val, test] = record.cases.map(|cases| cases as f64);
        let whole = train / run.label_fraction.max(f64::MIN_POSITIVE);
        let known = self.cases.entry(run.task.clone()).or_insert([whole, val + test]);
        known[0] = known[0].max(whole);
        let seconds = (record.provenance.seconds - OVERHEAD).max(0.1);
        // Epochs that were run, and not those that the recipe allows.
        let work = self.work(run, f64::from(record.epochs));
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

    /// Seconds that a run will take at most, as it looks now.
    pub fn seconds(&self, run: &RunSpec) -> f64 {
        let usual = if self.gpu { ON_GPU } else { ON_CPU / f64::from(run.threads.max(1)) };
        let own = self.by_network.get(&network(run.backbone)).copied().unwrap_or(self.all);
        let rate = if own.1 > 0.0 { own.0 / own.1 } else { usual };
        OVERHEAD + rate * self.work(run, f64::from(run.recipe.epochs))
    }

    /// Work of a run: images that are trained on, a third of that for each that is
    /// only looked at, times what the network keeps of one.
    fn work(&self, run: &RunSpec, epochs: f64) -> f64 {
        let stated = run.task_spec.phantom.as_ref().map(|phantom| {
            [f64::from(phantom.train), f64::from(phantom.val) + f64::from(phantom.test)]
        });
        let known = self.cases.get(&run.task).copied().or(stated);
        let [train, rest] = known.unwrap_or([CASES, CASES / 2.0]);
        let area = (f64::from(run.recipe.image_size) / 224.0).powi(2);
        let images = train * run.label_fraction + rest / 6.0;
        images * epochs * area * memory::activations(run.backbone)
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
    use crate::study::tests::planned;

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
        assert!((forecast.seconds(&longer) - 1073.0).abs() < 10.0);
        let mut fewer = run.clone();
        fewer.label_fraction = 0.1;
        assert!(forecast.seconds(&fewer) < 60.0);
    }

    #[test]
    fn durations_are_said_in_the_unit_that_fits() {
        let said = [5.0, 59.0, 90.0, 3600.0, 40.0 * 3600.0, 72.0 * 3600.0].map(duration);
        assert_eq!(said, ["5 s", "59 s", "2 min", "1.0 h", "40.0 h", "3.0 days"]);
    }
}
