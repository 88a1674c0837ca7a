//! The predictions of a study, block by block.

use super::predictions::read_predictions;
use super::results::Results;
use crate::compare::cases::{CaseRun, CaseSource};
use crate::compare::{Comparison, ComparisonRow, Factor};
use crate::records::{RunState, StudyDir};
use crate::spec::{RunKind, RunSpec};

impl CaseSource for Results {
    fn runs(&self, comparison: &Comparison, row: &ComparisonRow) -> Result<Vec<CaseRun>, String> {
        let study = self.study.as_ref().ok_or("the results have no predictions per case")?;
        let by_model = comparison.options.factor == Some(Factor::Model);
        let dir = StudyDir::new(&self.source);
        let mut runs = Vec::new();
        for id in &study.runs {
            let run = dir.run(id);
            let spec = run.read_spec().map_err(|error| error.to_string())?;
            if !belongs(&spec, row, by_model) {
                continue;
            }
            let record = run.read_record().map_err(|error| error.to_string())?;
            if record.is_none_or(|record| record.state != RunState::Done) {
                continue;
            }
            let level = if by_model { spec.model.clone() } else { spec.init.clone() };
            let predictions =
                read_predictions(&run.predictions()).map_err(|error| error.to_string())?;
            runs.push(CaseRun { level, seed: spec.seed, ..predictions });
        }
        Ok(runs)
    }
}

/// Whether a run is of a row's block: equal in all but the compared factor.
fn belongs(spec: &RunSpec, row: &ComparisonRow, by_model: bool) -> bool {
    let same = if by_model { spec.init == row.init } else { spec.model == row.model };
    spec.kind == RunKind::Target
        && spec.task == row.task
        && same
        && spec.label_fraction == row.label_fraction
}
