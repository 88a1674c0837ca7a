//! What a checkpoint on disk is and what it fits.

use std::collections::BTreeMap;
use std::path::Path;

use super::catalogue::{Entry, catalogue};
use super::checkpoint::{Checkpoint, read, read_as, read_nested};
use super::error::CheckpointError;
use super::fit::Fit;
use super::load::notes;
use super::mend::{Proposal, within};
use super::target::{Target, may_be, sizes};
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
    /// Why, where that can be told; of a backbone without an entry.
    pub cause: Option<String>,
    /// The line that would make it fit; of a backbone without an entry.
    pub proposal: Option<Proposal>,
    /// How the file would be read, where a user should know.
    pub notes: Vec<String>,
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
    let checkpoint = match (read_nested(path, nesting), nesting) {
        (Err(CheckpointError::Nesting { .. }), []) => by_catalogue(path)?,
        // The beginning of names is a place, too.
        (Err(CheckpointError::Nesting { .. }), [one]) => read_as(path, Some(one), None)?,
        (other, _) => other?,
    };
    let sizes_of_it = sizes(&checkpoint.tensors);
    let mut targets: BTreeMap<&'static str, Target> = BTreeMap::new();
    let mut matches = Vec::new();
    for backbone in Backbone::ALL {
        if !may_be(backbone.name(), &sizes_of_it) {
            continue;
        }
        let target = targets.entry(backbone.name()).or_insert_with(|| Target::of(backbone));
        let fit = Fit::guessed(target, &checkpoint.tensors);
        let notes = if fit.faults() == 0 { notes(&fit, &checkpoint) } else { Vec::new() };
        matches.push(Match { notes, ..as_match(None, backbone, &fit) });
    }
    for entry in catalogue().ok().into_iter().flat_map(|all| all.values()) {
        if let Some(found) = held_against(entry, &checkpoint, &mut targets) {
            matches.push(found);
        }
    }
    let exact = matches.iter().any(|found| found.mismatch.is_none());
    if !exact {
        explain(&mut matches, &checkpoint, &targets);
    }
    let near = |found: &Match| found.share >= SHOWN || found.proposal.is_some();
    matches.retain(|found| if exact { found.mismatch.is_none() } else { near(found) });
    // Entries before backbones alone, the best first; names break ties.
    matches.sort_by(|a, b| {
        b.share.total_cmp(&a.share).then(a.entry.is_none().cmp(&b.entry.is_none()))
    });
    Ok(Inspection { checkpoint, matches })
}

/// Why the nearest backbones do not fit, and what would mend it.
fn explain(
    matches: &mut [Match],
    checkpoint: &Checkpoint,
    targets: &BTreeMap<&'static str, Target>,
) {
    let mut own: Vec<&mut Match> = matches.iter_mut().filter(|m| m.entry.is_none()).collect();
    own.sort_by(|a, b| b.share.total_cmp(&a.share));
    for found in own {
        let Some(target) = targets.get(found.backbone) else { continue };
        let mend = within(target, checkpoint, &Fit::guessed(target, &checkpoint.tensors));
        (found.cause, found.proposal) = (mend.cause, mend.proposal);
        // Under names of one's own no tensor is where it belongs; any of the
        // networks of this size may be meant.
        if found.share >= SHOWN || found.proposal.is_some() {
            break;
        }
    }
}

impl Inspection {
    /// The set of weights to name in a study: `None` where the one that was
    /// looked at is what a study takes by itself.
    pub fn weights_from(&self) -> Option<&str> {
        let by_itself = read(&self.checkpoint.path).ok();
        let same = by_itself.is_some_and(|read| read.nesting == self.checkpoint.nesting);
        self.checkpoint.nesting.as_deref().filter(|_| !same)
    }
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
    if !may_be(backbone.name(), &[values(&adapted.tensors)]) {
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
        cause: None,
        proposal: None,
        notes: Vec::new(),
    }
}

fn values(tensors: &BTreeMap<String, TensorData>) -> u64 {
    tensors.values().map(|t| t.len() as u64).fold(0, u64::saturating_add)
}
