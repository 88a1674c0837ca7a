//! The statistics against golden values (schema `golden/1`).

mod cases;
mod golden;
mod report;

pub use golden::{SelfcheckError, builtin, run};
pub use report::{FileReport, Report};
