//! How fast kinds of runs were seen to go on this machine: what `transfolio bench`
//! found, kept beside the decoded images for every later forecast.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::records::seal::sha256_of;
use crate::records::{FORMAT, RecordError, read_json, write_json};
use crate::spec::{
    Augmentation, Backbone, DecoderChoice, MemoryFormat, Precision, RunSpec, Target, Task,
};
use crate::train::Measured;

/// What decides how fast a run goes on a machine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Kind {
    pub backbone: Backbone,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decoder: Option<DecoderChoice>,
    pub target: Target,
    pub image_size: u32,
    pub batch_size: u32,
    pub eval_batch_size: u32,
    pub precision: Precision,
    pub memory_format: MemoryFormat,
    pub augmentation: Augmentation,
}

impl Kind {
    /// The kind of a run.
    pub fn of(run: &RunSpec) -> Self {
        let recipe = &run.recipe;
        Self {
            backbone: run.backbone,
            decoder: run.decoder,
            target: run.task_spec.target,
            image_size: recipe.image_size,
            batch_size: recipe.batch_size,
            eval_batch_size: recipe.eval_batch_size,
            precision: recipe.precision,
            memory_format: recipe.memory_format,
            augmentation: recipe.augmentation,
        }
    }
}

/// How fast each of some runs at a time went.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Speed {
    /// Processor or GPU.
    pub machine: String,
    /// What ran.
    pub kind: Kind,
    /// Runs at a time.
    pub jobs: usize,
    /// Compute threads of each.
    pub threads: u32,
    /// One of them, on average.
    pub each: Measured,
}

/// All that was measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Speeds {
    /// [`FORMAT`].
    format: u32,
    found: Vec<Speed>,
    /// Cases for training, validation and tests, by the hash of a task's settings.
    cases: BTreeMap<String, [usize; 3]>,
    /// The machine whose speeds are asked for.
    #[serde(skip)]
    here: String,
    /// Runs at a time that are asked for.
    #[serde(skip)]
    jobs: usize,
}

impl Default for Speeds {
    fn default() -> Self {
        Self {
            format: FORMAT,
            found: Vec::new(),
            cases: BTreeMap::new(),
            here: String::new(),
            jobs: 1,
        }
    }
}

impl Speeds {
    /// Those of a cache folder, for forecasts of `machine`. A file that cannot be read
    /// is as good as none: it is measured again.
    pub fn read(cache_dir: &Path, machine: &str) -> Self {
        let read: Self = read_json(&file(cache_dir), "speeds").unwrap_or_default();
        Self { here: machine.into(), jobs: 1, ..read }
    }

    /// Those of so many runs at a time, or of the nearest number that was measured;
    /// without it, of one.
    #[must_use]
    pub fn beside(self, jobs: usize) -> Self {
        Self { jobs, ..self }
    }

    /// Keeps them for later forecasts.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn write(&self, cache_dir: &Path) -> Result<(), RecordError> {
        std::fs::create_dir_all(cache_dir).map_err(RecordError::io("create", cache_dir))?;
        write_json(&file(cache_dir), self)
    }

    /// Takes the place of what was measured of the same before.
    pub fn insert(&mut self, speed: Speed) {
        let same = |old: &Speed| {
            old.machine == speed.machine
                && old.kind == speed.kind
                && (old.jobs, old.threads) == (speed.jobs, speed.threads)
        };
        self.found.retain(|old| !same(old));
        self.found.push(speed);
    }

    /// Says how many cases a task has.
    pub fn counted(&mut self, task: &Task, cases: [usize; 3]) {
        self.cases.insert(key(task), cases);
    }

    /// The cases of a task that was counted.
    pub(super) fn cases(&self, task: &Task) -> Option<[usize; 3]> {
        self.cases.get(&key(task)).copied()
    }

    /// How fast a run goes here.
    pub(super) fn of(&self, run: &RunSpec) -> Option<&Measured> {
        let kind = Kind::of(run);
        let alike = |speed: &&Speed| {
            speed.machine == self.here && speed.kind == kind && speed.threads == run.threads
        };
        let nearest = |speed: &&Speed| speed.jobs.abs_diff(self.jobs);
        self.found.iter().filter(alike).min_by_key(nearest).map(|speed| &speed.each)
    }
}

fn file(cache_dir: &Path) -> PathBuf {
    cache_dir.join("speeds.json")
}

fn key(task: &Task) -> String {
    sha256_of(serde_json::to_string(task).unwrap_or_default().as_bytes())
}
