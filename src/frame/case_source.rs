//! The predictions of a study, run by run.

use std::sync::Arc;

use super::predictions::read_predictions;
use super::results::Results;
use crate::records::StudyDir;
use crate::scores::{Block, CaseRun, CaseSource, CaseTable, Cell, Factors, RunKey};
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
    /// Where it stands in the design.
    fn place(&self) -> Cell {
        Cell {
            task: self.task.clone(),
            model: self.model.clone(),
            init: self.init.clone(),
            label_fraction: self.label_fraction,
            ..Cell::default()
        }
    }
}

impl CaseSource for Results {
    fn runs(&self, factors: &Factors, block: &Block) -> Result<Vec<RunKey>, String> {
        if self.study.is_none() {
            return Err("the results have no predictions per case".into());
        }
        let runs = self.targets.iter().map(|run| (run, run.place()));
        let of_block = runs.filter(|(_, place)| factors.block(place) == *block);
        Ok(of_block
            .map(|(run, place)| RunKey {
                level: factors.level(&place),
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
