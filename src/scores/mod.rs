//! What a score is: its metric, the factors it was made under, the cells that
//! are compared and the test cases behind them.
//!
//! The waist between tables and comparison: [`crate::frame`] fills these types,
//! [`crate::compare`] reads them, and neither knows the other. Depends on
//! [`crate::stats`] and [`crate::text`] alone; no tensors, no data frames.
//! What a metric's name means is said in [`known`] and nowhere else.

mod case_data;
mod cases;
mod cell;
mod decimals;
mod factor;
pub mod known;
mod metric;
mod over_cases;
pub mod prediction;
mod rules;
mod scale;
mod test_sets;
mod units;
mod verdict;

pub use case_data::{CaseColumn, CaseData, CaseTask, PredictedRun};
pub use cases::{CaseRun, CaseSource, CaseTable, RunKey};
pub use cell::{Block, Cell, Unit};
pub use factor::{Baselines, Factor, Factors};
pub(crate) use known::known_share;
pub use known::{Better, Known, PRIMARY, Per, Range, canonical};
pub use metric::{Metric, MetricCells};
pub use over_cases::OverCases;
pub use prediction::ScoreKind;
pub use rules::{MetricRule, MetricRules};
pub use scale::{Fault, Scale};
pub use test_sets::{INTERNAL, TEST_SET, TestSets};
pub use verdict::Verdict;
