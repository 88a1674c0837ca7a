//! What can go wrong with a study as a whole; a failing run is not among it.

use std::path::PathBuf;

use crate::data::DataError;
use crate::frame::FrameError;
use crate::records::RecordError;
use crate::spec::SpecError;
use crate::zoo::{CatalogueError, CheckpointError, FetchError, LocalError};

/// What can go wrong with a study as a whole.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum StudyError {
    #[error(transparent)]
    Spec(#[from] SpecError),
    #[error("task {task}: {source}")]
    Data { task: String, source: DataError },
    #[error("the data check of task {task} found an error: {reason}")]
    DataCheck { task: String, reason: String },
    #[error(
        "task {task} has {cases} training cases and study.label_counts asks for {most} of them; \
         leave that number out, or write \"all\""
    )]
    FewLabels { task: String, most: u32, cases: usize },
    #[error("init {init}: {source}")]
    Weights { init: String, source: CheckpointError },
    #[error("init {init}: {source}")]
    Local { init: String, source: LocalError },
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    #[error(transparent)]
    Fetch(#[from] FetchError),
    #[error(
        "init {init}: the model {id:?} is not on this machine; run `transfolio zoo fetch {id}`, or \
         name its file with `weights`"
    )]
    NotFetched { init: String, id: String },
    #[error("init {init}: {path} has SHA-256 {got}, the study file expects {expected}")]
    WeightsHash { init: String, path: PathBuf, got: String, expected: String },
    #[error(transparent)]
    Record(#[from] RecordError),
    #[error(transparent)]
    Frame(#[from] FrameError),
    #[error(
        "{path} holds the records of study {found:?}, not of {expected:?}; give --output another \
         folder"
    )]
    OtherStudy { path: PathBuf, found: String, expected: String },
    #[error(
        "{what} of this machine are others than those that the study was planned with; see that \
         all machines have the same files and the same version of the program"
    )]
    Elsewhere { what: String },
    #[error(
        "run {run} needs about {needed:.1} GiB of memory for each of {jobs} jobs and {available:.1} \
         GiB are free; {way_out}"
    )]
    Memory { run: String, needed: f64, jobs: usize, available: f64, way_out: String },
    #[error("cannot start a worker process: {0}")]
    Spawn(std::io::Error),
}
