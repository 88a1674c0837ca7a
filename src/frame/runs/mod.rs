//! Anybody's results: a row per run and metric, from one file or several.
//!
//! Known columns: `task, model, init, label_fraction, seed, metric, value, class,
//! granularity, undefined, n, run`. Only `value` must be there; a missing one of
//! the others is one level, and a note says so. Further columns are factors where
//! they tell cells apart ([`super::factors`]). A column `direction` says which end
//! of a metric is good.
//!
//! Rows of published tables have `mean`, `n` (runs) and one of `sd`,
//! `population_sd`, `se` in the place of `value` ([`summaries`]).
//!
//! Columns are read one by one into numbers: a million rows are a few numbers each,
//! and names are kept once.

mod body;
mod classes;
mod columns;
mod crossing;
mod directions;
mod fractions;
mod further;
mod levels;
mod scales;
mod stack;
mod summaries;
mod values;

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use body::Body;
use columns::{Columns, Known};
use fractions::Fractions;
use stack::Stack;
use values::Values;

use super::error::FrameError;
use super::reading::Reading;
use super::results::Results;
use crate::scores::{Cell, canonical};
use crate::table::missing::missing;
use crate::table::{Sheet, names};

pub(super) use columns::KNOWN;
pub(super) use directions::direction;
pub(super) use fractions::same;
pub(super) use stack::{Coder, Codes};

/// Reads the sheets of results; `files` are names that tell several of them apart.
pub(super) fn read(
    mut sheets: Vec<Sheet>,
    files: Vec<String>,
    reading: &Reading,
) -> Result<Results, FrameError> {
    filter(&mut sheets, reading)?;
    let several = sheets.len() > 1;
    let mut notes: Vec<String> = Vec::new();
    for sheet in &sheets {
        let name = if several { format!("{}: ", sheet.path().display()) } else { String::new() };
        notes.extend(sheet.notes().iter().map(|note| format!("{name}{note}")));
    }
    let stack = Stack::new(sheets, files);
    if stack.len() == 0 {
        return Err(FrameError::Empty { path: stack.path().into() });
    }
    let columns = Columns::find(&stack, &mut notes)?;
    let table = Table { stack: &stack, columns: &columns, reading };
    let (mut body, summaries, unused) = table.body(&mut notes)?;
    let mut rules = table.directions()?;
    rules.extend(&reading.rules);
    let place = |row: usize| stack.row(row).map_or_else(Default::default, stack::Entry::place);
    let means = summaries.iter().map(|of| (of.row, of.cell.summary.map_or(f64::NAN, |s| s.mean)));
    let mut values = body.value.clone();
    means.for_each(|(row, mean)| values[row] = mean);
    scales::check(&body.metric, &values, place, &rules)?;
    let kept = table.singles(&summaries);
    table.no_duplicates(&body, &kept)?;
    let singles = table.lines_of_cells(&body, &kept, &summaries);
    body.keep(&kept);
    classes::add_means(&mut body, &mut notes);
    if summaries.is_empty() {
        notes.extend(crossing::holes(&body));
    }
    let others = body.others.iter().map(|(name, _)| name.clone()).collect();
    let mut results = Results::of_frame(body.frame()?, others, stack.path());
    results.inputs = stack.sheets().iter().map(|sheet| sheet.path().to_path_buf()).collect();
    results.rules = rules;
    results.lacking = columns.lacking();
    results.unused = unused;
    results.has_seeds = columns.at(Known::Seed).is_some();
    if !summaries.is_empty() {
        notes.push(format!(
            "{} rows have a mean and a standard deviation only, as published tables do: they are \
             tested without single runs, so as independent samples",
            summaries.len()
        ));
    }
    let summaries = summaries.into_iter().map(|of| {
        let (path, line) = place(of.row);
        (path, line, of.cell)
    });
    results.summaries = summaries::unique(summaries.collect(), &singles)?;
    results.notes = notes;
    results.reading = reading.clone();
    Ok(results)
}

/// Keeps the rows that count.
pub(super) fn filter(sheets: &mut [Sheet], reading: &Reading) -> Result<(), FrameError> {
    for filter in &reading.filters {
        let fail = |reason| FrameError::Filter {
            column: filter.column.clone(),
            value: filter.value.clone(),
            reason,
        };
        let mut found = String::new();
        for sheet in &mut *sheets {
            let column = sheet.column_like(&filter.column).ok_or_else(|| {
                fail(format!(
                    "there is no such column in {}; it has: {}",
                    sheet.path().display(),
                    sheet.header().join(", ")
                ))
            })?;
            if found.is_empty() {
                found = some_levels(sheet, column);
            }
            let name = sheet.header()[column].clone();
            sheet.retain(|row| same(&name, &filter.value, row.cell(column)));
        }
        if sheets.iter().all(Sheet::is_empty) {
            return Err(fail(format!("no row has it; the column has: {found}")));
        }
    }
    Ok(())
}

fn some_levels(sheet: &Sheet, column: usize) -> String {
    let mut levels: Vec<&str> = Vec::new();
    for level in sheet.cells(column) {
        if !levels.contains(&level) {
            levels.push(level);
        }
        if levels.len() > 8 {
            levels.push("...");
            break;
        }
    }
    levels.join(", ")
}

/// A row with a mean.
struct SummaryRow {
    row: usize,
    cell: Cell,
}

/// A table whose columns are known.
struct Table<'a> {
    stack: &'a Stack,
    columns: &'a Columns,
    reading: &'a Reading,
}

impl Table<'_> {
    /// All rows, column by column; those with a mean; the columns that are not used.
    fn body(
        &self,
        notes: &mut Vec<String>,
    ) -> Result<(Body, Vec<SummaryRow>, Vec<String>), FrameError> {
        let mut body = Body {
            task: self.levels(Known::Task, "task", notes),
            model: self.levels(Known::Model, "model", notes),
            init: self.levels(Known::Init, "init", notes),
            metric: self.coded(Known::Metric, "value", canonical),
            class: self.coded(Known::Class, "", class),
            granularity: self.coded(Known::Granularity, "", |cell| cell.into()),
            run: self.coded(Known::Run, "", |cell| cell.into()),
            ..Body::default()
        };
        self.fractions(&mut body, notes)?;
        let summaries = self.numbers(&mut body, notes)?;
        let seeds = self.columns.at(Known::Seed).map(|at| Codes::of(self.stack.cells(at)));
        let places = further::Places {
            cells: body.cells(),
            metrics: Codes::joint(&[&body.metric.codes, &body.class.codes], self.stack.len()),
            seeds: seeds.as_ref().map(|seeds| seeds.codes.as_slice()),
        };
        let (others, unused) = further::factors(self.stack, places, self.reading, notes)?;
        body.others = others;
        self.check_levels(&body, notes)?;
        let summaries = summaries
            .into_iter()
            .map(|(row, summary)| SummaryRow { row, cell: summary_cell(&body, row, summary) })
            .collect();
        Ok((body, summaries, unused))
    }

    fn levels(&self, known: Known, default: &str, notes: &mut Vec<String>) -> Codes {
        match self.columns.at(known) {
            Some(at) => levels::read(self.stack, at, self.reading, notes),
            None => Codes::constant(default, self.stack.len()),
        }
    }

    /// A column of names that are read in one way each.
    fn coded(&self, known: Known, default: &str, read: impl Fn(&str) -> String) -> Codes {
        let Some(at) = self.columns.at(known) else {
            return Codes::constant(default, self.stack.len());
        };
        let mut coder = Coder::default();
        let mut codes_of: HashMap<&str, u32> = HashMap::new();
        let code = |cell| {
            *codes_of.entry(cell).or_insert_with(|| {
                let name = names::clean(cell);
                coder.code(&if name.is_empty() { default.into() } else { read(&name) })
            })
        };
        let codes = self.stack.cells(at).map(code).collect();
        coder.with(codes)
    }

    fn fractions(&self, body: &mut Body, notes: &mut Vec<String>) -> Result<(), FrameError> {
        let Some(at) = self.columns.at(Known::Fraction) else {
            body.fraction = vec![1.0; self.stack.len()];
            return Ok(());
        };
        let fractions = Fractions::of(self.stack, self.columns, notes)?;
        let share = |row| fractions.share(self.columns, row);
        body.fraction = self.stack.rows().map(share).collect::<Result<_, _>>()?;
        let nothing = |cell: &&str| missing(cell).is_some();
        let without = self.stack.cells(at).filter(nothing).count();
        if without > 0 {
            notes.push(format!(
                "the column \"label_fraction\" says nothing in {without} of {} rows: they count as \
                 100 %",
                self.stack.len()
            ));
        }
        Ok(())
    }

    /// Seeds, values, numbers of cases; the rows with means.
    fn numbers(
        &self,
        body: &mut Body,
        notes: &mut Vec<String>,
    ) -> Result<Vec<(usize, crate::stats::t_summary::Summary)>, FrameError> {
        let columns = self.columns;
        let mut values = Values::of(self.stack, columns);
        let (mut summaries, mut reasons, mut undefined) =
            (Vec::new(), Coder::default(), Vec::new());
        for (at, row) in self.stack.rows().enumerate() {
            body.n.push(columns.n(row)?);
            let stated = columns.said(row, Known::Undefined).unwrap_or_default();
            if summaries::is_summary(columns, row)? {
                summaries.push((at, summaries::read(columns, row)?));
                body.value.push(f64::NAN);
                body.seed.push(0);
                undefined.push(reasons.code(""));
                continue;
            }
            let (value, reason) = match values.read(columns, row)? {
                Ok(value) => (value, stated),
                Err(why) => (f64::NAN, if stated.is_empty() { why } else { stated }),
            };
            body.value.push(value);
            undefined.push(reasons.code(reason));
            body.seed.push(match columns.seed(row)? {
                Some(seed) => seed,
                None if columns.at(Known::Seed).is_some() => {
                    return Err(columns.wrong(row, Known::Seed, "a whole number in each row"));
                }
                None => at as u64,
            });
        }
        body.undefined = reasons.with(undefined);
        if values.missing() > 0 {
            notes.push(format!(
                "{} of {} rows have no value; they are left out of means: {}",
                values.missing(),
                self.stack.len() - summaries.len(),
                values.words()
            ));
        }
        Ok(summaries)
    }

    /// Names that may be one, and renames of what is not there.
    fn check_levels(&self, body: &Body, notes: &mut Vec<String>) -> Result<(), FrameError> {
        let named = [
            ("task", &body.task),
            ("model", &body.model),
            ("init", &body.init),
            ("metric", &body.metric),
            ("class", &body.class),
        ];
        let others = body.others.iter().map(|(name, codes)| (name.as_str(), codes));
        let mut columns = Vec::new();
        for (name, codes) in named.into_iter().chain(others) {
            notes.extend(levels::alike(name, codes));
            columns.extend(self.stack.column(name));
        }
        levels::check_renames(self.stack, &self.reading.renames, &columns)
    }

    /// Rows that are no summaries.
    fn singles(&self, summaries: &[SummaryRow]) -> Vec<bool> {
        let mut kept = vec![true; self.stack.len()];
        for of in summaries {
            kept[of.row] = false;
        }
        kept
    }

    /// One value for each run, metric and class.
    fn no_duplicates(&self, body: &Body, kept: &[bool]) -> Result<(), FrameError> {
        let cells = body.cells();
        let keys = Codes::joint(&[&cells, &body.metric.codes, &body.class.codes], body.len());
        let mut rows: Vec<(u32, u64, usize)> = (0..body.len())
            .filter(|row| kept[*row])
            .map(|row| (keys[row], body.seed[row], row))
            .collect();
        rows.sort_unstable();
        let twice = rows.windows(2).filter(|two| (two[0].0, two[0].1) == (two[1].0, two[1].1));
        let Some(two) = twice.min_by_key(|two| two[1].2) else { return Ok(()) };
        let place = |row| self.stack.row(row).map_or_else(Default::default, stack::Entry::place);
        let ((first_path, first), (path, line)) = (place(two[0].2), place(two[1].2));
        let words = body.words(two[1].2);
        let key = if first_path == path {
            words
        } else {
            format!("{words} (of {})", first_path.display())
        };
        Err(FrameError::Duplicate { path, line, first, key })
    }

    /// Lines of the first single value of each cell, where there are means too.
    fn lines_of_cells(
        &self,
        body: &Body,
        kept: &[bool],
        summaries: &[SummaryRow],
    ) -> HashMap<String, u64> {
        let mut lines = HashMap::new();
        if summaries.is_empty() {
            return lines;
        }
        for (at, row) in self.stack.rows().enumerate() {
            if kept[at] && body.class.name(at).is_empty() {
                let words = format!("{} / {}", body.place(at), body.metric.name(at));
                lines.entry(words).or_insert_with(|| row.line());
            }
        }
        lines
    }
}

/// A class; nothing where the cell says so in a program's word. `None` may be a class:
/// no finding.
fn class(cell: &str) -> String {
    let nothing = ["na", "n/a", "#n/a", "<na>", "nan", "null"];
    if nothing.contains(&cell.to_lowercase().as_str()) { String::new() } else { cell.into() }
}

fn summary_cell(body: &Body, row: usize, summary: crate::stats::t_summary::Summary) -> Cell {
    let granularity = body.granularity.name(row);
    Cell {
        task: body.task.name(row).into(),
        model: body.model.name(row).into(),
        init: body.init.name(row).into(),
        others: body
            .others
            .iter()
            .map(|(name, codes)| (name.clone(), codes.name(row).to_string()))
            .collect(),
        label_fraction: body.fraction[row],
        metric: body.metric.name(row).into(),
        granularity: (!granularity.is_empty()).then(|| granularity.into()),
        summary: Some(summary),
        ..Cell::default()
    }
}
