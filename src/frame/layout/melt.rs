//! One result a row out of a row with several.

use std::collections::BTreeSet;

use super::draft::{Tidy, room};
use crate::frame::error::FrameError;
use crate::table::missing::{Missing, missing};

/// A result of each row.
#[derive(Clone, Debug, Default)]
pub(super) struct Entry {
    /// Its level of the factor whose levels are columns.
    pub(super) level: Option<String>,
    /// Its metric.
    pub(super) metric: Option<String>,
    /// Columns of value, mean, standard deviation and standard error.
    pub(super) columns: [Option<usize>; 4],
}

/// Names of what an entry has columns of.
pub(super) const HELD: [&str; 4] = ["value", "mean", "sd", "se"];

/// How a sheet is turned.
#[derive(Debug, Default)]
pub(super) struct Melt<'a> {
    /// Columns that every row keeps.
    pub(super) keep: Vec<usize>,
    /// The factor whose levels are columns.
    pub(super) factor: Option<&'a str>,
    pub(super) entries: Vec<Entry>,
    /// Numbers the rows, as seeds.
    pub(super) number_rows: bool,
    /// The column that says how a run ended.
    pub(super) state: Option<usize>,
    /// The rows that hold the result of each entry, where not all do.
    pub(super) only: Option<Vec<BTreeSet<usize>>>,
}

impl Tidy {
    pub(super) fn melt(&mut self, plan: &Melt<'_>) -> Result<(), FrameError> {
        room(&self.sheet, plan.entries.len())?;
        let holds = |at: usize| plan.entries.iter().any(|entry| entry.columns[at].is_some());
        let held: Vec<usize> = (0..4).filter(|at| holds(*at)).collect();
        let metrics = plan.entries.iter().any(|entry| entry.metric.is_some());
        let mut made: Vec<String> = plan.factor.map(String::from).into_iter().collect();
        made.extend(plan.number_rows.then(|| "seed".into()));
        made.extend(metrics.then(|| "metric".into()));
        made.extend(held.iter().map(|at| HELD[*at].to_string()));
        // What stands under a name that the results take is of something else.
        let (gone, keep): (Vec<usize>, Vec<usize>) = plan
            .keep
            .iter()
            .partition(|column| made.iter().any(|name| name == self.name(**column)));
        for column in gone {
            let name = self.name(column).to_string();
            self.ignored.push(format!("{name} (the results are in other columns)"));
        }
        let mut header: Vec<String> =
            keep.iter().map(|column| self.name(*column).to_string()).collect();
        header.extend(made);
        let absent = self.absent(plan);
        let old = &self.sheet;
        let made = old.with(header, |out| {
            for (at, row) in old.rows().enumerate() {
                let ended = plan.state.and_then(|column| unfinished(row.cell(column)));
                let number = at.to_string();
                for (which, entry) in plan.entries.iter().enumerate() {
                    let read = plan.only.as_ref().is_none_or(|only| only[which].contains(&at));
                    if !read || absent.contains(&(at, which)) {
                        continue;
                    }
                    let cell = |held: &usize| {
                        let cell = entry.columns[*held].map_or("", |column| row.cell(column));
                        ended.filter(|_| *held == 0).unwrap_or(cell)
                    };
                    let kept = keep.iter().map(|column| row.cell(*column));
                    let level = plan.factor.map(|_| entry.level.as_deref().unwrap_or_default());
                    let number = plan.number_rows.then_some(number.as_str());
                    let metric = metrics.then(|| entry.metric.as_deref().unwrap_or_default());
                    let cells =
                        kept.chain(level).chain(number).chain(metric).chain(held.iter().map(cell));
                    out.push(row.line() as u32, cells);
                }
            }
        });
        self.sheet = made;
        Ok(())
    }

    /// Results that are no results: empty cells of a metric that no row of their task
    /// has, as where tables of several tasks were joined. Row and entry of each.
    fn absent(&mut self, plan: &Melt<'_>) -> BTreeSet<(usize, usize)> {
        let mut absent = BTreeSet::new();
        let several = plan.entries.len() > 1 && plan.only.is_none();
        let Some(task) = self.column("task").filter(|_| several) else {
            return absent;
        };
        for (which, entry) in plan.entries.iter().enumerate() {
            let Some(column) = entry.columns.iter().flatten().next() else { continue };
            let rows = || self.sheet.rows().map(|row| (row.cell(task), row.cell(*column)));
            if rows().all(|(_, cell)| !cell.is_empty()) {
                continue;
            }
            let has: BTreeSet<&str> =
                rows().filter(|(_, cell)| !cell.is_empty()).map(|(task, _)| task).collect();
            let mut without: BTreeSet<&str> = BTreeSet::new();
            for (at, (task, _)) in rows().enumerate().filter(|(_, row)| !has.contains(row.0)) {
                absent.insert((at, which));
                without.insert(task);
            }
            if !without.is_empty() {
                let tasks: Vec<&str> = without.into_iter().collect();
                let note = format!(
                    "{:?} is empty in every row of {}: it is no result there",
                    self.name(*column),
                    tasks.join(", ")
                );
                self.notes.push(note);
            }
        }
        absent
    }
}

/// The word for a run that left no result, where its state says so.
pub(super) fn unfinished(state: &str) -> Option<&str> {
    match missing(state) {
        Some(Missing::Failed | Missing::Unfinished) => Some(state),
        _ if state.eq_ignore_ascii_case("preempting") => Some("running"),
        _ => None,
    }
}
