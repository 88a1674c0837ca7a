//! What a worker tells the runner, and what the runner tells the user.

use serde::{Deserialize, Serialize};

use crate::spec::RunSpec;
use crate::train::Progress;

/// One line of a worker's standard output, as JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "message")]
pub enum WorkerMessage {
    /// A step or an epoch is done.
    Progress(Progress),
    /// Something that a user should know.
    Note {
        /// In words.
        text: String,
    },
    /// The run cannot go on.
    Failed {
        /// Why, in words.
        reason: String,
        /// Whether it would fail again.
        permanent: bool,
        /// Whether the failure is on record.
        recorded: bool,
    },
}

/// Told what happens while a study runs; the command line shows bars or lines.
pub trait Reporter {
    /// Planning: what is being done.
    fn note(&mut self, text: &str);
    /// `done` of `total` runs have ended before this start.
    fn begin(&mut self, total: usize, done: usize);
    /// A worker has started on a run.
    fn started(&mut self, slot: usize, run: &RunSpec);
    /// A worker got on.
    fn progress(&mut self, slot: usize, run: &RunSpec, progress: Progress);
    /// The worker of a slot has ended before its run has.
    fn left(&mut self, slot: usize) {
        let _ = slot;
    }
    /// A run has ended; `Err` holds the reason of a failure.
    fn ended(&mut self, slot: usize, run: &RunSpec, result: Result<(), &str>);
}

/// `task / model / init / 10 % / seed 0`.
pub fn title(run: &RunSpec) -> String {
    let labels = run.labels();
    format!("{} / {} / {} / {labels} / seed {}", run.task, run.model, run.init, run.seed)
}
