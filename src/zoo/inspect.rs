//! What a checkpoint on disk is and what it fits.

use std::collections::BTreeMap;
use std::path::Path;

use super::catalogue::{Entry, catalogue};
use super::checkpoint::{Checkpoint, read, read_nested};
use super::error::CheckpointError;
use super::fit::Fit;
use super::target::{Target, is_near};
use super::tensor::TensorData;
use crate::spec::Backbone;

/// How well a file fits a catalogue entry or a backbone.
#[derive(Clone, Debug, PartialEq)]
pub struct Match {
    /// The entry; `None` for a backbone without one.
    pub entry: Option<String>,
    /// The backbone.
    pub backbone: &'static str,
    /// Share of the backbone's tensors that are there with their shape.
    pub share: f64,
    /// Tables that would be resampled for another image size.
    pub resized: usize,
    /// What does not fit; `None` for an exact fit.
    pub mismatch: Option<String>,
}

/// What a checkpoint is.
#[derive(Debug)]
pub struct Inspection {
    /// The file.
    pub checkpoint: Checkpoint,
    /// Exact fits; where there is none, the best ones.
    pub matches: Vec<Match>,
}

/// Below this share a file is not worth naming a network.
const SHOWN: f64 = 0.5;

/// Reads a file and holds it against the catalogue and all backbones. Where
/// the tensors lie under an unusual key, `nesting` names it.
pub fn inspect(path: &Path, nesting: &[String]) -> Result<Inspection, CheckpointError> {
    let checkpoint = match read_nested(path, nesting) {
        Err(CheckpointError::Nesting { .. }) if nesting.is_empty() => by_catalogue(path)?,
        other => other?,
    };
    let mut targets: BTreeMap<&'static str, Target> = BTreeMap::new();
    let mut matches = Vec::new();
    for backbone in Backbone::ALL {
        if !is_near(backbone.name(), values(&checkpoint.tensors)) {
            continue;
        }
        let target = targets.entry(backbone.name()).or_insert_with(|| Target::of(backbone));
        let fit = Fit::guessed(target, &checkpoint.tensors);
        matches.push(as_match(None, backbone, &fit));
    }
    for entry in catalogue().ok().into_iter().flat_map(|all| all.values()) {
        if let Some(found) = held_against(entry, &checkpoint, &mut targets) {
            matches.push(found);
        }
    }
    let exact = matches.iter().any(|found| found.mismatch.is_none());
    matches.retain(|found| if exact { found.mismatch.is_none() } else { found.share >= SHOWN });
    // Entries before backbones alone, the best first; names break ties.
    matches.sort_by(|a, b| {
        b.share.total_cmp(&a.share).then(a.entry.is_none().cmp(&b.entry.is_none()))
    });
    Ok(Inspection { checkpoint, matches })
}

/// A file whose tensors lie where only a catalogue entry looks.
fn by_catalogue(path: &Path) -> Result<Checkpoint, CheckpointError> {
    let entries = catalogue().ok().into_iter().flat_map(|all| all.values());
    let nestings = entries.map(|entry| &entry.nesting).filter(|nesting| !nesting.is_empty());
    for nesting in nestings {
        if let Ok(checkpoint) = read_nested(path, nesting) {
            return Ok(checkpoint);
        }
    }
    read(path)
}

fn held_against(
    entry: &Entry,
    checkpoint: &Checkpoint,
    targets: &mut BTreeMap<&'static str, Target>,
) -> Option<Match> {
    let backbone = entry.known_backbone()?;
    if !entry.unresolved.is_empty() {
        return None;
    }
    let adapted = entry.adapter.apply(&checkpoint.tensors);
    if !is_near(backbone.name(), values(&adapted.tensors)) {
        return None;
    }
    let target = targets.entry(backbone.name()).or_insert_with(|| Target::of(backbone));
    Some(as_match(Some(entry.id.clone()), backbone, &Fit::of(target, adapted)))
}

fn as_match(entry: Option<String>, backbone: Backbone, fit: &Fit) -> Match {
    Match {
        entry,
        backbone: backbone.name(),
        share: fit.share(),
        resized: fit.resized.len(),
        mismatch: fit.mismatch(),
    }
}

fn values(tensors: &BTreeMap<String, TensorData>) -> u64 {
    tensors.values().map(|t| t.len() as u64).fold(0, u64::saturating_add)
}
