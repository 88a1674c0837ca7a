//! What a run needs to go on after its last full epoch.
//!
//! One safetensors file: network (`net.`), best weights (`best.`) and moments
//! (`first.`, `second.`) as tensors, everything else as JSON in the metadata.

use std::collections::{BTreeMap, HashMap};
use std::io::Write;
use std::path::Path;

use safetensors::SafeTensors;
use safetensors::tensor::{Dtype, TensorView};
use serde::{Deserialize, Serialize};
use tch::{Device, Kind, Tensor};

use super::error::TrainError;
use super::schedule::LearningRate;
use crate::records::{Epoch, write_atomic};

/// Everything but tensors.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Counters {
    /// Epochs finished.
    pub(crate) epoch: u32,
    pub(crate) best_epoch: u32,
    pub(crate) best_val_loss: f64,
    pub(crate) optimizer_steps: i64,
    pub(crate) learning_rate: LearningRate,
    pub(crate) history: Vec<Epoch>,
    /// Wall time of finished epochs.
    pub(crate) seconds: f64,
    pub(crate) attempts: u32,
}

/// Writes counters and tensors, atomically.
pub(crate) fn save(
    path: &Path,
    counters: &Counters,
    tensors: &[(String, Tensor)],
) -> Result<(), TrainError> {
    let bytes: Vec<(String, Dtype, Vec<usize>, Vec<u8>)> =
        tensors.iter().map(|(name, tensor)| serialised(name, tensor)).collect();
    let malformed = |reason: String| TrainError::Resume { path: path.to_path_buf(), reason };
    let views = bytes
        .iter()
        .map(|(name, dtype, shape, data)| {
            Ok((name.as_str(), TensorView::new(*dtype, shape.clone(), data)?))
        })
        .collect::<Result<Vec<_>, safetensors::SafeTensorError>>()
        .map_err(|error| malformed(error.to_string()))?;
    let json = serde_json::to_string(counters).map_err(|error| malformed(error.to_string()))?;
    let metadata = HashMap::from([("transfolio".to_string(), json)]);
    let file = safetensors::serialize(views, Some(metadata))
        .map_err(|error| malformed(error.to_string()))?;
    write_atomic(path, |out| out.write_all(&file))?;
    Ok(())
}

fn serialised(name: &str, tensor: &Tensor) -> (String, Dtype, Vec<usize>, Vec<u8>) {
    let tensor = tensor.detach().to_device(Device::Cpu).contiguous();
    let shape = tensor.size().iter().map(|d| *d as usize).collect();
    let (dtype, width) = match tensor.kind() {
        Kind::Double => (Dtype::F64, 8),
        _ => (Dtype::F32, 4),
    };
    let count = tensor.numel();
    let mut data = vec![0; count * width];
    tensor.copy_data_u8(&mut data, count);
    (name.to_string(), dtype, shape, data)
}

/// Counters and tensors by name; `None` when there is no such file.
pub(crate) fn load(
    path: &Path,
) -> Result<Option<(Counters, BTreeMap<String, Tensor>)>, TrainError> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(crate::records::RecordError::io("read", path)(error).into()),
    };
    let malformed = |reason: String| TrainError::Resume { path: path.to_path_buf(), reason };
    let (_, header) =
        SafeTensors::read_metadata(&bytes).map_err(|error| malformed(error.to_string()))?;
    let json = header
        .metadata()
        .as_ref()
        .and_then(|metadata| metadata.get("transfolio"))
        .ok_or_else(|| malformed("it has no counters".into()))?;
    let counters = serde_json::from_str(json).map_err(|error| malformed(error.to_string()))?;
    let file =
        SafeTensors::deserialize(&bytes).map_err(|error| malformed(error.to_string()))?;
    let tensors = file.tensors().into_iter().map(|(name, view)| (name, to_tensor(&view))).collect();
    Ok(Some((counters, tensors)))
}

fn to_tensor(view: &TensorView<'_>) -> Tensor {
    let kind = if view.dtype() == Dtype::F64 { Kind::Double } else { Kind::Float };
    let shape: Vec<i64> = view.shape().iter().map(|d| *d as i64).collect();
    Tensor::from_data_size(view.data(), &shape, kind)
}
