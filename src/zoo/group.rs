//! Named tensors of one place in a file.

use std::collections::BTreeMap;

use super::tensor::TensorData;

/// Tensors that lie together in a file: a dict, a bundle.
#[derive(Clone, Debug, Default)]
pub struct Group {
    /// Keys that lead to it, joined by `.`; empty at the top level.
    pub path: String,
    /// Tensors by name as in the file, wrapper prefixes included.
    pub tensors: BTreeMap<String, TensorData>,
    /// What cannot be read of it, in words.
    pub(super) faults: Vec<String>,
}

impl Group {
    pub(super) fn at(path: &str) -> Self {
        Self { path: path.into(), ..Self::default() }
    }

    pub(super) fn add(&mut self, name: &str, tensor: Result<TensorData, String>) {
        match tensor {
            Ok(tensor) => {
                if self.tensors.insert(name.into(), tensor).is_some() {
                    self.faults.push(format!("tensor {name} is there twice"));
                }
            }
            Err(fault) => self.faults.push(format!("tensor {name}: {fault}")),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.tensors.is_empty() && self.faults.is_empty()
    }

    /// Number of values of all tensors.
    pub fn values(&self) -> u64 {
        self.tensors.values().map(|t| t.len() as u64).fold(0, u64::saturating_add)
    }
}

/// Path of a key below a path.
pub(super) fn below(path: &str, key: &str) -> String {
    if path.is_empty() { key.into() } else { format!("{path}.{key}") }
}
