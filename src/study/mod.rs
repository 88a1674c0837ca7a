//! Many runs: prepare the data, plan, schedule workers, tell the state.
//!
//! Any number of runners work on a study folder, on any number of machines. A
//! runner claims a run, starts a worker process for it and says every few seconds
//! that it lives; a worker writes its records itself, so nothing is lost with the
//! runner. Whatever has a record is never run again.

mod attendance;
mod bench;
mod error;
mod forecast;
mod mixing;
mod mixture;
mod plan;
mod progress;
mod results;
mod scheduler;
mod slot;
mod speeds;
mod status;
mod test_sets;
#[cfg(test)]
mod tests;
mod worker;

pub use attendance::{Attendance, attend};
pub use bench::{BenchOptions, Division, count_cases, divisions, kinds, measure_beside};
pub use error::StudyError;
pub use forecast::{Forecast, duration};
pub use mixing::mixed_arithmetic;
pub use mixture::mixture;
pub use plan::{Plan, PlanOptions, join, plan};
pub use progress::{Reporter, WorkerMessage, title};
pub use results::write_results;
pub use scheduler::{Outcome, RunOptions, run, usual_jobs};
pub use slot::{RESERVE, Slot};
pub use speeds::{Kind, Speed, Speeds};
pub use status::{Failure, Status, status};
pub use test_sets::also_tested;
pub use worker::{EXIT_AGAIN, EXIT_PERMANENT, work};
