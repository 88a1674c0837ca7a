//! Aggregates over runs and tasks with stratified bootstrap intervals.
//!
//! Agarwal et al. (2021), "Deep reinforcement learning at the edge of the
//! statistical precipice"; reference implementation rliable 1.2.0. Scores are
//! those of several runs on several tasks; a resample redraws the runs of every
//! task independently, and never the tasks: the intervals are about other runs
//! on these tasks.

mod aggregate;
mod improvement;
mod profile;
mod scores;

pub use aggregate::{Aggregates, Intervals, aggregates, intervals};
pub use improvement::{improvement, improvement_interval};
pub use profile::{Profile, profile, profile_band};
pub use scores::Scores;
