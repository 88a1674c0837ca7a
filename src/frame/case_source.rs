//! The predictions of a study, run by run.

use std::sync::Arc;

use super::predictions::read_predictions;
use super::results::Results;
use crate::compare::cases::{CaseRun, CaseSource, CaseTable, RunKey};
use crate::compare::{Comparison, ComparisonRow, Factor};
use crate::records::StudyDir;
use crate::spec::RunId;

/// A run that has predictions, by the factors it stands for.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct TargetRun {
    pub(super) id: RunId,
    pub(super) task: String,
    pub(super) model: String,
    pub(super) init: String,
    pub(super) label_fraction: f64,
    pub(super) seed: u64,
}

impl TargetRun {
    /// Whether it is of a row's block: equal in all but the compared factor.
    fn belongs(&self, row: &ComparisonRow, by_model: bool) -> bool {
        let same = if by_model { self.init == row.init } else { self.model == row.model };
        same && self.task == row.task && self.label_fraction == row.label_fraction
    }
}

impl CaseSource for Results {
    fn runs(&self, comparison: &Comparison, row: &ComparisonRow) -> Result<Vec<RunKey>, String> {
        if self.study.is_none() {
            return Err("the results have no predictions per case".into());
        }
        let by_model = comparison.options.factor == Some(Factor::Model);
        let runs = self.targets.iter().filter(|run| run.belongs(row, by_model));
        Ok(runs
            .map(|run| RunKey {
                level: if by_model { run.model.clone() } else { run.init.clone() },
                seed: run.seed,
                id: run.id.0.clone(),
            })
            .collect())
    }

    fn load(&self, run: &RunKey, known: Option<&Arc<CaseTable>>) -> Result<CaseRun, String> {
        let dir = StudyDir::new(&self.source).run(&RunId(run.id.clone()));
        read_predictions(&dir.predictions(), known).map_err(|error| error.to_string())
    }
}
