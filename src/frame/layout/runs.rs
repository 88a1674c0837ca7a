//! Tables of runs, as trackers export them: which run failed, what is noted of it, which
//! settings stand twice.

use std::collections::BTreeSet;

use super::draft::Tidy;
use super::melt::unfinished;
use super::metric_names::measures;
use super::paths;
use super::synonyms::{known_name, setting};
use crate::frame::error::FrameError;
use crate::table::Sheet;
use crate::table::missing::missing;
use crate::table::names::plain;

/// Names of the column that says how a run ended.
const STATES: [&str; 5] = ["state", "status", "run_state", "run_status", "attributes.status"];
/// Runs that ended well.
const ENDED: [&str; 9] = [
    "finished",
    "finish",
    "completed",
    "complete",
    "done",
    "success",
    "succeeded",
    "successful",
    "ok",
];
/// The longest list of names in a sentence.
const NAMED: usize = 3;

/// The column that says how each run ended; every cell is a word for it.
pub(super) fn state_column(sheet: &Sheet) -> Option<usize> {
    let named = |name: &String| STATES.contains(&plain(name).as_str());
    let column = sheet.header().iter().position(named)?;
    let mut some = false;
    let all = sheet.cells(column).all(|cell| {
        let known = ENDED.contains(&cell.to_lowercase().as_str()) || unfinished(cell).is_some();
        some |= known;
        known || cell.is_empty()
    });
    (all && some).then_some(column)
}

impl Tidy {
    /// Leaves out what a tracker notes of each run.
    pub(super) fn drop_noted(&mut self, noted: impl Fn(&str) -> bool) {
        let state = state_column(&self.sheet);
        let gone: Vec<usize> = (0..self.sheet.header().len())
            .filter(|column| Some(*column) != state && noted(self.name(*column)))
            .collect();
        self.ignore(&gone);
    }

    /// Leaves out settings that stand in two columns with equal cells: `params.seed`
    /// beside `seed`, whatever name they have there.
    pub(super) fn drop_doubled(&mut self) {
        let header = self.sheet.header().to_vec();
        let mut gone = Vec::new();
        for (at, name) in header.iter().enumerate() {
            let Some(inner) = setting(name) else { continue };
            let meant = |other: &String| {
                plain(other) == plain(inner)
                    || known_name(inner).is_some_and(|known| known_name(other) == Some(known))
            };
            let twin = (0..header.len()).find(|other| {
                *other != at && setting(&header[*other]).is_none() && meant(&header[*other])
            });
            if let Some(twin) = twin.filter(|twin| self.same_cells(at, *twin)) {
                self.ignored.push(format!("{name} (the same as {})", header[twin]));
                gone.push(at);
            }
        }
        self.drop_columns(&gone);
    }

    fn same_cells(&self, one: usize, other: usize) -> bool {
        let style = self.sheet.style();
        let same =
            |(a, b): (&str, &str)| a == b || style.parse(a).is_ok_and(|a| style.parse(b) == Ok(a));
        self.sheet.cells(one).zip(self.sheet.cells(other)).all(same)
    }

    /// Says which runs left no result though they have a number.
    pub(super) fn note_unfinished(&mut self, state: usize) {
        let values: Vec<usize> = match self.column("value") {
            Some(column) => vec![column],
            None => measures(&self.sheet).iter().map(|measure| measure.column).collect(),
        };
        let mut words: Vec<String> = Vec::new();
        let mut count = 0;
        for row in self.sheet.rows() {
            let has = || values.iter().any(|column| missing(row.cell(*column)).is_none());
            if let Some(word) = unfinished(row.cell(state)).filter(|_| has()) {
                count += 1;
                let word = word.to_lowercase();
                if !words.contains(&word) {
                    words.push(word);
                }
            }
        }
        if count > 0 {
            let note = format!(
                "{count} {} did not finish ({}, by the column {:?}): the numbers in {} are not read",
                if count == 1 { "run" } else { "runs" },
                words.join(", "),
                self.name(state),
                if count == 1 { "its row" } else { "their rows" },
            );
            self.notes.push(note);
        }
    }

    /// Writes how a run ended in the place of its value where it did not end well; the
    /// column itself goes.
    pub(super) fn apply_state(&mut self, state: usize) -> Result<(), FrameError> {
        self.note_unfinished(state);
        let words: Vec<Option<String>> =
            self.sheet.cells(state).map(|cell| unfinished(cell).map(Into::into)).collect();
        if let Some(value) = self.column("value").filter(|_| words.iter().any(Option::is_some)) {
            self.rewrite_rows(value, |row, _| words[row].clone())?;
        }
        self.say_state(state);
        self.drop_columns(&[state]);
        Ok(())
    }

    pub(super) fn say_state(&mut self, state: usize) {
        let name = self.name(state).to_string();
        self.ignored.push(format!("{name} (how each run ended)"));
    }

    /// Takes the seed, and levels where there are none, from the names of runs: only
    /// where every name has them.
    pub(super) fn levels_of_names(&mut self, column: usize) {
        let told: Vec<paths::Levels> = self.sheet.cells(column).map(paths::levels).collect();
        if told.is_empty() {
            return;
        }
        let has = |tidy: &Self, known: &str| tidy.means(known) || tidy.settings_mean(known);
        let bare = !has(self, "model") && !has(self, "init");
        let name = self.name(column).to_string();
        for (known, of) in paths::KINDS {
            let level = |levels: &paths::Levels| levels.get(of);
            let wanted = match known {
                "seed" | "label_fraction" => !has(self, known),
                "init" | "model" => bare,
                _ => false,
            };
            if !wanted || !told.iter().all(|levels| level(levels).is_some()) {
                continue;
            }
            let cells: Vec<String> =
                told.iter().map(|levels| level(levels).unwrap_or_default()).collect();
            let distinct: BTreeSet<&String> = cells.iter().collect();
            let shown: Vec<&str> = distinct.iter().take(NAMED).map(|cell| cell.as_str()).collect();
            let more = if distinct.len() > NAMED { ", …" } else { "" };
            self.understood.push(format!(
                "{known} is taken from the column {name:?} ({}{more})",
                shown.join(", ")
            ));
            self.append(known, &cells);
        }
    }

    /// The column of names that say both the seed and the init of each run:
    /// `imagenet_seed0`.
    pub(super) fn telling_names(&self) -> Option<usize> {
        const NAMES: [&str; 8] =
            ["name", "run_name", "run", "experiment", "experiment_name", "exp", "exp_name", "id"];
        let column = NAMES.iter().find_map(|name| self.sheet.column_like(name))?;
        let tells = |cell: &str| {
            let told = paths::levels(cell);
            let init = told.get(paths::Kind::Init).is_some();
            told.get(paths::Kind::Seed).is_some() && (init || cell.to_lowercase().contains("seed"))
        };
        self.sheet.cells(column).all(tells).then_some(column)
    }

    /// Whether a setting means a known name.
    fn settings_mean(&self, known: &str) -> bool {
        let means = |name: &String| setting(name).and_then(known_name) == Some(known);
        self.sheet.header().iter().any(means)
    }

    /// Adds a column.
    pub(super) fn append(&mut self, name: &str, cells: &[String]) {
        let old = &self.sheet;
        let mut header = old.header().to_vec();
        header.push(name.into());
        let made = old.with(header, |out| {
            for (row, cell) in old.rows().zip(cells) {
                out.push(row.line() as u32, row.cells().chain(std::iter::once(cell.as_str())));
            }
        });
        self.sheet = made;
    }
}
