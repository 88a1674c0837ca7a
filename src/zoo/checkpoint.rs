//! A checkpoint in memory, whatever file it came from.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::error::CheckpointError;
use super::{safetensors_file, torch_zip};

/// Kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    /// safetensors.
    Safetensors,
    /// torch 1.6 or later: a zip archive with a pickle.
    TorchZip,
}

/// Named tensors of a file.
#[derive(Clone, Debug)]
pub struct Checkpoint {
    /// The file.
    pub path: PathBuf,
    /// Kind of file.
    pub container: Container,
    /// Key under which the tensors were nested.
    pub nesting: Option<String>,
    /// Tensors by name as in the file, wrapper prefixes included.
    pub tensors: BTreeMap<String, TensorData>,
    /// SHA-256 of the file.
    pub sha256: String,
}

/// One tensor in C order. Half and brain floats are widened to f32; integers
/// and booleans become f64, exact up to 2^53.
#[derive(Clone, Debug, PartialEq)]
pub struct TensorData {
    /// Shape.
    pub shape: Vec<usize>,
    /// Values.
    pub values: Values,
}

/// Values of a tensor.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub enum Values {
    F32(Vec<f32>),
    F64(Vec<f64>),
}

impl TensorData {
    /// Number of values.
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// Whether there is no value.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Reads a checkpoint; nothing in it is executed, and memory stays within a
/// small multiple of the file's size.
pub fn read(path: &Path) -> Result<Checkpoint, CheckpointError> {
    let io = |source| CheckpointError::Read { path: path.to_path_buf(), source };
    let mut bytes = Vec::new();
    File::open(path).map_err(io)?.read_to_end(&mut bytes).map_err(io)?;
    let sha256 = Sha256::digest(&bytes).iter().map(|b| format!("{b:02x}")).collect();
    let (container, nesting, tensors) = match sniff(&bytes) {
        Sniffed::Safetensors => {
            let tensors = safetensors_file::parse(&bytes)
                .map_err(|reason| malformed(path, "safetensors", reason))?;
            (Container::Safetensors, None, tensors)
        }
        Sniffed::TorchZip => {
            let (nesting, tensors) =
                torch_zip::parse(&bytes).map_err(|reason| malformed(path, "torch zip", reason))?;
            (Container::TorchZip, nesting, tensors)
        }
        Sniffed::Foreign(found) => {
            return Err(CheckpointError::Foreign { path: path.to_path_buf(), found });
        }
    };
    Ok(Checkpoint { path: path.to_path_buf(), container, nesting, tensors, sha256 })
}

fn malformed(path: &Path, container: &'static str, reason: String) -> CheckpointError {
    CheckpointError::Malformed { path: path.to_path_buf(), container, reason }
}

enum Sniffed {
    Safetensors,
    TorchZip,
    Foreign(&'static str),
}

fn sniff(bytes: &[u8]) -> Sniffed {
    let starts = |magic: &[u8]| bytes.starts_with(magic);
    if starts(b"PK\x03\x04") {
        return Sniffed::TorchZip;
    }
    // A header length, then a JSON object.
    if bytes.len() > 9 && bytes[8] == b'{' {
        return Sniffed::Safetensors;
    }
    Sniffed::Foreign(if bytes.is_empty() {
        "empty"
    } else if starts(&[0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46]) {
        "a torch file of before 1.6 (load it in Python and save it again with torch.save)"
    } else if starts(&[0x80]) {
        "a plain Python pickle"
    } else if starts(b"\x89HDF") {
        "an HDF5 (Keras) file"
    } else if starts(b"<") || starts(b"version https://git-lfs") {
        "a web page or a Git LFS pointer, not the file itself"
    } else if starts(&[0x1f, 0x8b]) {
        "a gzip archive; unpack it first"
    } else {
        "of an unknown kind"
    })
}
