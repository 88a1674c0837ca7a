//! What comes out of a comparison over cases.

use serde::{Deserialize, Serialize};

use crate::compare::TestKind;
use crate::compare::types::{ComparisonRow, Interval};
use crate::scores::Block;

/// One level against its reference, by source of variance.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CaseRow {
    /// What both sides share.
    pub block: Block,
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
    /// The test over cases; absent where there is none.
    #[serde(default)]
    pub test: Option<TestKind>,
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
            block: row.block.clone(),
            level: row.level.clone(),
            reference: row.reference.clone(),
            ..Self::default()
        }
    }
}

/// One level against its reference on one class of a task.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ClassRow {
    /// What both sides share.
    pub block: Block,
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
    /// Patients behind them.
    #[serde(default)]
    pub patients: usize,
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
