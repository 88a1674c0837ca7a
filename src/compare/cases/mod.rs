//! Two sources of variance, kept apart and taken together: the seeds of the
//! runs, and the test cases they were scored on.
//!
//! The tests over seeds ask what further runs would give on these test cases.
//! Here the trained runs stay as they are and the cases are redrawn (whole
//! patients, where cases have patients), and then both are redrawn at once by a
//! hierarchical bootstrap. DeLong's covariance of all runs' areas gives a test
//! over cases besides: of one binary label as published, of the mean over
//! several labels and of patients with several cases by the contributions of
//! the cases ([`crate::stats::contributions`]).
//!
//! Where cases and runs are too many to be scored again in each resample, the
//! scores are expanded to first order in the cases, and the predictions are
//! read one run at a time.

mod block;
mod classes;
mod pairing;
mod parts;
mod redraw;
mod score;
#[cfg(test)]
mod tests;
mod types;

pub use block::{BlockRows, compare_block};
pub use types::{CaseRow, ClassRow};
