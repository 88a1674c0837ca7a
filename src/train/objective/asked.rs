//! What every target has to answer, and which answers belong to which target.

use tch::nn::{self, ModuleT};
use tch::{Device, Kind, Tensor};

use super::classification::Classification;
use crate::data::{Case, Dataset};
use crate::models::ModelError;
use crate::records::{Metric, RunDir, Tested};
use crate::spec::{RunSpec, Target};
use crate::train::error::TrainError;
use crate::zoo::{Checkpoint, CheckpointError, Entry, LoadReport};

/// What a target asks of training.
pub(crate) trait Objective {
    /// Names of the network's outputs, in order; the header of the weights
    /// keeps them for `predict`.
    fn outputs(&self) -> &[String];

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

    /// What is true of some cases, as [`loss`](Self::loss) takes it.
    fn truth(
        &self,
        data: &Dataset,
        cases: &[usize],
        kind: Kind,
        device: Device,
    ) -> Result<Tensor, TrainError>;

    /// Mean loss of a batch, a scalar.
    fn loss(&self, output: &Tensor, truth: &Tensor) -> Result<Tensor, TrainError>;

    /// What a run leaves of some test cases, from the network's outputs.
    fn tested(
        &self,
        data: &Dataset,
        cases: &[usize],
        output: &Tensor,
    ) -> Result<Tested, TrainError>;

    /// Writes what was left of all test cases and gives the metrics of the run.
    fn record(&self, dir: &RunDir, tested: &Tested) -> Result<Vec<Metric>, TrainError>;
}

/// The objective of a data set's target.
pub(crate) fn objective(data: &Dataset) -> Box<dyn Objective> {
    let classes = &data.classes;
    match data.target {
        Target::Binary => Box::new(Classification::binary(classes)),
        Target::MultiClass => Box::new(Classification::multi_class(classes)),
        Target::MultiLabel => {
            let known = |case: &Case| (0..classes.len()).all(|class| case.truth.knows(class));
            Box::new(Classification::multi_label(classes, data.cases.iter().all(known)))
        }
    }
}
