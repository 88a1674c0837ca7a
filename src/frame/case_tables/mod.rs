//! Tables with a column of test cases, as CSV or Parquet, one file or several.
//!
//! *Values*: a value per case (`case, metric, value`, or a column per known
//! metric). *Predictions*: long (`case, score`, with `class` where there are
//! several) or wide (a column of scores per class). Labels stand beside the
//! scores (`label`, `label_<class>`), or in a file of truth that is given first.
//! `patient` (or `cluster`) says which cases belong together; `task`, `model`,
//! `init`, `label_fraction` and `seed` are those of every table of results. A
//! file without a column `model` is one model, named as the file.

mod assemble;
mod columns;
mod labels;
mod notes;
mod policy;
mod predictions;
mod read;
mod sheet;
#[cfg(test)]
mod tests;
mod values;

pub(super) use columns::{CASE, is_case_table};
pub(super) use read::read;
