//! Weights of a classification network into the encoder of a segmentation
//! network.

use tch::{nn, no_grad};

use super::adapter::convnext_name;
use super::catalogue::Entry;
use super::checkpoint::Checkpoint;
use super::error::CheckpointError;
use super::fit::Fit;
use super::load::{LoadReport, copy_resized, notes, verify};
use super::target::{Target, is_computed};
use crate::models::segmentation::Decoder;
use crate::spec::Backbone;

/// Norms of the maps, which only the segmentation networks have; they start at
/// weight 1 and bias 0.
const MAP_NORMS: [&str; 4] = ["norm0.", "norm1.", "norm2.", "norm3."];

/// Puts a checkpoint of the backbone into the encoder; the decoder is left
/// alone. What the encoder has no place for (the norm after the last stage) is
/// reported as dropped; tables of Swin are resampled for the network's size.
///
/// # Errors
/// Unless the file fits the backbone exactly, as for classification; nothing is
/// changed then.
pub fn load_encoder(
    store: &mut nn::VarStore,
    decoder: Decoder,
    backbone: Backbone,
    entry: Option<&Entry>,
    checkpoint: &Checkpoint,
) -> Result<LoadReport, CheckpointError> {
    let target = Target::of(backbone);
    let mut fit = match entry {
        Some(entry) => Fit::by(&target, &entry.adapter, &checkpoint.tensors),
        None => Fit::guessed(&target, &checkpoint.tensors),
    };
    verify(&fit, backbone, entry, checkpoint)?;
    let mut tensors = std::mem::take(&mut fit.found);
    tensors.append(&mut fit.resized);
    let mut report = LoadReport {
        tensors: 0,
        values: 0,
        resized: Vec::new(),
        notes: entry.map_or_else(|| notes(&fit, checkpoint), |_| Vec::new()),
        dropped: std::mem::take(&mut fit.dropped),
    };
    let mut variables: Vec<_> = store.variables().into_iter().collect();
    variables.sort_by(|a, b| a.0.cmp(&b.0));
    no_grad(|| {
        for (path, mut variable) in variables {
            let Some(name) = path.strip_prefix(decoder.encoder_prefix()) else { continue };
            if is_computed(name) || MAP_NORMS.iter().any(|norm| name.starts_with(norm)) {
                continue;
            }
            let fail = |reason: String| CheckpointError::Load {
                path: checkpoint.path.clone(),
                tensor: path.clone(),
                reason,
            };
            // The published form of ConvNeXt has the authors' names.
            let found = tensors.remove_entry(name);
            let found = found.or_else(|| tensors.remove_entry(&convnext_name(name)));
            let (name, data) = found
                .ok_or_else(|| fail(format!("no tensor of {} belongs there", backbone.name())))?;
            let shape = variable.size();
            if data.shape().iter().map(|d| *d as i64).eq(shape.iter().copied()) {
                data.copy_to(&mut variable).map_err(fail)?;
            } else {
                copy_resized(&name, &data, &mut variable).map_err(fail)?;
                report.resized.push(path.clone());
            }
            report.tensors += 1;
            report.values += data.len();
        }
        Ok::<_, CheckpointError>(())
    })?;
    report.dropped.extend(tensors.into_keys());
    Ok(report)
}
