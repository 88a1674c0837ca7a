//! A network that is tested as it is: `epochs = 0`. What a file holds is tested,
//! its head or decoder included, so it must be a network for this task.

use std::path::Path;

use tch::nn;

use super::error::TrainError;
use super::objective::Objective;
use crate::spec::{RunSpec, Target};
use crate::zoo::{self, Checkpoint, Entry, LoadReport};

/// Puts a whole network into the store.
///
/// # Errors
/// Where the file holds none, one of another make or for other classes.
pub(super) fn load(
    store: &mut nn::VarStore,
    objective: &dyn Objective,
    spec: &RunSpec,
    entry: Option<&Entry>,
    (path, checkpoint): (&Path, &Checkpoint),
) -> Result<LoadReport, TrainError> {
    let misfit = |reason: String| TrainError::NotWhole { path: path.into(), reason };
    let outputs = objective.outputs();
    if let Some(origin) = zoo::origin(path)? {
        let own = &origin.spec;
        if (own.backbone, own.decoder) != (spec.backbone, spec.decoder) {
            let (got, wanted) = (own.backbone.name(), spec.backbone.name());
            return Err(misfit(format!("it is a {got} and the model of this run a {wanted}")));
        }
        if own.task_spec.target != spec.task_spec.target || origin.classes != outputs {
            let of = |target: Target, classes: &[String]| {
                format!("{} of {}", target.name(), classes.join(", "))
            };
            let got = of(own.task_spec.target, &origin.classes);
            let wanted = of(spec.task_spec.target, outputs);
            return Err(misfit(format!("it was trained for {got}, and the task is {wanted}")));
        }
        if own.normalization != spec.normalization {
            let (got, here) = (own.normalization.name(), spec.normalization.name());
            return Err(misfit(format!(
                "it was trained with images normalised by {got:?}, and this study uses {here:?}; \
                 write normalization = {got:?} in the init"
            )));
        }
        return Ok(zoo::load_whole(store, checkpoint)?);
    }
    if spec.task_spec.target == Target::Segmentation {
        return Err(misfit("for masks it takes the weights that a run of a study kept".into()));
    }
    let mut report = objective.load(store, spec, entry, checkpoint)?;
    let head = zoo::head(spec.backbone, checkpoint, entry)
        .ok_or_else(|| misfit("it has no classifier behind the backbone".into()))?;
    zoo::load_head(store, spec.backbone, &head, checkpoint)?;
    report.notes.push(format!(
        "the outputs of its classifier have no names and are taken to be {}, in this order",
        outputs.join(", ")
    ));
    Ok(report)
}
