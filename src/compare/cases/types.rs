//! Predictions that are compared, and what comes out.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::compare::types::{Comparison, ComparisonRow, Interval};

/// The test cases of a task: what all its runs share.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CaseTable {
    /// Identity of each case.
    pub cases: Vec<String>,
    /// Patient of each case.
    pub patients: Vec<String>,
    /// Names of the classes.
    pub classes: Vec<String>,
    /// Per class: whether each case has it.
    pub labels: Vec<Vec<bool>>,
    /// One class alone is right (multi-class); else each class is a decision.
    pub exclusive: bool,
}

/// Predictions of one run on its test cases.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CaseRun {
    /// The test cases; runs of one test set share one table.
    pub table: Arc<CaseTable>,
    /// Per class: the score of each case.
    pub scores: Vec<Vec<f32>>,
}

/// A run whose predictions can be loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunKey {
    /// The level that is compared (init or model).
    pub level: String,
    /// Seed of the run.
    pub seed: u64,
    /// What its source knows it by.
    pub id: String,
}

/// Where predictions come from. Runs are listed first and loaded one by one:
/// a task of many runs does not fit into memory.
pub trait CaseSource: Sync {
    /// Runs of all levels behind a row's task, model or init, and label
    /// fraction; or why there are none.
    fn runs(&self, comparison: &Comparison, row: &ComparisonRow) -> Result<Vec<RunKey>, String>;

    /// The predictions of a run, with the table `known` where its cases are
    /// those.
    fn load(&self, run: &RunKey, known: Option<&Arc<CaseTable>>) -> Result<CaseRun, String>;
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
    /// `DeLong`, `DeLong, mean of 14 classes, patients as units`: the test over
    /// cases; empty where there is none.
    #[serde(default)]
    pub test: String,
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

/// One level against its reference on one class of a task.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ClassRow {
    /// Task.
    pub task: String,
    /// Model (of both sides when inits are compared).
    pub model: String,
    /// Init (of both sides when models are compared).
    pub init: String,
    /// Share of the training labels.
    pub label_fraction: f64,
    /// The class.
    pub class: String,
    /// The level that is compared.
    pub level: String,
    /// The level it is compared with.
    pub reference: String,
    /// Seeds on both sides.
    pub seeds: usize,
    /// Test cases.
    pub cases: usize,
    /// Mean over seeds of the difference of AUCs.
    pub difference: Option<f64>,
    /// Standard error over seeds, the cases fixed.
    pub se_seeds: Option<f64>,
    /// Standard error over cases, the runs fixed.
    pub se_cases: Option<f64>,
    /// p of the paired t test over seeds.
    pub seeds_p: Option<f64>,
    /// It, adjusted over all classes and pairs.
    pub seeds_adjusted_p: Option<f64>,
    /// p of DeLong's test over cases.
    pub cases_p: Option<f64>,
    /// It, adjusted over all classes and pairs.
    pub cases_adjusted_p: Option<f64>,
    /// Why a number is missing.
    pub note: String,
}
