//! Test cases and what runs predict of them.

use std::sync::Arc;

use super::cell::Block;
use super::factor::Factors;

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
    /// Per class: the score of each case. Of values per case, which have no
    /// classes, one list: the values.
    pub scores: Vec<Vec<f64>>,
}

/// A run whose predictions can be loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunKey {
    /// The level that is compared.
    pub level: String,
    /// Seed of the run.
    pub seed: u64,
    /// What its source knows it by.
    pub id: String,
}

/// Where predictions come from. Runs are listed first and loaded one by one:
/// a task of many runs does not fit into memory.
pub trait CaseSource: Sync {
    /// Runs of all levels of the compared factors in a block, for a comparison of
    /// `metric`; or why there are none.
    fn runs(&self, factors: &Factors, block: &Block, metric: &str) -> Result<Vec<RunKey>, String>;

    /// The predictions of a run, with the table `known` where its cases are
    /// those.
    fn load(&self, run: &RunKey, known: Option<&Arc<CaseTable>>) -> Result<CaseRun, String>;
}
