//! The classifier of a checkpoint, for predictions; training draws its own.

use tch::{nn, no_grad};

use super::adapter::Adapter;
use super::catalogue::Entry;
use super::checkpoint::Checkpoint;
use super::error::CheckpointError;
use super::fit::{LAYOUTS, wrapper};
use super::tensor::TensorData;
use crate::models::head_path;
use crate::spec::Backbone;

/// A linear classifier as it lies in a file.
#[derive(Clone, Debug)]
pub struct Head {
    /// `[outputs, features]`.
    pub weight: TensorData,
    /// `[outputs]`; some networks have none.
    pub bias: Option<TensorData>,
    /// Followed by a sigmoid in the file's own network, as the published
    /// benchmark's heads are (`fc.0.weight`).
    pub sigmoid: bool,
}

/// The classifier that a checkpoint has for a backbone; `None` where it has
/// none, or one that is more than a linear layer.
pub fn head(backbone: Backbone, checkpoint: &Checkpoint, entry: Option<&Entry>) -> Option<Head> {
    let whole = |adapter: Adapter| Adapter { drop: Vec::new(), ..adapter };
    let adapters: Vec<Adapter> = match entry {
        Some(entry) => vec![whole(entry.adapter.clone())],
        None => LAYOUTS
            .iter()
            .map(|layout| Adapter {
                keep: wrapper(&checkpoint.tensors),
                layout: *layout,
                ..Adapter::default()
            })
            .collect(),
    };
    adapters.iter().find_map(|adapter| of(backbone, checkpoint, adapter))
}

fn of(backbone: Backbone, checkpoint: &Checkpoint, adapter: &Adapter) -> Option<Head> {
    let tensors = adapter.apply(&checkpoint.tensors).tensors;
    let path = head_path(backbone);
    // More than one layer is a projection of self-supervised training.
    let layers = tensors
        .iter()
        .filter(|(name, tensor)| {
            let rest = name.strip_prefix(path).and_then(|rest| rest.strip_prefix('.'));
            rest.is_some_and(|rest| rest.ends_with("weight")) && tensor.shape().len() == 2
        })
        .count();
    if layers != 1 {
        return None;
    }
    [(path.to_string(), false), (format!("{path}.0"), true)].into_iter().find_map(
        |(path, sigmoid)| {
            let weight = tensors.get(&format!("{path}.weight"))?.clone();
            let outputs = *weight.shape().first()?;
            let bias = tensors.get(&format!("{path}.bias")).cloned();
            let fits = bias.as_ref().is_none_or(|bias| bias.shape() == [outputs]);
            (outputs > 0 && fits).then_some(Head { weight, bias, sigmoid })
        },
    )
}

/// Puts a classifier into that of a network; one without bias gets zeros.
///
/// # Errors
/// Where it is of another shape, or cannot be read; the network is half loaded
/// then.
pub fn load_head(
    store: &mut nn::VarStore,
    backbone: Backbone,
    head: &Head,
    checkpoint: &Checkpoint,
) -> Result<(), CheckpointError> {
    let path = head_path(backbone);
    let mut variables = store.variables();
    no_grad(|| {
        for (leaf, data) in [("weight", Some(&head.weight)), ("bias", head.bias.as_ref())] {
            let name = format!("{path}.{leaf}");
            let fail = |reason: String| CheckpointError::Load {
                path: checkpoint.path.clone(),
                tensor: name.clone(),
                reason,
            };
            let Some(variable) = variables.get_mut(&name) else { continue };
            let Some(data) = data else {
                let _ = variable.f_zero_().map_err(|error| fail(error.to_string()))?;
                continue;
            };
            let wanted = variable.size();
            if !data.shape().iter().map(|d| *d as i64).eq(wanted.iter().copied()) {
                return Err(fail(format!("it has shape {:?}, expected {wanted:?}", data.shape())));
            }
            data.copy_to(variable).map_err(fail)?;
        }
        Ok(())
    })
}
