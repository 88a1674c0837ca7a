//! safetensors files, through the crate of their authors.

use std::collections::{BTreeMap, HashMap};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use safetensors::SafeTensors;
use safetensors::tensor::{Dtype, Metadata, TensorView};
use tch::{Device, Kind, Tensor, nn};

use super::error::CheckpointError;
use super::group::Group;
use super::origin::Origin;
use super::source::Section;
use super::tensor::{self, Storage, TensorData};
use crate::records::{seal, write_atomic};

/// The largest header that is read; that of a network is below 100 kB.
const LARGEST_HEADER: u64 = 16 << 20;

/// The header of a file, and the length of what follows it.
fn header(file: &Section) -> Result<(Metadata, u64), String> {
    let text = |error: std::io::Error| error.to_string();
    let mut word = [0; 8];
    file.read_at(0, &mut word).map_err(text)?;
    let length = u64::from_le_bytes(word);
    if length > LARGEST_HEADER {
        return Err(format!("its header says it has {length} bytes"));
    }
    let header = file.part(8, length).ok_or("the file ends inside its header")?;
    let header = serde_json::from_slice(&header.bytes().map_err(text)?)
        .map_err(|error| format!("header: {error}"))?;
    Ok((header, file.length() - 8 - length))
}

/// The text that a file's header carries beside its tensors; `None` for what
/// is no safetensors file.
pub(super) fn metadata(path: &Path) -> Result<Option<HashMap<String, String>>, CheckpointError> {
    if path.is_dir() {
        return Ok(None);
    }
    let io = |source| CheckpointError::Read { path: path.to_path_buf(), source };
    let file = Section::open(path).map_err(io)?;
    // A header length, then a JSON object; see the sniffing of containers.
    if file.head(9).map_err(io)?.get(8) != Some(&b'{') {
        return Ok(None);
    }
    Ok(header(&file).ok().map(|(header, _)| header.metadata().clone().unwrap_or_default()))
}

/// The tensors of a file. The crate checks that their places neither overlap
/// nor leave gaps; the values stay in the file.
pub(super) fn parse(file: &Section) -> Result<Vec<Group>, String> {
    let (header, length) = header(file)?;
    if header.data_len() as u64 != length {
        return Err(format!("its tensors need {} bytes, the file has {length}", header.data_len()));
    }
    let values = file.part(file.length() - length, length).ok_or("the file ends early")?;
    let mut group = Group::at("");
    let tensors: BTreeMap<_, _> = header.tensors().into_iter().collect();
    for (name, info) in tensors {
        let (start, end) = info.data_offsets;
        let place = values.part(start as u64, end.saturating_sub(start) as u64);
        group.add(
            &name,
            place.ok_or_else(|| "it ends beyond the file".into()).and_then(|place| {
                let dtype = dtype(info.dtype)
                    .ok_or_else(|| format!("type {:?} is not read", info.dtype))?;
                TensorData::whole(Arc::new(Storage::plain(place)), dtype, info.shape.clone())
            }),
        );
    }
    if group.is_empty() {
        return Err("it holds no tensors".into());
    }
    Ok(vec![group])
}

fn dtype(dtype: Dtype) -> Option<tensor::Dtype> {
    Some(match dtype {
        Dtype::F16 => tensor::Dtype::F16,
        Dtype::BF16 => tensor::Dtype::Bf16,
        Dtype::F32 => tensor::Dtype::F32,
        Dtype::F64 => tensor::Dtype::F64,
        Dtype::I64 => tensor::Dtype::I64,
        Dtype::I32 => tensor::Dtype::I32,
        Dtype::I16 => tensor::Dtype::I16,
        Dtype::I8 => tensor::Dtype::I8,
        Dtype::U8 => tensor::Dtype::U8,
        Dtype::BOOL => tensor::Dtype::Bool,
        _ => return None,
    })
}

/// Saves all variables of a network, with their origin where it has one,
/// atomically.
pub fn save_safetensors(
    store: &nn::VarStore,
    origin: Option<&Origin>,
    path: &Path,
) -> Result<(), CheckpointError> {
    let mut variables: Vec<(String, Tensor)> = store.variables().into_iter().collect();
    variables.sort_by(|a, b| a.0.cmp(&b.0));
    // Loaded in other programs as f32, whatever the training's precision.
    for (_, tensor) in &mut variables {
        *tensor = tensor.to_kind(Kind::Float);
    }
    let metadata = origin.map_or(Ok(HashMap::new()), Origin::to_metadata);
    let metadata = metadata.map_err(|reason| CheckpointError::Malformed {
        path: path.to_path_buf(),
        container: "origin of weights",
        reason,
    })?;
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
    let mut file = safetensors::serialize(views, Some(metadata)).map_err(malformed)?;
    seal::seal_tensors(&mut file);
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
