//! The statistics against golden values (schema `golden/1`).

mod case;
mod golden;
mod report;
mod statistics;

pub use golden::{SelfcheckError, builtin, run};
pub use report::{FileReport, Report};
