//! Where the weights of a run start, and what those come from.

use std::path::{Path, PathBuf};

use tch::nn;

use super::error::TrainError;
use super::objective::Objective;
use super::whole;
use crate::records::{Ancestor, LoadedWeights, RunDir};
use crate::spec::{InitSource, RunSpec};
use crate::zoo::{self, Checkpoint, Entry, LoadReport};

/// Puts pretrained weights into the backbone; the rest of the network stays
/// random, unless it is tested as it is.
pub(super) fn load(
    store: &mut nn::VarStore,
    objective: &dyn Objective,
    spec: &RunSpec,
    dir: &RunDir,
) -> Result<Option<LoadedWeights>, TrainError> {
    let Some(path) = file(spec, dir)? else { return Ok(None) };
    let entry = entry(spec)?;
    let checkpoint = match (entry, &spec.init_source) {
        (Some(entry), _) => zoo::read_nested(&path, &entry.nesting)?,
        (None, InitSource::Weights { weights_from, keys, .. }) => {
            zoo::read_as(&path, weights_from.as_deref(), keys.as_ref())?
        }
        (None, _) => zoo::read(&path)?,
    };
    if let InitSource::Weights { sha256, .. } = &spec.init_source {
        check_hash(&path, &checkpoint, sha256)?;
    }
    let report = match spec.recipe.epochs {
        0 => whole::load(store, objective, spec, entry, (&path, &checkpoint))?,
        _ => objective.load(store, spec, entry, &checkpoint)?,
    };
    Ok(Some(loaded(report)))
}

/// What the weights of a run come from, oldest first; empty for random ones.
pub(super) fn ancestors(spec: &RunSpec, dir: &RunDir) -> Result<Vec<Ancestor>, TrainError> {
    let Some(path) = file(spec, dir)? else { return Ok(Vec::new()) };
    let entry = entry(spec)?;
    let sha256 = match &spec.init_source {
        // Compared with the file before the training.
        InitSource::Weights { sha256, .. } => sha256.clone(),
        _ => zoo::read(&path)?.sha256()?,
    };
    Ok(zoo::ancestry(&path, entry, &sha256)?)
}

/// The checkpoint that a run starts from; `None` for random weights.
fn file(spec: &RunSpec, dir: &RunDir) -> Result<Option<PathBuf>, TrainError> {
    match &spec.init_source {
        InitSource::Random => Ok(None),
        InitSource::Weights { path, .. } => Ok(Some(path.clone())),
        InitSource::Pretrained { run } => {
            let path = sibling(dir.root(), &run.0).weights();
            if path.is_file() {
                Ok(Some(path))
            } else {
                Err(TrainError::NoPretrainedWeights { path })
            }
        }
    }
}

fn entry(spec: &RunSpec) -> Result<Option<&'static Entry>, TrainError> {
    match &spec.init_source {
        InitSource::Weights { zoo: Some(id), .. } => Ok(Some(zoo::find(id)?)),
        _ => Ok(None),
    }
}

fn loaded(report: LoadReport) -> LoadedWeights {
    LoadedWeights {
        tensors: report.tensors as u64,
        values: report.values as u64,
        resized: report.resized,
        dropped: report.dropped.len() as u64,
        notes: report.notes,
    }
}

/// The file must be the one that the run is named by.
fn check_hash(path: &Path, checkpoint: &Checkpoint, expected: &str) -> Result<(), TrainError> {
    let got = checkpoint.sha256()?;
    if got == expected {
        return Ok(());
    }
    Err(TrainError::WeightsChanged { path: path.into(), got, expected: expected.into() })
}

fn sibling(run_dir: &Path, run: &str) -> RunDir {
    RunDir::at(run_dir.parent().unwrap_or(Path::new(".")).join(run))
}
