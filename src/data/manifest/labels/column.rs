//! A label column: its cells, and what becomes of those that say nothing.

use std::collections::BTreeMap;

use super::cells::{Cell, Policies, yes_or_no};
use crate::data::class_names;
use crate::data::error::DataError;
use crate::data::manifest::Table;
use crate::data::soft;
use crate::spec::{LabelPolicy, Target, Task};

/// A column of a table.
pub(super) struct Column<'a> {
    pub(super) table: &'a Table,
    pub(super) index: usize,
    pub(super) name: &'a str,
    /// Line and text by row; a line that is too short has an empty cell.
    pub(super) cells: Vec<(u64, &'a str)>,
}

/// A cell after the policies of the task.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Said<'a> {
    Value(&'a str),
    /// Counts as 1 or as 0 by policy.
    Stated(bool),
    /// May be there: a value to aim at in training.
    Soft(f32),
    /// Nobody knows.
    Unknown,
}

impl<'a> Column<'a> {
    pub(super) fn of(table: &'a Table, index: usize) -> Self {
        let cells = table.rows.iter().map(|(line, cells)| (*line, cells.get(index).unwrap_or("")));
        Self { table, index, name: &table.header[index], cells: cells.collect() }
    }

    /// An error in one of its cells.
    pub(super) fn fail(&self, line: u64, reason: String) -> DataError {
        self.table.cell(line, self.index, reason)
    }

    /// What every cell says, and notes on those that say nothing. `is_value`
    /// tells of a word for "blank" or "uncertain" that it is a class here.
    ///
    /// # Errors
    /// At the first cell that says nothing and has no policy.
    pub(super) fn said(
        &self,
        task: &Task,
        is_value: &dyn Fn(&str) -> bool,
    ) -> Result<(Vec<Said<'a>>, Vec<String>), DataError> {
        let policies = Policies::of(task);
        // Among other words, "unknown" may be the name of a class.
        let words = task.uncertain == LabelPolicy::Error
            && !self.cells.iter().any(|(_, text)| yes_or_no(text).is_some());
        let kind = |text: &'a str| match Cell::of(text) {
            Cell::Uncertain if words && text.parse::<f64>().is_err() => Cell::Value(text),
            kind => kind,
        };
        let kinds: Vec<Cell<'a>> = (self.cells.iter())
            .map(|&(_, text)| if is_value(text) { Cell::Value(text) } else { kind(text) })
            .collect();
        let mut said = Vec::with_capacity(kinds.len());
        for (&kind, &(line, text)) in kinds.iter().zip(&self.cells) {
            let policy = match kind {
                Cell::Value(value) => {
                    said.push(Said::Value(value));
                    continue;
                }
                Cell::Blank => policies.blank,
                Cell::Uncertain => policies.uncertain,
            };
            said.push(match policy {
                LabelPolicy::Ones => Said::Stated(true),
                LabelPolicy::Zeros => Said::Stated(false),
                LabelPolicy::Ignore => Said::Unknown,
                LabelPolicy::Soft(soft) if task.target == Target::MultiLabel => {
                    Said::Soft(soft::middle(soft))
                }
                LabelPolicy::Soft(_) => {
                    let name = self.name;
                    let reason = format!(
                        "`{name}` is `{text}`, and soft labels are for targets with a label per \
                         class; set target = \"multi-label\""
                    );
                    return Err(self.fail(line, reason));
                }
                LabelPolicy::Error => {
                    let count = kinds.iter().filter(|other| **other == kind).count();
                    return Err(self.fail(line, self.asked(text, kind, count, task.target)));
                }
            });
        }
        Ok((said, self.notes(&kinds, policies, task)))
    }

    /// What to write for cells that say nothing.
    fn asked(&self, text: &str, kind: Cell<'_>, count: usize, target: Target) -> String {
        let name = self.name;
        let got = match (text.is_empty(), target) {
            (true, _) => format!("`{name}` is empty"),
            (false, Target::MultiClass) => format!("`{name}` is `{text}`, which names no class"),
            (false, _) => format!("`{name}` is `{text}`, expected 0 or 1"),
        };
        let rows = if count == 1 { "in this row".into() } else { format!("in {count} rows") };
        let (what, key) = match kind {
            Cell::Uncertain => ("uncertain", "uncertain"),
            Cell::Blank | Cell::Value(_) => ("not known or not mentioned", "blank"),
        };
        let ways = match (kind, target) {
            (_, Target::MultiClass) => format!(
                "{key} = \"ignore\" (the rows are left out), or name it among `classes` if it is one"
            ),
            (Cell::Uncertain, Target::MultiLabel) => {
                format!("{key} = \"ones\", \"zeros\", \"ignore\" or \"soft\"")
            }
            (Cell::Uncertain, _) => format!("{key} = \"ones\", \"zeros\" or \"ignore\""),
            _ => format!(
                "{key} = \"zeros\" (not there) or \"ignore\" (left out of loss and metrics)"
            ),
        };
        format!("{got} ({rows}); if that stands for {what}, write in the task: {ways}")
    }

    fn notes(&self, kinds: &[Cell<'_>], policies: Policies, task: &Task) -> Vec<String> {
        let mut notes = Vec::new();
        for (kind, what, policy, stated) in [
            (Cell::Uncertain, "uncertain (-1)", policies.uncertain, "uncertain"),
            (
                Cell::Blank,
                "blank",
                policies.blank,
                if task.blank.is_some() { "blank" } else { "uncertain" },
            ),
        ] {
            let count = kinds.iter().filter(|other| **other == kind).count();
            let as_what = match policy {
                LabelPolicy::Ones => "count as 1".into(),
                LabelPolicy::Zeros => "count as 0".into(),
                LabelPolicy::Ignore => "are left out of loss and metrics".into(),
                LabelPolicy::Soft(soft) => soft::words(soft),
                LabelPolicy::Error => continue,
            };
            if count > 0 {
                let setting = match stated {
                    "blank" => format!("`blank = {}`", policy.in_toml()),
                    _ if policy != task.uncertain => {
                        let stated = task.uncertain.in_toml();
                        format!("`uncertain = {stated}` is not for blanks; set `blank` to choose")
                    }
                    _ => format!("`uncertain = {}`", task.uncertain.in_toml()),
                };
                let name = self.name;
                notes.push(format!("{count} {what} labels of `{name}` {as_what} ({setting})"));
            }
        }
        notes
    }

    /// The values with the name of the class that each is, where spellings of
    /// one name are joined; and notes on that.
    pub(super) fn joined(&self, said: &[Said<'a>]) -> class_names::Joined {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for cell in said {
            if let Said::Value(value) = cell {
                *counts.entry((*value).to_owned()).or_default() += 1;
            }
        }
        class_names::joined(&counts, &format!("`{}`", self.name))
    }
}

/// How often each class was seen: `Effusion` (8), `Mass` (3).
pub(super) fn counted(counts: &BTreeMap<String, usize>) -> String {
    let texts: Vec<String> =
        counts.iter().map(|(name, count)| format!("`{name}` ({count})")).collect();
    crate::data::error::listed(&texts, ", ")
}
