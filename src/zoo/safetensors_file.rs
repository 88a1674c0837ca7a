//! safetensors files, through the crate of their authors.

use std::collections::{BTreeMap, HashMap};
use std::io::Write;
use std::path::Path;

use half::{bf16, f16};
use safetensors::SafeTensors;
use safetensors::tensor::{Dtype, TensorView};
use tch::{Device, Kind, Tensor, nn};

use super::checkpoint::{TensorData, Values};
use super::error::CheckpointError;
use crate::records::write_atomic;

/// Parses the bytes of a file; the crate checks that all offsets fit.
pub(super) fn parse(bytes: &[u8]) -> Result<BTreeMap<String, TensorData>, String> {
    let file = SafeTensors::deserialize(bytes).map_err(|error| error.to_string())?;
    let mut tensors = BTreeMap::new();
    for (name, view) in file.tensors() {
        let shape = view.shape().to_vec();
        let values = decode(view.dtype(), view.data()).ok_or_else(|| {
            format!("tensor {name} has type {:?}, which is not read", view.dtype())
        })?;
        tensors.insert(name, TensorData { shape, values });
    }
    Ok(tensors)
}

fn decode(dtype: Dtype, data: &[u8]) -> Option<Values> {
    fn each<const N: usize, T>(data: &[u8], f: impl Fn([u8; N]) -> T) -> Vec<T> {
        data.as_chunks::<N>().0.iter().map(|chunk| f(*chunk)).collect()
    }
    Some(match dtype {
        Dtype::F32 => Values::F32(each(data, f32::from_le_bytes)),
        Dtype::F64 => Values::F64(each(data, f64::from_le_bytes)),
        Dtype::F16 => Values::F32(each(data, |b| f16::from_le_bytes(b).to_f32())),
        Dtype::BF16 => Values::F32(each(data, |b| bf16::from_le_bytes(b).to_f32())),
        Dtype::I64 => Values::F64(each(data, |b| i64::from_le_bytes(b) as f64)),
        Dtype::I32 => Values::F64(each(data, |b| f64::from(i32::from_le_bytes(b)))),
        Dtype::I16 => Values::F64(each(data, |b| f64::from(i16::from_le_bytes(b)))),
        Dtype::U8 | Dtype::BOOL => Values::F64(data.iter().map(|b| f64::from(*b)).collect()),
        Dtype::I8 => Values::F64(data.iter().map(|b| f64::from(b.cast_signed())).collect()),
        _ => return None,
    })
}

/// Saves all variables of a network with metadata, atomically.
pub fn save_safetensors(
    store: &nn::VarStore,
    metadata: &[(&str, &str)],
    path: &Path,
) -> Result<(), CheckpointError> {
    let mut variables: Vec<(String, Tensor)> = store.variables().into_iter().collect();
    variables.sort_by(|a, b| a.0.cmp(&b.0));
    // Loaded in other programs as f32, whatever the training's precision.
    for (_, tensor) in &mut variables {
        *tensor = tensor.to_kind(Kind::Float);
    }
    let metadata = metadata.iter().map(|(k, v)| ((*k).to_string(), (*v).to_string())).collect();
    write_tensors(path, &variables, metadata)
}

/// Writes tensors (f32 or f64) and metadata, atomically.
pub(crate) fn write_tensors(
    path: &Path,
    tensors: &[(String, Tensor)],
    metadata: HashMap<String, String>,
) -> Result<(), CheckpointError> {
    let malformed = |error: safetensors::SafeTensorError| CheckpointError::Malformed {
        path: path.to_path_buf(),
        container: "safetensors",
        reason: error.to_string(),
    };
    let bytes: Vec<_> = tensors.iter().map(|(name, tensor)| (name, encode(tensor))).collect();
    let views = bytes
        .iter()
        .map(|(name, (dtype, shape, data))| {
            Ok((name.as_str(), TensorView::new(*dtype, shape.clone(), data)?))
        })
        .collect::<Result<Vec<_>, _>>()
        .map_err(malformed)?;
    let file = safetensors::serialize(views, Some(metadata)).map_err(malformed)?;
    write_atomic(path, |out| out.write_all(&file))?;
    Ok(())
}

fn encode(tensor: &Tensor) -> (Dtype, Vec<usize>, Vec<u8>) {
    let tensor = tensor.detach().to_device(Device::Cpu).contiguous();
    let shape = tensor.size().iter().map(|d| *d as usize).collect();
    let (dtype, width) =
        if tensor.kind() == Kind::Double { (Dtype::F64, 8) } else { (Dtype::F32, 4) };
    let count = tensor.numel();
    let mut data = vec![0; count * width];
    tensor.copy_data_u8(&mut data, count);
    (dtype, shape, data)
}

/// Metadata and tensors of a file that [`write_tensors`] made.
pub(crate) fn read_tensors(
    bytes: &[u8],
) -> Result<(HashMap<String, String>, BTreeMap<String, Tensor>), String> {
    let text = |error: safetensors::SafeTensorError| error.to_string();
    let (_, header) = SafeTensors::read_metadata(bytes).map_err(text)?;
    let metadata = header.metadata().clone().unwrap_or_default();
    let file = SafeTensors::deserialize(bytes).map_err(text)?;
    let tensors = file
        .tensors()
        .into_iter()
        .map(|(name, view)| {
            let kind = if view.dtype() == Dtype::F64 { Kind::Double } else { Kind::Float };
            let shape: Vec<i64> = view.shape().iter().map(|d| *d as i64).collect();
            (name, Tensor::from_data_size(view.data(), &shape, kind))
        })
        .collect();
    Ok((metadata, tensors))
}
