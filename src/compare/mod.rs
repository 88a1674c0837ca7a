//! Which init (or model) is better, and how sure we are.
//!
//! Works on [`Cell`]s: the values of one metric over seeds for one combination
//! of task, model, init and label fraction. Knows nothing of files or frames.

mod analysis;
pub mod cases;
pub mod claims;
mod decision;
mod design;
mod error;
mod estimate;
mod family;
pub mod format;
pub mod fractions;
pub mod granularity;
mod ledger;
pub mod ranking;
mod run;
mod seed_test;
#[cfg(test)]
mod simulation;
mod summary;
mod types;

pub use analysis::{Analysis, case_rows};
pub use decision::POWER;
pub use error::CompareError;
pub use estimate::Estimate;
pub use family::Test;
pub use format::Format;
pub use ledger::{Ledger, LedgerEntry, Unit};
pub use run::compare;
pub use summary::{summarize, title as interval_title};
pub use types::{
    Cell, CellSummary, CompareOptions, Comparison, ComparisonRow, Design, Factor, Interval,
};
