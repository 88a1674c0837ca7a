//! The process behind the cells: answers requests in JSON lines.

mod analyses;
mod answer;
mod columns;
mod figures;
mod options;
mod reading;
mod run_tables;
mod serve;
mod sheets;
mod statistics;
mod study_run;
mod tables;
mod words;

pub use serve::{serve_socket, serve_standard};
