//! Predictions that are compared, and what comes out.

use serde::{Deserialize, Serialize};

use crate::compare::types::{Comparison, ComparisonRow, Interval};

/// Predictions of one run on its test cases.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CaseRun {
    /// The level that is compared (init or model).
    pub level: String,
    /// Seed of the run.
    pub seed: u64,
    /// Identity of each case.
    pub cases: Vec<String>,
    /// Patient of each case.
    pub patients: Vec<String>,
    /// Per class: whether each case has it.
    pub labels: Vec<Vec<bool>>,
    /// Per class: the score of each case.
    pub scores: Vec<Vec<f32>>,
    /// One class alone is right (multi-class); else each class is a decision.
    pub exclusive: bool,
}

/// Where predictions come from: the runs behind one combination of the factors
/// that are not compared.
pub trait CaseSource {
    /// Runs of all levels behind a row's task, model or init, and label
    /// fraction; or why there are none.
    fn runs(&self, comparison: &Comparison, row: &ComparisonRow) -> Result<Vec<CaseRun>, String>;
}

/// One level against its reference, by source of variance.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CaseRow {
    /// Task.
    pub task: String,
    /// Model (of both sides when inits are compared).
    pub model: String,
    /// Init (of both sides when models are compared).
    pub init: String,
    /// Share of the training labels.
    pub label_fraction: f64,
    /// The level that is compared.
    pub level: String,
    /// The level it is compared with.
    pub reference: String,
    /// Seeds on both sides.
    pub seeds: usize,
    /// Test cases.
    pub cases: usize,
    /// Patients behind them.
    pub patients: usize,
    /// Mean over seeds of the difference.
    pub difference: Option<f64>,
    /// Standard error over seeds, the cases fixed.
    pub se_seeds: Option<f64>,
    /// Standard error over cases, the runs fixed.
    pub se_cases: Option<f64>,
    /// Interval over cases, the runs fixed.
    pub over_cases: Option<Interval>,
    /// Interval over seeds and cases together.
    pub over_both: Option<Interval>,
    /// DeLong's p over cases, where it applies.
    pub delong_p: Option<f64>,
    /// It, adjusted over the family.
    pub adjusted_p: Option<f64>,
    /// What is missing and why.
    pub notes: Vec<String>,
}

impl CaseRow {
    /// A row that says why it is empty.
    pub(crate) fn without(row: &ComparisonRow, reason: &str) -> Self {
        Self { notes: vec![reason.into()], ..Self::of(row) }
    }

    /// The names of a test's row, and no numbers yet.
    pub(super) fn of(row: &ComparisonRow) -> Self {
        Self {
            task: row.task.clone(),
            model: row.model.clone(),
            init: row.init.clone(),
            label_fraction: row.label_fraction,
            level: row.level.clone(),
            reference: row.reference.clone(),
            ..Self::default()
        }
    }
}
