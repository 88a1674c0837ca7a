//! Two sources of variance, kept apart and taken together: the seeds of the
//! runs, and the test cases they were scored on.
//!
//! The tests over seeds ask what further runs would give on these test cases.
//! Here the trained runs stay as they are and the cases are redrawn (whole
//! patients, where cases have patients), and then both are redrawn at once by a
//! hierarchical bootstrap. For one binary label and one case per patient
//! DeLong's covariance of all runs gives a test over cases besides.

mod block;
mod score;
mod types;

pub use block::compare_block;
pub use types::{CaseRow, CaseRun, CaseSource};
