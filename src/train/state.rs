//! What a run needs to go on after its last full epoch, or after a step within one.
//!
//! One safetensors file: network (`net.`), best weights (`best.`) and moments
//! (`first.`, `second.`) as tensors, within an epoch its loss so far, everything else as JSON in the metadata, and
//! a seal over all of it.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use serde::{Deserialize, Serialize};
use tch::Tensor;

use super::error::TrainError;
use super::schedule::LearningRate;
use crate::records::seal::{self, Seal};
use crate::records::{Arithmetic, Epoch, RecordError};
use crate::zoo;

/// Everything but tensors.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Counters {
    /// Epochs finished.
    pub(crate) epoch: u32,
    pub(crate) best_epoch: u32,
    /// Infinite before the first validation, which JSON has no number for.
    #[serde(deserialize_with = "or_infinite")]
    pub(crate) best_val_loss: f64,
    pub(crate) optimizer_steps: i64,
    pub(crate) learning_rate: LearningRate,
    pub(crate) history: Vec<Epoch>,
    /// Wall time of finished epochs.
    pub(crate) seconds: f64,
    pub(crate) attempts: u32,
    /// What made the tensors; files of before version 0.2 do not say.
    #[serde(default)]
    pub(crate) made_with: Option<MadeWith>,
    /// How the epochs were computed; versions that did not say computed otherwise.
    #[serde(default)]
    pub(crate) arithmetic: Option<Arithmetic>,
    /// Steps done of the epoch after those, where the run was stopped within it.
    #[serde(default)]
    pub(crate) steps: Option<usize>,
}

fn or_infinite<'de, D: serde::Deserializer<'de>>(reader: D) -> Result<f64, D::Error> {
    Ok(Option::deserialize(reader)?.unwrap_or(f64::INFINITY))
}

/// Key of the counters in a file that was left between two epochs.
const BETWEEN: &str = "transfolio";
/// The same within an epoch: a version that knows no such files finds no counters
/// and begins anew, instead of taking half an epoch for none.
const WITHIN: &str = "transfolio-within-epoch";

/// What decides the last digits of a run beside its specification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct MadeWith {
    pub(crate) device: String,
    pub(crate) threads: u32,
}

impl MadeWith {
    /// In words.
    fn words(&self) -> String {
        let s = if self.threads == 1 { "" } else { "s" };
        format!("on {} with {} compute thread{s}", self.device, self.threads)
    }

    /// Whether a run that this began can go on here.
    ///
    /// # Errors
    /// Why not.
    pub(crate) fn check(&self, here: &Self) -> Result<(), String> {
        if self == here {
            return Ok(());
        }
        Err(format!(
            "it was made {}, and this run goes on {}; one run is not of both",
            self.words(),
            here.words()
        ))
    }
}

/// Writes counters and tensors, atomically.
pub(crate) fn save(
    path: &Path,
    counters: &Counters,
    tensors: &[(String, Tensor)],
) -> Result<(), TrainError> {
    let json = serde_json::to_string(counters)
        .map_err(|e| TrainError::Resume { path: path.to_path_buf(), reason: e.to_string() })?;
    let key = if counters.steps.is_some() { WITHIN } else { BETWEEN };
    let metadata = [(key, json.as_str()), (seal::KEY, seal::BLANK)];
    let metadata: HashMap<String, String> =
        metadata.into_iter().map(|(key, text)| (key.to_owned(), text.to_owned())).collect();
    zoo::write_tensors(path, tensors, metadata)?;
    Ok(())
}

/// Counters and tensors by name; `None` when there is no such file.
pub(crate) fn load(
    path: &Path,
) -> Result<Option<(Counters, BTreeMap<String, Tensor>)>, TrainError> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(RecordError::io("read", path)(error).into()),
    };
    let malformed = |reason: String| TrainError::Resume { path: path.to_path_buf(), reason };
    if seal::check_tensors(&bytes) == Seal::Broken {
        return Err(malformed("it is not as it was written".into()));
    }
    let (metadata, tensors) = zoo::read_tensors(&bytes).map_err(malformed)?;
    let json = metadata.get(BETWEEN).or_else(|| metadata.get(WITHIN));
    let json = json.ok_or_else(|| malformed("it has no counters".into()))?;
    let counters = serde_json::from_str(json).map_err(|error| malformed(error.to_string()))?;
    Ok(Some((counters, tensors)))
}
