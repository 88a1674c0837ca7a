//! The classifier of a checkpoint, for predictions; training draws its own.

use std::collections::{BTreeMap, BTreeSet};

use tch::{nn, no_grad};

use super::adapter::Adapter;
use super::aside::is_head;
use super::catalogue::Entry;
use super::checkpoint::Checkpoint;
use super::error::CheckpointError;
use super::fit::Fit;
use super::scope::{rank, unmarked};
use super::target::Target;
use super::tensor::TensorData;
use crate::models::{feature_width, head_path};
use crate::spec::Backbone;

/// A linear classifier as it lies in a file.
#[derive(Clone, Debug)]
pub struct Head {
    /// `[outputs, features]`.
    pub weight: TensorData,
    /// `[outputs]`; some networks have none.
    pub bias: Option<TensorData>,
    /// Followed by a sigmoid in the file's own network, as the published
    /// benchmark's heads are (`fc.0.weight` of its models).
    pub sigmoid: bool,
    /// Its name in the file where it is one of several layers there, of which
    /// the others have no parameters: dropout, a sigmoid, a softmax.
    pub nested: Option<String>,
}

/// The classifier that a checkpoint has for a backbone; `None` where it has
/// none, or one that is more than a linear layer.
pub fn head(backbone: Backbone, checkpoint: &Checkpoint, entry: Option<&Entry>) -> Option<Head> {
    match entry {
        Some(entry) => of_entry(backbone, checkpoint, entry),
        None => found(backbone, checkpoint),
    }
}

/// By the names of a catalogue entry.
fn of_entry(backbone: Backbone, checkpoint: &Checkpoint, entry: &Entry) -> Option<Head> {
    let adapter = Adapter { drop: Vec::new(), ..entry.adapter.clone() };
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
            let bias = tensors.get(&format!("{path}.bias")).cloned();
            whole(weight, bias).map(|head| Head { sigmoid, ..head })
        },
    )
}

/// A weight with its bias, where they fit each other.
fn whole(weight: TensorData, bias: Option<TensorData>) -> Option<Head> {
    let outputs = *weight.shape().first()?;
    let fits = bias.as_ref().is_none_or(|bias| bias.shape() == [outputs]);
    (outputs > 0 && fits).then_some(Head { weight, bias, sigmoid: false, nested: None })
}

/// Names of classifiers that are not those of the backbone, wherever they
/// stand: beside the network or beside what wraps it.
fn found(backbone: Backbone, checkpoint: &Checkpoint) -> Option<Head> {
    let fit = Fit::guessed(&Target::of(backbone), &checkpoint.tensors);
    let taken: BTreeSet<&String> = fit.keys.values().collect();
    let mut layers: BTreeMap<String, Vec<&String>> = BTreeMap::new();
    for (key, tensor) in &checkpoint.tensors {
        let free =
            !taken.contains(key) && key.ends_with(".weight") && rank(key) <= rank(&fit.scope);
        let other = fit.others.iter().any(|o| !o.is_empty() && key.starts_with(o.as_str()));
        if free
            && !other
            && is_layer(tensor.shape())
            && let Some(root) = root(key, &fit.scope)
        {
            layers.entry(root).or_default().push(key);
        }
    }
    // The nearest to the network; of those the one with the usual name.
    let near = |root: &str| root.bytes().zip(fit.scope.bytes()).take_while(|(a, b)| a == b).count();
    let nearest = layers.keys().map(|root| near(root)).max()?;
    let mut roots: Vec<&String> = layers.keys().filter(|root| near(root) == nearest).collect();
    if roots.len() > 1 {
        let usual = format!("{}{}", fit.scope, head_path(backbone).split('.').next()?);
        roots.retain(|root| **root == usual);
    }
    let [root] = roots.as_slice() else { return None };
    // More than one layer is a projection of self-supervised training.
    let [key] = layers[*root].as_slice() else { return None };
    let path = key.strip_suffix(".weight")?;
    let outputs = checkpoint.tensors[*key].shape().first().copied()?;
    let weight = checkpoint.tensors[*key].reshaped(&[outputs, feature_width(backbone)])?;
    let bias = checkpoint.tensors.get(&format!("{path}.bias")).cloned();
    let nested = is_nested(root, &path[root.len()..]).then(|| path.to_string());
    whole(weight, bias).map(|head| Head { nested, ..head })
}

/// Whether a weight is that of a linear layer, also as a convolution of 1 x 1.
fn is_layer(shape: &[usize]) -> bool {
    matches!(shape, [_, _] | [_, _, 1, 1])
}

/// Where a classifier begins in a name: at the first part that is called like
/// one, behind the network's own beginning where it lies there.
fn root(key: &str, scope: &str) -> Option<String> {
    let start = if key.starts_with(scope) { scope } else { "" };
    let mut path = start.to_string();
    for part in key[start.len()..].split('.') {
        path.push_str(part);
        if is_head(part) && unmarked(part) == part {
            return Some(path);
        }
        path.push('.');
    }
    None
}

/// Whether numbers follow the name of a classifier that its own library does
/// not put there: `fc.0`, `classifier.1.1`.
fn is_nested(root: &str, inside: &str) -> bool {
    let numbers: Vec<&str> = inside.split('.').filter(|part| part.parse::<u32>().is_ok()).collect();
    // MobileNetV2 of torchvision and ResNet of transformers; ConvNeXt.
    let usual = root.ends_with("classifier") && matches!(numbers.as_slice(), ["1" | "2"]);
    !numbers.is_empty() && !usual
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
