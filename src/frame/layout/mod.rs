//! From a raw table as people and programs write it to a tidy one: known names of
//! columns, one result a row.
//!
//! ```text
//!  bytes -> documents (nnunet, sklearn) ------------------------> Tidy
//!     '-> Sheet -> programs (wandb, mlflow, history, sklearn)
//!                    -> synonyms -> wide -> melt ----------------^
//! ```
//!
//! Nothing is guessed in silence: what a column was taken for is in `understood`, what
//! is left out in `ignored`, a choice that could have been another in `notes` with the
//! `--map` that makes it. A table that is tidy already comes through as it is.

mod draft;
#[cfg(test)]
mod golden;
mod history;
mod long;
mod mapping;
mod melt;
mod metric_names;
mod mlflow;
mod nnunet;
mod paths;
mod pipeline;
mod python;
mod runs;
mod sklearn;
mod spread;
mod synonyms;
#[cfg(test)]
mod tests;
mod wandb;
mod wide;

pub(super) use draft::Tidy;
pub use mapping::Mapping;
pub(super) use paths::run_names;
pub use pipeline::Step;
pub(super) use pipeline::tidy;
