//! Weights into a backbone, exactly or not at all.

use std::collections::BTreeMap;

use tch::{Tensor, nn, no_grad};

use super::catalogue::Entry;
use super::checkpoint::Checkpoint;
use super::error::CheckpointError;
use super::fit::Fit;
use super::mend::mend;
use super::target::{Target, may_be, sizes};
use super::tensor::TensorData;
use crate::models::resize;
use crate::spec::Backbone;

/// What was loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadReport {
    /// Tensors put into the backbone.
    pub tensors: usize,
    /// Values in them.
    pub values: usize,
    /// Tables that were resampled for another image size.
    pub resized: Vec<String>,
    /// Keys of the file that are not the backbone's.
    pub dropped: Vec<String>,
    /// What a user should know of how the file was read.
    pub notes: Vec<String>,
}

/// Puts a checkpoint into the backbone of a network; its head is left alone.
/// Values go from the file into the variables, without a copy in between where
/// type and order are the same; tables of Swin and ViT for another image size
/// are resampled.
///
/// # Errors
/// Unless every backbone variable is in the file with its shape and the file
/// has nothing else but a head and batch counters; nothing is changed then. A
/// file that cannot be read to its end leaves the network half loaded.
pub fn load_backbone(
    store: &mut nn::VarStore,
    backbone: Backbone,
    checkpoint: &Checkpoint,
) -> Result<LoadReport, CheckpointError> {
    load(store, backbone, checkpoint, None)
}

/// Checks that [`load_backbone`] would succeed; what a user should know of how
/// the file was read.
pub fn check_backbone(
    backbone: Backbone,
    checkpoint: &Checkpoint,
) -> Result<Vec<String>, CheckpointError> {
    let fit = guessed(&Target::of(backbone), checkpoint);
    verify(&fit, backbone, None, checkpoint)?;
    Ok(notes(&fit, checkpoint))
}

/// Which set of weights was taken, and what the fit says.
pub(super) fn notes(fit: &Fit, checkpoint: &Checkpoint) -> Vec<String> {
    let mut notes = Vec::new();
    if let [other, ..] = checkpoint.others.as_slice() {
        let place =
            |path: &str| if path.is_empty() { "the top level".into() } else { format!("`{path}`") };
        let taken = checkpoint.nesting.as_deref().unwrap_or_default();
        let others: Vec<String> = checkpoint.others.iter().map(|path| place(path)).collect();
        let way = if other.is_empty() {
            String::new()
        } else {
            format!("; `weights_from = {}` takes the other", crate::spec::toml_text(other))
        };
        notes.push(format!(
            "it holds {} sets of weights; {} was taken, not {}{way}",
            others.len() + 1,
            place(taken),
            others.join(", ")
        ));
    }
    notes.extend(fit.notes());
    notes
}

/// Puts a file of a catalogue model into the backbone, by the adapter of its
/// entry; see [`load_backbone`].
pub fn load_entry(
    store: &mut nn::VarStore,
    backbone: Backbone,
    entry: &Entry,
    checkpoint: &Checkpoint,
) -> Result<LoadReport, CheckpointError> {
    load(store, backbone, checkpoint, Some(entry))
}

/// Checks that [`load_entry`] would succeed.
pub fn check_entry(
    backbone: Backbone,
    entry: &Entry,
    checkpoint: &Checkpoint,
) -> Result<(), CheckpointError> {
    let fit = Fit::by(&Target::of(backbone), &entry.adapter, &checkpoint.tensors);
    verify(&fit, backbone, Some(entry), checkpoint)
}

fn load(
    store: &mut nn::VarStore,
    backbone: Backbone,
    checkpoint: &Checkpoint,
    entry: Option<&Entry>,
) -> Result<LoadReport, CheckpointError> {
    let mut variables = store.variables().into_iter().collect::<BTreeMap<_, _>>();
    let target = Target::of_variables(backbone, &variables);
    let fit = match entry {
        Some(entry) => Fit::by(&target, &entry.adapter, &checkpoint.tensors),
        None => guessed(&target, checkpoint),
    };
    verify(&fit, backbone, entry, checkpoint)?;
    no_grad(|| {
        for (name, data) in fit.found.iter().chain(&fit.resized) {
            let Some(variable) = variables.get_mut(name) else { continue };
            let copied = if fit.resized.contains_key(name) {
                copy_resized(name, data, variable)
            } else {
                data.copy_to(variable)
            };
            copied.map_err(|reason| CheckpointError::Load {
                path: checkpoint.path.clone(),
                tensor: name.clone(),
                reason,
            })?;
        }
        Ok::<_, CheckpointError>(())
    })?;
    Ok(LoadReport {
        notes: entry.map_or_else(|| notes(&fit, checkpoint), |_| Vec::new()),
        tensors: fit.found.len() + fit.resized.len(),
        values: fit.found.values().chain(fit.resized.values()).map(TensorData::len).sum(),
        resized: fit.resized.into_keys().collect(),
        dropped: fit.dropped,
    })
}

pub(super) fn copy_resized(
    name: &str,
    data: &TensorData,
    variable: &mut Tensor,
) -> Result<(), String> {
    let tensor = data.to_tensor()?;
    let resized = resize(name, &tensor, &variable.size()).map_err(|error| error.to_string())?;
    variable.f_copy_(&resized).map_err(|error| error.to_string())
}

fn guessed(target: &Target, checkpoint: &Checkpoint) -> Fit {
    Fit::guessed(target, &checkpoint.tensors)
}

pub(super) fn verify(
    fit: &Fit,
    backbone: Backbone,
    entry: Option<&Entry>,
    checkpoint: &Checkpoint,
) -> Result<(), CheckpointError> {
    let Some(mismatch) = fit.mismatch() else { return Ok(()) };
    Err(CheckpointError::Mismatch {
        path: checkpoint.path.clone(),
        backbone: backbone.name().into(),
        cause: match mend(backbone, entry, checkpoint, fit).to_string() {
            mend if mend.is_empty() => mend,
            mend => format!("{mend}\n  "),
        },
        mismatch,
    })
}

/// Another backbone that the file fits.
pub(super) fn other_fit(backbone: Backbone, checkpoint: &Checkpoint) -> Option<Backbone> {
    let sizes = sizes(&checkpoint.tensors);
    Backbone::ALL
        .into_iter()
        .filter(|other| *other != backbone && may_be(other.name(), &sizes))
        .find(|other| Fit::guessed(&Target::of(*other), &checkpoint.tensors).faults() == 0)
}
