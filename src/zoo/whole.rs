//! A network that a study trained, all of it: for tests without training.

use tch::{nn, no_grad};

use super::checkpoint::Checkpoint;
use super::error::CheckpointError;
use super::load::LoadReport;

/// Puts every tensor of a network that a study trained into a network of the same
/// make, its head or decoder included.
///
/// # Errors
/// Where the file lacks a tensor of the network, or has it in another shape; the
/// network is half loaded then.
pub fn load_whole(
    store: &mut nn::VarStore,
    checkpoint: &Checkpoint,
) -> Result<LoadReport, CheckpointError> {
    let mut variables: Vec<_> = store.variables().into_iter().collect();
    variables.sort_by(|a, b| a.0.cmp(&b.0));
    let mut report = LoadReport {
        tensors: 0,
        values: 0,
        resized: Vec::new(),
        dropped: Vec::new(),
        notes: Vec::new(),
    };
    no_grad(|| {
        for (name, variable) in &mut variables {
            let fail = |reason: String| CheckpointError::Load {
                path: checkpoint.path.clone(),
                tensor: name.clone(),
                reason,
            };
            let data = checkpoint.tensors.get(name.as_str());
            let data = data.ok_or_else(|| fail("the file does not have it".into()))?;
            let wanted = variable.size();
            if !data.shape().iter().map(|d| *d as i64).eq(wanted.iter().copied()) {
                return Err(fail(format!("it has shape {:?}, expected {wanted:?}", data.shape())));
            }
            data.copy_to(variable).map_err(fail)?;
            report.tensors += 1;
            report.values += data.len();
        }
        Ok(report)
    })
}
