//! Which level of a factor is better, and how sure we are.
//!
//! Works on [`crate::scores::Cell`]s: the values of one metric over seeds or
//! cases for one combination of the factors. Knows nothing of files or frames.

mod analysis;
pub mod answer;
mod case_interval;
pub mod case_ranking;
mod case_test;
pub mod cases;
pub mod claims;
mod decision;
mod design;
mod equivalence;
mod error;
mod estimate;
mod families;
mod family;
pub mod format;
pub mod fractions;
mod ledger;
mod options;
mod pairs;
pub mod pooled;
pub mod ranking;
mod run;
mod seed_test;
mod shifted;
#[cfg(test)]
mod simulation;
mod summary;
mod test_kind;
pub mod test_sets;
mod types;

pub use analysis::{Analysis, case_rows};
pub use decision::POWER;
pub use equivalence::equivalence_rule;
pub use error::CompareError;
pub use estimate::Estimate;
pub use family::Test;
pub use format::Format;
pub use ledger::{Ledger, LedgerEntry};
pub use options::choose_metric;
pub use run::compare;
pub use summary::{summarize, title as interval_title};
pub use test_kind::TestKind;
pub use types::{CellSummary, CompareOptions, Comparison, ComparisonRow, Design, Interval};
