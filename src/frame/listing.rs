//! The input, value by value, each with all that tells it apart: what two inputs
//! are compared by.

use polars::prelude::*;

use super::error::{FrameError, Operation};
use super::results::Results;
use crate::scores::{CaseData, CaseTask, Cell, Factor};
use crate::text::percent;

/// Between the levels of a place; in no name.
pub const JOINT: char = '\u{1f}';

/// Column of the seeds.
pub const SEED: &str = "seed";
/// Column of the test cases.
pub const CASE: &str = "case";
/// Column of what a value is of: a metric, a score, a label.
pub const OF: &str = "of";

/// Every value of an input.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listing {
    /// What tells values apart: the factors, seed, case, class, and what the value is
    /// of; columns that the input lacks have empty levels.
    pub columns: Vec<String>,
    /// In the order of the input.
    pub values: Vec<Listed>,
}

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    /// Its levels, in the order of the columns, with [`JOINT`] between them.
    pub place: String,
    /// The value; none where the input says that there is none.
    pub value: Option<f64>,
}

impl Results {
    /// Every value of the input. Of runs without seeds several may have one place.
    ///
    /// # Errors
    /// A table that lacks a column, which none does that was read here.
    pub fn listing(&self) -> Result<Listing, FrameError> {
        let mut columns: Vec<String> = [Factor::TASK, Factor::MODEL, Factor::INIT]
            .into_iter()
            .chain(self.others.iter().map(String::as_str))
            .chain([Factor::LABEL_FRACTION, SEED, CASE, "class", OF])
            .map(String::from)
            .collect();
        columns.dedup();
        let mut listing = Listing { columns, values: Vec::new() };
        match &self.cases {
            Some(data) => self.list_cases(data, &mut listing),
            None => self.list_runs(&mut listing)?,
        }
        for cell in &self.summaries {
            self.list_summary(cell, &mut listing);
        }
        Ok(listing)
    }

    fn lacks(&self, column: &str) -> bool {
        self.lacking.iter().any(|lacking| lacking == column)
    }

    fn fraction(&self, fraction: f64) -> String {
        if self.lacks(Factor::LABEL_FRACTION) { String::new() } else { percent(fraction) }
    }

    fn list_runs(&self, listing: &mut Listing) -> Result<(), FrameError> {
        let frame = &self.frame;
        let text = |name: &str| -> Result<StringChunked, FrameError> {
            Ok(frame.column(name).op("read")?.str().op("read")?.rechunk().into_owned())
        };
        let known = [Factor::TASK, Factor::MODEL, Factor::INIT];
        let mut levels = Vec::new();
        for name in known.into_iter().chain(self.others.iter().map(String::as_str)) {
            levels.push((text(name)?, self.lacks(name)));
        }
        let (classes, metrics) = (text("class")?, text("metric")?);
        let fractions = frame.column("label_fraction").op("read")?.f64().op("read")?.rechunk();
        let seeds = frame.column("seed").op("read")?.u64().op("read")?.rechunk();
        let values = frame.column("value").op("read")?.f64().op("read")?.rechunk();
        for row in 0..frame.height() {
            let mut place = Place::default();
            for (column, lacking) in &levels {
                place.add(if *lacking { "" } else { column.get(row).unwrap_or_default() });
            }
            place.add(&self.fraction(fractions.get(row).unwrap_or(1.0)));
            let seed = seeds.get(row).filter(|_| self.has_seeds);
            place.add(&seed.map_or_else(String::new, |seed| seed.to_string()));
            place.add("");
            place.add(classes.get(row).unwrap_or_default());
            place.add(metrics.get(row).unwrap_or_default());
            listing.values.push(Listed { place: place.0, value: values.get(row) });
        }
        Ok(())
    }

    fn list_cases(&self, data: &CaseData, listing: &mut Listing) {
        for task in &data.tasks {
            self.list_labels(task, listing);
            for column in &task.values {
                let class = column.class.as_deref().unwrap_or_default();
                let of = &column.place.metric;
                let whose = Whose { place: &column.place, seed: Some(column.seed), class, of };
                self.list_column(task, whose, column.values.iter().copied(), listing);
            }
            for run in &task.runs {
                for (class, scores) in run.run.table.classes.iter().zip(&run.run.scores) {
                    let whose =
                        Whose { place: &run.place, seed: Some(run.seed), class, of: "score" };
                    self.list_column(task, whose, scores.iter().copied(), listing);
                }
            }
        }
    }

    /// The truth: a label per case and class.
    fn list_labels(&self, task: &CaseTask, listing: &mut Listing) {
        let place = Cell { task: task.task.clone(), label_fraction: f64::NAN, ..Cell::default() };
        for (class, labels) in task.table.classes.iter().zip(&task.table.labels) {
            let whose = Whose { place: &place, seed: None, class, of: "label" };
            let values = labels.iter().map(|has| f64::from(u8::from(*has)));
            self.list_column(task, whose, values, listing);
        }
    }

    fn list_column(
        &self,
        task: &CaseTask,
        whose: Whose<'_>,
        values: impl Iterator<Item = f64>,
        listing: &mut Listing,
    ) {
        for (case, value) in task.table.cases.iter().zip(values) {
            let place = self.place(whose, case);
            listing.values.push(Listed { place, value: Some(value).filter(|v| !v.is_nan()) });
        }
    }

    fn place(&self, whose: Whose<'_>, case: &str) -> String {
        let cell = whose.place;
        let mut place = Place::default();
        for (name, level) in
            [(Factor::TASK, &cell.task), (Factor::MODEL, &cell.model), (Factor::INIT, &cell.init)]
        {
            place.add(if self.lacks(name) { "" } else { level });
        }
        for other in &self.others {
            let level = cell.others.iter().find(|(name, _)| name == other);
            place.add(level.map_or("", |(_, level)| level));
        }
        let is_run = !cell.label_fraction.is_nan();
        place.add(&if is_run { self.fraction(cell.label_fraction) } else { String::new() });
        place.add(&whose.seed.map_or_else(String::new, |seed| seed.to_string()));
        place.add(case);
        place.add(whose.class);
        place.add(whose.of);
        place.0
    }

    /// A published mean with its spread and n.
    fn list_summary(&self, cell: &Cell, listing: &mut Listing) {
        let Some(summary) = &cell.summary else { return };
        for (what, value) in [("mean", summary.mean), ("sd", summary.sd), ("n", summary.n as f64)] {
            let of = format!("{what} of {}", cell.metric);
            let whose = Whose { place: cell, seed: None, class: "", of: &of };
            let value = Some(value).filter(|v| !v.is_nan());
            listing.values.push(Listed { place: self.place(whose, ""), value });
        }
    }
}

/// Whose values a list has.
#[derive(Clone, Copy)]
struct Whose<'a> {
    place: &'a Cell,
    seed: Option<u64>,
    class: &'a str,
    of: &'a str,
}

/// Levels, one after the other.
#[derive(Default)]
struct Place(String, bool);

impl Place {
    fn add(&mut self, level: &str) {
        if std::mem::replace(&mut self.1, true) {
            self.0.push(JOINT);
        }
        self.0.extend(level.chars().filter(|c| *c != JOINT));
    }
}
