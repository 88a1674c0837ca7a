//! What can end a run.

use std::path::PathBuf;

use super::device::DeviceError;
use crate::data::DataError;
use crate::frame::FrameError;
use crate::models::ModelError;
use crate::records::RecordError;
use crate::zoo::{CatalogueError, CheckpointError};

/// What can end a run.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum TrainError {
    #[error(transparent)]
    Data(#[from] DataError),
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    #[error(transparent)]
    Model(#[from] ModelError),
    #[error(transparent)]
    Record(#[from] RecordError),
    #[error(transparent)]
    Frame(#[from] FrameError),
    #[error("the {split} split of task {task} has no cases; see the data check of the study")]
    EmptySplit { task: String, split: &'static str },
    #[error(
        "the {which} loss became {value} in epoch {epoch}; try a lower learning_rate (it is \
         {learning_rate}) or a longer warm-up"
    )]
    LossNotFinite { which: &'static str, value: f64, epoch: u32, learning_rate: f64 },
    #[error("the pretrained weights {path} are not there; run the study again to make them")]
    NoPretrainedWeights { path: PathBuf },
    #[error("{path} has SHA-256 {got}, the run was planned with {expected}; the file changed")]
    WeightsChanged { path: PathBuf, got: String, expected: String },
    #[error("{key} {reason} on task {task}")]
    Weights { key: &'static str, task: String, reason: String },
    #[error("{path} is tested as it is (epochs = 0), and is no network for this: {reason}")]
    NotWhole { path: PathBuf, reason: String },
    #[error("libtorch failed to {op}: {source}")]
    Torch { op: &'static str, source: tch::TchError },
    #[error("{0}")]
    Device(#[from] DeviceError),
    #[error("{path} is not a resume file of this run: {reason}")]
    Resume { path: PathBuf, reason: String },
    #[error("stopped before its end; it goes on where it stopped")]
    Stopped,
}

impl TrainError {
    /// Whether the specification alone decides that the run fails, so that a
    /// launcher should not retry it.
    pub fn is_permanent(&self) -> bool {
        match self {
            Self::Data(DataError::Labels { .. })
            | Self::Catalogue(_)
            | Self::Model(_)
            | Self::EmptySplit { .. }
            | Self::NotWhole { .. }
            | Self::Weights { .. }
            | Self::LossNotFinite { .. }
            | Self::Device(DeviceError::Precision { .. }) => true,
            // Files come and go: a cache that somebody cleared, a disk that is
            // full, a checkpoint that is being copied. What they hold is checked
            // when a study is planned.
            Self::Data(_)
            | Self::Checkpoint(_)
            | Self::WeightsChanged { .. }
            | Self::Record(_)
            | Self::Frame(_)
            | Self::NoPretrainedWeights { .. }
            | Self::Torch { .. }
            | Self::Device(_)
            | Self::Resume { .. }
            | Self::Stopped => false,
        }
    }
}

/// Names the operation in which libtorch failed.
pub(crate) trait Operation<T> {
    fn op(self, op: &'static str) -> Result<T, TrainError>;
}

impl<T> Operation<T> for Result<T, tch::TchError> {
    fn op(self, op: &'static str) -> Result<T, TrainError> {
        self.map_err(|source| TrainError::Torch { op, source: first_line(source) })
    }
}

/// libtorch appends a C++ backtrace to its messages; the first line is the message.
fn first_line(error: tch::TchError) -> tch::TchError {
    match error {
        tch::TchError::Torch(text) => {
            tch::TchError::Torch(text.lines().next().unwrap_or_default().to_string())
        }
        other => other,
    }
}
