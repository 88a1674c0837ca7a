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
mod mapping;
mod melt;
mod metric_names;
mod synonyms;
#[cfg(test)]
mod tests;
mod wide;

use std::path::Path;

use serde::{Deserialize, Serialize};

pub(super) use draft::Tidy;
pub use mapping::Mapping;

use super::case_tables::is_case_table;
use super::error::FrameError;
use crate::table::{Sheet, SheetOptions};

/// Which step of a run's history is its result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// The last that has a value.
    #[default]
    Last,
    /// The best by the validation metric of the same name, else by the value itself.
    Best,
}

impl Step {
    // serde hands a reference.
    #[allow(clippy::trivially_copy_pass_by_ref)]
    pub(super) fn is_last(&self) -> bool {
        *self == Self::Last
    }
}

/// Reads the bytes of a file as a tidy table; `path` is what errors name.
pub(super) fn tidy(
    path: &Path,
    bytes: &[u8],
    options: &SheetOptions,
    mapping: &Mapping,
    step: Step,
) -> Result<Tidy, FrameError> {
    let _ = step;
    let sheet = Sheet::read(path, bytes, options).map_err(|error| draft::no_table(&error))?;
    of_sheet(sheet, mapping)
}

fn of_sheet(sheet: Sheet, mapping: &Mapping) -> Result<Tidy, FrameError> {
    let mut tidy = Tidy::of(sheet);
    if is_case_table(tidy.sheet.header()) {
        tidy.name_stated(mapping)?;
        return Ok(tidy);
    }
    tidy.name_columns(mapping)?;
    let spread = mapping.spread(tidy.sheet.header()).is_some();
    let long = tidy.column("value").is_some() || tidy.column("mean").is_some();
    if spread || !long || !mapping.values().is_empty() {
        tidy.widen(mapping, None)?;
    }
    Ok(tidy)
}

/// Names that tell files apart.
pub(super) fn run_names(paths: &[&Path]) -> Vec<String> {
    paths
        .iter()
        .map(|path| path.file_stem().unwrap_or_default().to_string_lossy().into_owned())
        .collect()
}
