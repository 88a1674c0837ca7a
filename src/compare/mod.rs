//! Which init (or model) is better, and how sure we are.
//!
//! Works on [`Cell`]s: the values of one metric over seeds for one combination
//! of task, model, init and label fraction. Knows nothing of files or frames.

mod types;

pub use types::{
    Cell, CellSummary, Comparison, ComparisonRow, CompareOptions, Design, Factor, Interval,
};
