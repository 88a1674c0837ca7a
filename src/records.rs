//! The seam: what a study leaves on disk and everything else reads.
//!
//! ```text
//! STUDY/
//!   study.json                 the resolved study and its list of runs
//!   results.csv                one row per run x metric x class (see [`ResultRow`])
//!   report.html                written by `transfolio report`
//!   runners/<name>.json        who runs the study ([`runner`]); read by `status` alone
//!   runs/<run id>/
//!     spec.json                the resolved run ([`crate::spec::RunSpec`])
//!     record.json              the outcome ([`Record`]); its presence means the run has ended
//!     predictions.parquet      one row per test case (see [`Prediction`])
//!     case_metrics.parquet     one row per test case x metric x class (see [`CaseMetric`]);
//!                              only of targets that have metrics of single cases
//!     case_masks.parquet       one row per test case of a segmentation task
//!     SET.predictions.parquet  the same three of a further test set, by its name
//!     history.csv              one row per epoch (see [`Epoch`])
//!     weights.safetensors      best weights; kept where another run starts from them, and
//!                              with `keep_weights`
//!     resume.safetensors       state after the last full epoch; gone once the run has ended
//!     log.txt                  what the worker printed
//!     claim.json               who works on the run ([`claim`]); gone once it has ended
//!     attempts/<attempt>/      what an attempt is about to publish; gone with the claim
//!     set-aside/               what was found damaged; nothing reads it
//! ```
//!
//! `study.json`, `record.json` and `resume.safetensors` carry a seal, the SHA-256 of
//! the file without it ([`seal`]), and a record the hashes of its specification and
//! of the files beside it. [`find`] reads a run and says what contradicts it; what
//! does is believed by nobody.
//!
//! Every file is written beside its place and renamed, so a reader sees a
//! whole file or none. Each JSON file carries `format`; a reader refuses a
//! newer format than it knows. A file that a folder lacks was not written by
//! the version that made it or belongs to another target: readers go on without.

mod aside;
mod attempts;
mod case;
pub mod claim;
mod clock;
mod data_facts;
mod exclusive;
mod files;
mod found;
mod gap;
mod leftovers;
mod own_file;
mod paths;
mod process;
pub mod runner;
pub mod seal;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub use aside::{ASIDE, set_aside, set_aside_if};
pub use case::{Answer, CaseMask, CaseMetric, Prediction, Tested};
pub use clock::ServerClock;
pub use data_facts::{DataFacts, Division};
pub use exclusive::{publish, withdraw};
use files::parse_json;
pub use files::{read_json, write_atomic, write_json};
pub use found::{Depth, Fault, Found, Planned, find, left, marks, without_returns};
pub use gap::validation_gaps;
pub use leftovers::{is_unfinished, sweep, sweep_before};
pub use own_file::{open_own, refuse_link};
pub use paths::{RunDir, StudyDir};
pub use process::{Process, token};

use crate::spec::{RunId, Study};

/// Version of the folder layout and of every JSON file in it.
pub const FORMAT: u32 = 1;

/// Name of the file of weights.
const WEIGHTS: &str = "weights.safetensors";

/// What can go wrong with records on disk.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum RecordError {
    #[error("cannot {op} {path}: {source}")]
    Io { op: &'static str, path: PathBuf, source: io::Error },
    #[error(
        "{path} is not a valid {what}: {reason}; `transfolio run` sets it aside to run it again"
    )]
    Malformed { path: PathBuf, what: &'static str, reason: String },
    #[error(
        "{path} is not as it was written: its checksum is of other contents; `transfolio run` \
         writes it again from the study file"
    )]
    Changed { path: PathBuf },
    #[error("{path} has format {got}, this build reads up to {FORMAT}; use a newer transfolio")]
    TooNew { path: PathBuf, got: u32 },
    #[error(
        "{path} is not a study folder: it has no study.json; pass the folder that `transfolio run` wrote, or a CSV file"
    )]
    NotAStudy { path: PathBuf },
}

impl RecordError {
    pub(crate) fn io(op: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::Io { op, path, source }
    }
}

/// `study.json`: what was asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StudyRecord {
    /// [`FORMAT`].
    pub format: u32,
    /// The study file with all defaults written out.
    pub study: Study,
    /// SHA-256 of the study file's bytes.
    pub study_sha256: String,
    /// The command line that last ran the study.
    pub command: Vec<String>,
    /// Hash of the decoded data, by task.
    pub data_hashes: BTreeMap<String, String>,
    /// Findings of the data check, by task: warnings and what its reader
    /// noticed, in words.
    pub data_notes: BTreeMap<String, Vec<String>>,
    /// Number of training cases, by task, where the study states numbers of labels.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub train_cases: BTreeMap<String, usize>,
    /// How the cases were divided, by task; folders of before version 0.2 do
    /// not say.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub data_facts: BTreeMap<String, DataFacts>,
    /// What the checkpoint of an init comes from, by init: oldest first, the
    /// file itself last.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub ancestry: BTreeMap<String, Vec<Ancestor>>,
    /// How the checkpoint of an init was read, by init, where a user should
    /// know: which of several sets was taken, what was left out.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub weights_notes: BTreeMap<String, Vec<String>>,
    /// All runs of the study in matrix order, pretraining first.
    pub runs: Vec<RunId>,
}

/// One step of what weights come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ancestor {
    /// What it is, in words.
    pub title: String,
    /// SHA-256 of its file.
    pub sha256: String,
    /// The run that made it, where one is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<RunId>,
    /// Hash of the data that a study trained it on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_hash: Option<String>,
}

/// Weights that a run started from, as far as they were loaded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoadedWeights {
    /// Tensors put into the backbone.
    pub tensors: u64,
    /// Values in them.
    pub values: u64,
    /// Tables that were resampled for another image size, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resized: Vec<String>,
    /// Tensors of the file that are not the backbone's: heads, optimisers.
    pub dropped: u64,
    /// How the file was read, where a user should know.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// `record.json`: how one run ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// [`FORMAT`].
    pub format: u32,
    /// The run.
    pub run: RunId,
    /// Done or failed.
    pub state: RunState,
    /// Metrics on the test cases; empty for a failed run.
    pub metrics: Vec<Metric>,
    /// The same metrics on the validation cases, with the weights that were
    /// tested; records of before version 0.2 have none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub validation: Vec<Metric>,
    /// Probability from which on a pixel belonged to a structure, where it was
    /// chosen on the validation cases.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<f64>,
    /// What the same network gave on further test sets, in the order of the
    /// study file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also_tested: Vec<AlsoTested>,
    /// Number of training, validation and test cases.
    pub cases: [u64; 3],
    /// Epoch whose weights were kept, from 1.
    pub best_epoch: u32,
    /// Epochs that were run.
    pub epochs: u32,
    /// What was loaded of the init's weights; absent for random ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loaded: Option<LoadedWeights>,
    /// SHA-256 of the portable specification; records of before version 0.2
    /// have neither this nor what follows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spec_sha256: Option<String>,
    /// What the run left beside this record, by file name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub files: Option<BTreeMap<String, FileMark>>,
    /// Where and with what the run was made; not part of any result.
    pub provenance: Provenance,
    /// The seal of this record; see [`seal`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}

impl Record {
    /// The record of a run that did not get to its end.
    pub fn failed(run: RunId, reason: impl Into<String>, permanent: bool) -> Self {
        Self {
            format: FORMAT,
            run,
            state: RunState::Failed { reason: reason.into(), permanent },
            metrics: Vec::new(),
            validation: Vec::new(),
            decision: None,
            also_tested: Vec::new(),
            cases: [0; 3],
            best_epoch: 0,
            epochs: 0,
            loaded: None,
            spec_sha256: None,
            files: None,
            provenance: Provenance::default(),
            sha256: None,
        }
    }
}

/// What a run gave on a further test set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AlsoTested {
    /// Key of the task that the set is.
    pub test_set: String,
    /// Metrics on its cases.
    pub metrics: Vec<Metric>,
    /// Number of its cases.
    pub cases: u64,
}

/// Metrics of a run that its record does not hold and that follow from its
/// predictions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FurtherMetrics {
    /// The further test set; absent for the task's own test cases.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_set: Option<String>,
    /// Mean or overall ones, and those of single classes.
    pub metrics: Vec<Metric>,
}

/// What a file was when it was recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileMark {
    /// Its length.
    pub bytes: u64,
    /// SHA-256 of its bytes.
    pub sha256: String,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum RunState {
    /// All metrics are there.
    Done,
    /// The run cannot be finished.
    Failed {
        /// Why, in words.
        reason: String,
        /// Whether the same specification would fail again.
        permanent: bool,
    },
}

/// One metric of one run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Metric {
    /// `auc`, `accuracy`, ...
    pub metric: String,
    /// The class for a per-class metric; absent for the mean or overall one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// The value; absent where it is undefined.
    pub value: Option<f64>,
    /// Why the value is undefined.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undefined: Option<String>,
    /// Number of test cases behind the value.
    pub n: u64,
}

/// Where and with what a run was made.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Provenance {
    /// Version of transfolio.
    pub transfolio: String,
    /// Git commit of the working folder; records of version 0.1 add `+` where it
    /// had changes, which are not looked for any more.
    pub git: Option<String>,
    /// Version of libtorch.
    pub libtorch: String,
    /// `cpu` or `cuda:0 (name)`.
    pub device: String,
    /// Compute threads.
    pub threads: u32,
    /// Operating system and processor architecture.
    pub platform: String,
    /// Start, seconds since 1970 UTC.
    pub started_unix: u64,
    /// Wall time in seconds, resumed attempts added up.
    pub seconds: f64,
    /// Training images per second, augmentation included.
    pub images_per_second: f64,
    /// Most resident memory in bytes.
    pub peak_memory: u64,
    /// How often the run was started.
    pub attempts: u32,
    /// Share of the training's time that went into making batches; absent in
    /// records of version 0.1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<f64>,
    /// How it was computed; absent in records of version 0.1, whose last digits
    /// therefore differ.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arithmetic: Option<Arithmetic>,
    /// The attempt that made it, where it worked in a folder of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempt: Option<String>,
}

impl Provenance {
    /// What decides the last digits beside the specification, in words: the class of
    /// device, and the threads. None where a record does not say.
    pub fn made_with(&self) -> Option<String> {
        if self.threads == 0 || self.device.is_empty() {
            return None;
        }
        let class = match self.device.split_once(" (") {
            Some((_, name)) => name.trim_end_matches(')'),
            None => &self.device,
        };
        let threads = match self.threads {
            1 => "1 thread".to_owned(),
            threads => format!("{threads} threads"),
        };
        Some(format!("on {class} with {threads}"))
    }
}

/// How the numbers of a run were computed. Runs that differ here alone have
/// results that differ by rounding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Arithmetic {
    /// `f32`, `f64`, `tf32` or `bf16`.
    pub precision: String,
    /// `channels_last` or `contiguous`.
    pub memory_format: String,
    /// `fused`.
    pub optimizer: String,
}

impl Arithmetic {
    /// All parameters are updated in one call of libtorch's.
    pub const FUSED: &str = "fused";
}

impl std::fmt::Display for Arithmetic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} with {} optimiser", self.precision, self.memory_format, self.optimizer)
    }
}

/// One row of `history.csv`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Epoch {
    /// From 1.
    pub epoch: u32,
    /// Mean training loss.
    pub train_loss: f64,
    /// Mean validation loss.
    pub val_loss: f64,
    /// Learning rate at the end of the epoch.
    pub learning_rate: f64,
    /// The metric that an epoch can be selected by, on the validation cases: the AUC
    /// of classes, the Dice of structures; absent where it is undefined, and in
    /// histories of version 0.1.
    #[serde(default)]
    pub val_metric: Option<f64>,
}

/// One row of `results.csv`, and of any CSV of results that a user brings: the
/// columns `task, model, init, label_fraction, seed, metric, value` are known
/// by name, every other column is a factor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct ResultRow {
    pub task: String,
    pub model: String,
    pub init: String,
    pub granularity: Option<String>,
    pub label_fraction: f64,
    pub seed: u64,
    pub metric: String,
    /// Empty for the mean or overall metric.
    pub class: Option<String>,
    /// Empty where undefined.
    pub value: Option<f64>,
    /// Why the value is undefined.
    pub undefined: Option<String>,
    /// Number of test cases.
    pub n: u64,
    /// Run that the row comes from.
    pub run: String,
    /// Further factors of a user's table with their levels; a study has none.
    #[serde(skip)]
    pub others: Vec<(String, String)>,
}
