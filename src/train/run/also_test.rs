//! Further sets that a trained network is tested on.

use tch::no_grad;

use super::Run;
use crate::data::{DataError, Dataset, Split};
use crate::records::{AlsoTested, RunDir, Tested};
use crate::spec::{Recipe, RunSpec};
use crate::train::batch::Batches;
use crate::train::error::TrainError;
use crate::train::evaluate::Evaluation;
use crate::train::objective::{Objective, objective};

/// A set with what its target asks of tests.
pub(super) struct TestSet {
    name: String,
    data: Dataset,
    objective: Box<dyn Objective>,
    cases: Vec<usize>,
}

/// All further test sets of a run, in the order of the study file.
///
/// # Errors
/// Where one is not there, has no test cases, or is of other classes.
pub(super) fn open(
    spec: &RunSpec,
    own: &Dataset,
    cache_dir: &std::path::Path,
) -> Result<Vec<TestSet>, TrainError> {
    let one = |set: &crate::spec::AlsoTest| {
        let data = Dataset::open(cache_dir, &set.data_hash)?;
        let data = data
            .with_classes(&own.classes)
            .map_err(|reason| DataError::Task { task: set.name.clone(), reason })?;
        let cases = data.indices(Split::Test);
        if cases.is_empty() {
            return Err(TrainError::EmptySplit { task: set.name.clone(), split: "test" });
        }
        // Weights are of training.
        let recipe = Recipe { pos_weight: None, class_weights: None, ..spec.recipe.clone() };
        let objective = objective(&recipe, &set.task_spec, &data, &[])?;
        Ok(TestSet { name: set.name.clone(), data, objective, cases })
    };
    spec.also_test.iter().map(one).collect()
}

impl Run<'_> {
    /// What the network leaves of every further test set.
    pub(super) fn also_tested(&self, threshold: f64) -> Result<Vec<Tested>, TrainError> {
        let of = |set: &TestSet| {
            let arithmetic = self.batches.arithmetic();
            let recipe = &self.spec.recipe;
            let normalization = self.spec.normalization;
            let objective = &*set.objective;
            let batches = Batches::new(&set.data, objective, recipe, normalization, arithmetic);
            let evaluation = Evaluation { batches: &batches, ..self.evaluation() };
            no_grad(|| evaluation.test(&set.cases, threshold))
        };
        self.test_sets.iter().map(of).collect()
    }

    /// Writes it into the folder of an attempt; gives the metrics.
    pub(super) fn record_also(
        &self,
        dir: &RunDir,
        tested: &[Tested],
    ) -> Result<Vec<AlsoTested>, TrainError> {
        let sets = self.test_sets.iter().zip(tested);
        let one = |(set, tested): (&TestSet, &Tested)| {
            set.objective.record(&dir.of_test_set(&set.name), &set.data, tested)?;
            Ok(AlsoTested {
                test_set: set.name.clone(),
                metrics: set.objective.metrics(tested),
                cases: set.cases.len() as u64,
            })
        };
        sets.map(one).collect()
    }
}
