//! Many runs: prepare the data, plan, schedule workers, tell the state.
//!
//! The runner holds a lock on the study folder and starts one worker process
//! per run; a worker writes its records itself, so nothing is lost with the
//! runner. Whatever has a record is never run again.

mod error;
mod lock;
mod mixing;
mod mixture;
mod plan;
mod progress;
mod results;
mod scheduler;
mod status;
#[cfg(test)]
mod tests;
mod worker;

pub use error::StudyError;
pub use mixing::mixed_arithmetic;
pub use mixture::mixture;
pub use plan::{Plan, PlanOptions, plan};
pub use progress::{Reporter, WorkerMessage, title};
pub use results::write_results;
pub use scheduler::{Outcome, RunOptions, lock, run, usual_jobs};
pub use status::{Status, status};
pub use worker::{EXIT_PERMANENT, work};
