//! Executes notebooks without a browser and turns them into pages.
//!
//! `parameters` sets the variables of the parameter cell, `plan` names each
//! cell by everything that decides its outcome, `cache` keeps what cells gave,
//! `execute` runs what has changed, `document` and `page` make the report.

mod bound;
mod cache;
mod colour;
mod document;
mod execute;
mod markdown;
mod outputs;
mod page;
mod parameters;
mod plan;

pub use document::{Block, NotebookDocument, document};
pub use execute::{CellState, ExecuteOptions, Executed, Standby, execute, for_writing};
pub use page::page;
pub use parameters::{Parameters, load_parameters, parse_parameter};
