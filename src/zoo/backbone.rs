//! Weights into a backbone, exactly or not at all.

use std::collections::BTreeMap;

use tch::{Device, Tensor, nn, no_grad};

use super::checkpoint::{Checkpoint, TensorData, Values};
use super::error::CheckpointError;
use crate::models::{build, head_prefix};
use crate::spec::Backbone;

/// Wrappers that training scripts put around a network; one is removed only
/// where every key carries it.
const WRAPPERS: [&str; 5] = ["module.", "model.", "backbone.", "encoder.", "encoder_q."];

/// What was loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadReport {
    /// Tensors put into the backbone.
    pub tensors: usize,
    /// Values in them.
    pub values: usize,
    /// Keys of the file that belong to its old head.
    pub dropped: Vec<String>,
}

/// Puts a checkpoint into the backbone of a network; its head is left alone.
///
/// # Errors
/// Unless every backbone variable is in the file with its shape and the file
/// has nothing else but a head and batch counters. Nothing is changed then.
pub fn load_backbone(
    store: &mut nn::VarStore,
    backbone: Backbone,
    checkpoint: &Checkpoint,
) -> Result<LoadReport, CheckpointError> {
    let variables = store.variables().into_iter().collect::<BTreeMap<_, _>>();
    let matched = Match::of(&shapes(&variables), backbone, checkpoint);
    matched.verify(backbone, checkpoint)?;
    no_grad(|| {
        for (name, mut variable) in variables {
            if let Some(data) = matched.found.get(&name) {
                variable.copy_(&to_tensor(data));
            }
        }
    });
    Ok(LoadReport {
        tensors: matched.found.len(),
        values: matched.found.values().map(|t| t.len()).sum(),
        dropped: matched.dropped.clone(),
    })
}

/// Checks that [`load_backbone`] would succeed.
pub fn check_backbone(backbone: Backbone, checkpoint: &Checkpoint) -> Result<(), CheckpointError> {
    Match::of(&expected(backbone), backbone, checkpoint).verify(backbone, checkpoint)
}

type Shapes = BTreeMap<String, Vec<usize>>;

fn shapes(variables: &BTreeMap<String, Tensor>) -> Shapes {
    let shape = |t: &Tensor| t.size().iter().map(|d| *d as usize).collect();
    variables.iter().map(|(name, tensor)| (name.clone(), shape(tensor))).collect()
}

fn expected(backbone: Backbone) -> Shapes {
    let store = nn::VarStore::new(Device::Cpu);
    build(&store.root(), backbone, 1);
    shapes(&store.variables().into_iter().collect())
}

fn to_tensor(data: &TensorData) -> Tensor {
    let shape: Vec<i64> = data.shape.iter().map(|d| *d as i64).collect();
    match &data.values {
        Values::F32(values) => Tensor::from_slice(values).view(&shape[..]),
        Values::F64(values) => Tensor::from_slice(values).view(&shape[..]),
    }
}

/// A checkpoint held against a backbone.
struct Match<'a> {
    found: BTreeMap<String, &'a TensorData>,
    dropped: Vec<String>,
    missing: Vec<String>,
    unexpected: Vec<String>,
    misshapen: Vec<String>,
}

impl<'a> Match<'a> {
    fn of(expected: &Shapes, backbone: Backbone, checkpoint: &'a Checkpoint) -> Self {
        let head = head_prefix(backbone);
        let mut matched = Self {
            found: BTreeMap::new(),
            dropped: Vec::new(),
            missing: Vec::new(),
            unexpected: Vec::new(),
            misshapen: Vec::new(),
        };
        for (name, data) in unwrapped(&checkpoint.tensors) {
            if name.starts_with(head) {
                matched.dropped.push(name);
            } else if name.ends_with("num_batches_tracked") {
                // Only counts batches; torchvision's default momentum ignores it.
            } else if let Some(shape) = expected.get(&name) {
                if *shape == data.shape {
                    matched.found.insert(name, data);
                } else {
                    matched.misshapen.push(format!("{name} {:?} for {shape:?}", data.shape));
                }
            } else {
                matched.unexpected.push(name);
            }
        }
        matched.missing = expected
            .keys()
            .filter(|name| !name.starts_with(head))
            .filter(|name| !matched.found.contains_key(*name))
            .filter(|name| !matched.misshapen.iter().any(|m| m.starts_with(&format!("{name} "))))
            .cloned()
            .collect();
        matched
    }

    fn faults(&self) -> usize {
        self.missing.len() + self.unexpected.len() + self.misshapen.len()
    }

    fn verify(&self, backbone: Backbone, checkpoint: &Checkpoint) -> Result<(), CheckpointError> {
        if self.faults() == 0 {
            return Ok(());
        }
        let parts = [
            listed("missing", &self.missing),
            listed("unexpected", &self.unexpected),
            listed("of another shape", &self.misshapen),
        ];
        let mismatch: Vec<String> = parts.into_iter().flatten().collect();
        let fitting = Backbone::ALL
            .into_iter()
            .filter(|other| *other != backbone)
            .find(|other| Match::of(&expected(*other), *other, checkpoint).faults() == 0);
        let fits = fitting.map_or(String::new(), |other| {
            format!("; it fits backbone = \"{}\" exactly", other.name())
        });
        Err(CheckpointError::Mismatch {
            path: checkpoint.path.clone(),
            backbone: backbone.name(),
            mismatch: mismatch.join("; "),
            fits,
        })
    }
}

/// Names without wrappers.
fn unwrapped(tensors: &BTreeMap<String, TensorData>) -> Vec<(String, &TensorData)> {
    let mut start = 0;
    loop {
        let wrapper = WRAPPERS.iter().find(|wrapper| {
            !tensors.is_empty() && tensors.keys().all(|k| k[start..].starts_with(**wrapper))
        });
        match wrapper {
            Some(wrapper) => start += wrapper.len(),
            None => break,
        }
    }
    tensors.iter().map(|(name, data)| (name[start..].to_string(), data)).collect()
}

fn listed(what: &str, names: &[String]) -> Option<String> {
    const SHOWN: usize = 8;
    if names.is_empty() {
        return None;
    }
    let rest = names.len().saturating_sub(SHOWN);
    let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
    let shown = names[..names.len().min(SHOWN)].join(", ");
    Some(format!("{} {what}: {shown}{more}", names.len()))
}
