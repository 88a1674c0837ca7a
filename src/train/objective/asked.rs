//! What every target has to answer, and which answers belong to which target.

use tch::nn::{self, ModuleT};
use tch::{Device, Kind, Tensor};

use super::classification::Classification;
use super::link::Link;
use super::rare;
use super::segmentation::Segmentation;
use crate::data::{Case, Dataset};
use crate::models::ModelError;
use crate::records::{Metric, RunDir, Tested};
use crate::spec::{Loss, Recipe, RunSpec, Target, Task};
use crate::train::error::TrainError;
use crate::train::sample::Sampler;
use crate::zoo::{Checkpoint, CheckpointError, Entry, LoadReport};

/// What a target asks of training.
pub(crate) trait Objective {
    /// Names of the network's outputs, in order; the header of the weights
    /// keeps them for `predict`.
    fn outputs(&self) -> &[String];

    /// What turns outputs into probabilities.
    fn link(&self) -> Link;

    /// Builds the network of a run under `root`, drawing from libtorch's
    /// generator.
    fn network(&self, root: &nn::Path<'_>, spec: &RunSpec) -> Result<Box<dyn ModuleT>, ModelError>;

    /// Puts pretrained weights into the part of the network that the run's
    /// backbone is; an entry of the catalogue knows the names in its file.
    fn load(
        &self,
        store: &mut nn::VarStore,
        spec: &RunSpec,
        entry: Option<&Entry>,
        checkpoint: &Checkpoint,
    ) -> Result<LoadReport, CheckpointError>;

    /// What is true of some cases, as [`loss`](Self::loss) takes it; where that
    /// has places, they are moved as the images are.
    fn truth(
        &self,
        data: &Dataset,
        cases: &[usize],
        sampler: &Sampler<'_>,
        options: (Kind, Device),
    ) -> Result<Tensor, TrainError>;

    /// Mean loss of a batch, a scalar.
    fn loss(&self, output: &Tensor, truth: &Tensor) -> Result<Tensor, TrainError>;

    /// What an epoch is judged by on the validation cases: [`score`](Self::score)
    /// makes one number of it. May be less exact than [`tested`](Self::tested).
    fn watched(&self, step: &Step<'_>, decision: f64) -> Result<Tested, TrainError> {
        self.tested(step, decision)
    }

    /// The metric that an epoch can be selected by; none where it is undefined.
    fn score(&self, watched: &Tested) -> Option<f64>;

    /// Thresholds to choose from on the validation cases, the first one
    /// preferred; none where there is nothing to choose.
    fn candidates(&self) -> &[f64] {
        &[]
    }

    /// The threshold that is used where none is chosen.
    fn stated_decision(&self) -> f64 {
        0.5
    }

    /// What a run leaves of some test cases, from the network's outputs.
    fn tested(&self, step: &Step<'_>, decision: f64) -> Result<Tested, TrainError>;

    /// The metrics of a run.
    fn metrics(&self, tested: &Tested) -> Vec<Metric>;

    /// Writes what was left of all test cases.
    fn record(&self, dir: &RunDir, data: &Dataset, tested: &Tested) -> Result<(), TrainError>;
}

/// What a network gave for some cases.
pub(crate) struct Step<'a> {
    /// The data.
    pub(crate) data: &'a Dataset,
    /// The cases, as indices into it.
    pub(crate) cases: &'a [usize],
    /// The outputs.
    pub(crate) output: &'a Tensor,
    /// What is true, as the loss takes it.
    pub(crate) truth: &'a Tensor,
}

/// What is asked of a run on a data set, of which it trains on some cases.
///
/// # Errors
/// The recipe has weights for another number of classes.
pub(crate) fn objective(
    recipe: &Recipe,
    task: &Task,
    data: &Dataset,
    train: &[usize],
) -> Result<Box<dyn Objective>, TrainError> {
    let classes = &data.classes;
    let focal = recipe.loss == Loss::Focal;
    let weights = weights(recipe, data, train)?;
    Ok(match data.target {
        Target::Binary => Box::new(Classification::binary(classes, focal, weights)),
        Target::MultiClass => Box::new(Classification::multi_class(classes, weights)),
        Target::MultiLabel => {
            let known = |case: &Case| (0..classes.len()).all(|class| case.truth.knows(class));
            let all_known = data.cases.iter().all(known);
            Box::new(Classification::multi_label(classes, all_known, focal, weights))
        }
        Target::Segmentation => Box::new(Segmentation::new(recipe.loss, task, classes)),
    })
}

/// Weights of the outputs, where the recipe asks for some.
fn weights(
    recipe: &Recipe,
    data: &Dataset,
    train: &[usize],
) -> Result<Option<Vec<f64>>, TrainError> {
    let (key, stated, outputs) = match data.target {
        Target::Binary => ("pos_weight", &recipe.pos_weight, 1),
        Target::MultiLabel => ("pos_weight", &recipe.pos_weight, data.classes.len()),
        Target::MultiClass => ("class_weights", &recipe.class_weights, data.classes.len()),
        Target::Segmentation => return Ok(None),
    };
    let Some(stated) = stated else { return Ok(None) };
    let auto = || match data.target {
        Target::MultiClass => rare::balanced(data, train),
        _ => rare::negatives_over_positives(data, train),
    };
    let misfit = |reason| TrainError::Weights { key, task: data.name.clone(), reason };
    stated.of(outputs, auto).map(Some).map_err(misfit)
}
