//! The way of a table through the layouts.

use std::collections::BTreeSet;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::draft::{Tidy, no_table};
use super::history::is_step;
use super::mapping::Mapping;
use super::runs::state_column;
use super::{mlflow, nnunet, sklearn, wandb};
use crate::frame::case_tables::{CASE, is_case_table};
use crate::frame::error::FrameError;
use crate::frame::runs::KNOWN;
use crate::table::{self, Sheet, SheetOptions};

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
    pub(in crate::frame) fn is_last(&self) -> bool {
        *self == Self::Last
    }
}

/// Reads the bytes of a file as a tidy table; `path` is what errors name.
pub(in crate::frame) fn tidy(
    path: &Path,
    bytes: &[u8],
    options: &SheetOptions,
    mapping: &Mapping,
    step: Step,
) -> Result<Tidy, FrameError> {
    if let Some(mut tidy) = of_document(path, bytes) {
        tidy.name_averages();
        tidy.levels_of_path(path);
        return Ok(tidy);
    }
    let sheet = Sheet::read(path, bytes, options).map_err(|error| no_table(&error))?;
    of_sheet(path, sheet, mapping, step)
}

/// Files that are no tables: JSON with levels of its own, printed text.
fn of_document(path: &Path, bytes: &[u8]) -> Option<Tidy> {
    /// Where a document would begin to show what it is.
    const HEAD: usize = 1 << 14;
    let head: Vec<u8> =
        bytes.iter().take(HEAD).copied().filter(|byte| *byte != 0 && *byte != b'\r').collect();
    let begins = head.iter().position(u8::is_ascii_graphic);
    let packed = path.to_string_lossy().to_lowercase().contains(".json");
    if packed || begins.is_some_and(|at| head[at] == b'{') {
        let document = table::document(path, bytes)?;
        return nnunet::of_document(path, &document).or_else(|| {
            let mut tidy = Tidy::of(sklearn::of_document(path, &document)?);
            tidy.kind = Some(sklearn::KIND);
            Some(tidy)
        });
    }
    let has = |word: &[u8]| head.windows(word.len()).any(|part| part == word);
    if has(b"precision") && has(b"f1-score") && !has(b"precision,") && !has(b",precision") {
        return sklearn::printed(path, &table::text(path, bytes)?);
    }
    None
}

fn of_sheet(path: &Path, sheet: Sheet, mapping: &Mapping, step: Step) -> Result<Tidy, FrameError> {
    if sheet.is_empty() {
        return Err(FrameError::Empty { path: path.into() });
    }
    let mut tidy = Tidy::of(sheet);
    if tidy.is_scalar() {
        tidy.of_scalar(path, step)?;
        return Ok(tidy);
    }
    tidy.unfold();
    let chart = tidy.of_chart();
    tidy.name_stated(mapping)?;
    tidy.turn_report();
    if tidy.is_report() {
        tidy.name_report();
    } else if mlflow::is_export(&tidy) {
        tidy.kind = Some(mlflow::KIND);
    } else if chart || wandb::is_export(&tidy) {
        tidy.kind = Some(wandb::KIND);
    }
    if tidy.kind.is_none() && is_case_table(tidy.sheet.header()) && !tidy.is_row_a_run() {
        tidy.name_levels();
        if mapping.spread(tidy.sheet.header()).is_some() || !mapping.values().is_empty() {
            tidy.widen(mapping, None, step)?;
        }
        return Ok(tidy);
    }
    tidy.of_results(path, mapping, step)?;
    Ok(tidy)
}

impl Tidy {
    fn of_results(&mut self, path: &Path, mapping: &Mapping, step: Step) -> Result<(), FrameError> {
        self.drop_doubled();
        self.without_notes_of_runs(mapping);
        self.name_columns(mapping)?;
        let state = state_column(&self.sheet);
        let spread = mapping.spread(self.sheet.header()).is_some();
        let long = self.column("value").is_some() || self.column("mean").is_some();
        if spread || !long || !mapping.values().is_empty() {
            let one = self.single_run();
            if let Some(state) = state {
                self.note_unfinished(state);
                self.say_state(state);
            }
            self.widen(mapping, state, step)?;
            if one {
                self.levels_of_path(path);
            }
        } else {
            if let Some(state) = state {
                self.apply_state(state)?;
            }
            self.name_metric_cells()?;
        }
        if self.kind == Some(sklearn::KIND) {
            self.mend_counts()?;
        }
        self.name_averages();
        Ok(())
    }

    /// Leaves out what trackers note, but for the names of runs where they hold levels;
    /// what is stated stays.
    fn without_notes_of_runs(&mut self, mapping: &Mapping) {
        let stated: BTreeSet<String> = mapping
            .named(self.sheet.header())
            .map(|(_, column)| column.to_string())
            .chain(mapping.values().iter().cloned())
            .collect();
        let noted: fn(&str) -> bool = match self.kind {
            Some(wandb::KIND) => wandb::is_noted,
            Some(mlflow::KIND) => mlflow::is_noted,
            _ => {
                if let Some(column) = self.telling_names() {
                    self.levels_of_names(column);
                }
                return;
            }
        };
        let names = ["name", "run_name", "tags.mlflow.runName", "display_name"];
        if let Some(column) = names.iter().find_map(|name| self.sheet.column_like(name)) {
            self.levels_of_names(column);
        }
        // Of a history the names of runs and their steps tell rows apart.
        let history = self.history().is_some();
        self.drop_noted(|name| {
            let tells = is_step(name) || names.contains(&name.to_lowercase().as_str());
            (noted(name) || is_step(name)) && !(history && tells) && !stated.contains(name)
        });
    }

    /// Whether no column says which run a row is of.
    fn single_run(&self) -> bool {
        !["seed", "model", "init"].iter().any(|known| self.column(known).is_some())
            && self.history().is_some()
            || self.kind == Some(sklearn::KIND)
    }

    /// Whether rows are runs though a column might name cases: there are seeds, and no two
    /// rows have the same of all that is known by name.
    fn is_row_a_run(&self) -> bool {
        let header = self.sheet.header();
        if CASE.iter().any(|name| self.sheet.column_like(name).is_some()) {
            return false;
        }
        if !self.means("seed") {
            return self.telling_names().is_some();
        }
        let known: Vec<usize> = (0..header.len())
            .filter(|column| {
                super::synonyms::known_name(&header[*column])
                    .is_some_and(|known| KNOWN[..6].contains(&known))
            })
            .collect();
        let mut seen = BTreeSet::new();
        self.sheet.rows().all(|row| {
            seen.insert(known.iter().map(|column| row.cell(*column)).collect::<Vec<_>>())
        })
    }
}
