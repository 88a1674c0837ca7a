//! Tables whose columns are levels of a factor: models, inits, runs.

use std::collections::BTreeSet;

use super::draft::Tidy;
use super::melt::{Entry, HELD, Melt};
use super::metric_names::{MetricName, Stat, is_numeric, measures, metric_name, number};

use crate::frame::error::FrameError;
use crate::frame::runs::KNOWN;
use crate::table::names::plain;

/// Names of columns that say which case a row is of; their numbers are no results.
const OF_CASES: [&str; 21] = [
    "case",
    "case_id",
    "image",
    "image_id",
    "image_name",
    "filename",
    "study_id",
    "sample_id",
    "study",
    "id",
    "sample",
    "file",
    "name",
    "path",
    "scan",
    "patient",
    "patient_id",
    "subject",
    "subject_id",
    "cluster",
    "label",
];
/// Words before a number in the names of columns that are runs.
const RUNS: [&str; 10] =
    ["seed", "run", "rep", "repeat", "repetition", "replicate", "trial", "fold", "split", "s"];

impl Tidy {
    /// Columns that are levels of a factor.
    pub(super) fn spread(&mut self, factor: &str, state: Option<usize>) -> Result<(), FrameError> {
        let state = state.map(|column| self.name(column).to_string());
        if let Some(column) = self.column(factor) {
            self.ignored.push(format!("{factor} (its levels are columns, as stated)"));
            self.drop_columns(&[column]);
        }
        let mut levels: Vec<usize> = self.numeric_columns();
        if levels.is_empty() {
            return Err(self.nothing_found());
        }
        if factor == "seed" {
            let runs: Vec<usize> =
                levels.iter().copied().filter(|at| run_number(self.name(*at)).is_some()).collect();
            if !runs.is_empty() {
                levels = runs;
            }
        }
        let names: Vec<Option<MetricName>> =
            levels.iter().map(|column| metric_name(self.name(*column))).collect();
        let one = one_metric(&names);
        let entries: Vec<Entry> = levels
            .iter()
            .zip(&names)
            .map(|(column, found)| Entry {
                level: Some(match found.as_ref().filter(|_| one.is_some()) {
                    Some(found) => level_of(factor, &found.qualifier),
                    None => level_of(factor, self.name(*column)),
                }),
                metric: one.clone(),
                columns: [Some(*column), None, None, None],
            })
            .collect();
        let keep: Vec<usize> = (0..self.sheet.header().len())
            .filter(|column| !levels.contains(column))
            .filter(|column| state.as_deref() != Some(self.name(*column)))
            .filter(|column| one.is_none() || self.name(*column) != "metric")
            .collect();
        let number_rows = factor != "seed" && self.column("seed").is_none() && self.repeats(&keep);
        let list: Vec<&str> = entries.iter().filter_map(|entry| entry.level.as_deref()).collect();
        let said = format!("levels of {factor} are the columns {}", list.join(", "));
        self.understood.push(said);
        if number_rows {
            self.understood.push("each row is a run of every level: its number is the seed".into());
        }
        let state = state.and_then(|name| self.column(&name));
        let factor = Some(factor);
        self.melt(&Melt { keep, factor, entries, number_rows, state, ..Melt::default() })
    }

    /// The word before the numbers of columns that are runs: `seed 0`, `seed 1`.
    pub(super) fn columns_are_runs(&self) -> Option<&'static str> {
        if self.column("seed").is_some() {
            return None;
        }
        let numeric = self.numeric_columns();
        let runs: Vec<(&'static str, u64)> =
            numeric.iter().filter_map(|column| run_number(self.name(*column))).collect();
        let (word, _) = *runs.first()?;
        let numbers: BTreeSet<u64> = runs.iter().map(|(_, number)| *number).collect();
        let same = runs.iter().all(|(other, _)| *other == word);
        (runs.len() > 1 && same && numbers.len() == runs.len()).then_some(word)
    }

    /// Whether rows are data sets and columns models, as autorank has them: one column of
    /// names, which are tasks, and numbers of one scale under names that are no metrics.
    pub(super) fn is_populations(&mut self) -> bool {
        /// How far apart the columns of one scale may lie.
        const SCALE: f64 = 10.0;
        let numeric = self.numeric_columns();
        let others: Vec<usize> =
            (0..self.sheet.header().len()).filter(|column| !numeric.contains(column)).collect();
        let [names] = others[..] else { return false };
        let tasks = matches!(self.name(names), "task" | "column 1" | "index");
        if !tasks || numeric.len() < 2 || self.repeats(&others) || !measures(&self.sheet).is_empty()
        {
            return false;
        }
        let style = self.sheet.style();
        let mean = |column: &usize| {
            let cells: Vec<f64> =
                self.sheet.cells(*column).filter_map(|cell| number(style, cell)).collect();
            cells.iter().sum::<f64>() / cells.len() as f64
        };
        let means: Vec<f64> = numeric.iter().map(mean).collect();
        let (least, most) =
            means.iter().fold((f64::INFINITY, 0.0_f64), |(a, b), m| (a.min(*m), b.max(*m)));
        // Whole numbers alone are counts of something.
        let decimals = numeric.iter().all(|column| {
            self.sheet
                .cells(*column)
                .any(|cell| number(style, cell).is_some_and(|v| v.fract() != 0.0))
        });
        let alike = least > 0.0 && most <= SCALE * least && decimals;
        if alike {
            self.rename(names, "task");
        }
        alike
    }

    /// Whether two rows are the same in these columns.
    fn repeats(&self, columns: &[usize]) -> bool {
        let mut seen = BTreeSet::new();
        !self.sheet.rows().all(|row| {
            seen.insert(columns.iter().map(|column| row.cell(*column)).collect::<Vec<_>>())
        })
    }

    /// Columns of numbers without a known name.
    pub(super) fn numeric_columns(&self) -> Vec<usize> {
        let unknown = |column: &usize| {
            let name = self.name(*column);
            !KNOWN.contains(&name) && !OF_CASES.contains(&plain(name).as_str())
        };
        let columns = 0..self.sheet.header().len();
        columns.filter(unknown).filter(|column| is_numeric(&self.sheet, *column)).collect()
    }

    /// Whether cells are as `0.81 ± 0.02`.
    fn holds_spreads(&self, column: usize) -> bool {
        let mut cells = self.sheet.cells(column).filter(|cell| !cell.is_empty()).peekable();
        cells.peek().is_some()
            && cells.all(|cell| ["±", "+/-", "+-"].iter().any(|mark| cell.contains(mark)))
    }

    /// The error of a table in which no result was found.
    pub(super) fn nothing_found(&self) -> FrameError {
        let numeric = self.numeric_columns();
        let names: Vec<&str> = numeric.iter().map(|column| self.name(*column)).collect();
        let both = (0..self.sheet.header().len()).find(|column| self.holds_spreads(*column));
        let hint = match names[..] {
            _ if both.is_some() => {
                let name = self.name(both.unwrap_or_default());
                format!(
                    "; {name:?} holds means and spreads in one cell: write them in two columns, \
                     \"{name}_mean\" and \"{name}_sd\" (or \"{name}_se\"), with the number of runs in \
                     \"n\""
                )
            }
            [] => "; no column holds numbers; a table has one result per line, the score in \
                   \"value\" and what it is in \"metric\", or a column for each metric"
                .to_string(),
            [name] => format!("; if {name:?} holds the results, say --map value={name}"),
            [name, ..] if names.iter().all(|name| super::paths::is_init(name)) => format!(
                "; columns of numbers: {}. Where each of them is an init, say --map init=columns \
                 (--map value={name}, where one holds the results)",
                names.join(", ")
            ),
            [name, ..] => format!(
                "; columns of numbers: {}. Say which holds the results (--map value={name}), or, \
                 where each of them is a model, --map model=columns (init=columns, where each is an \
                 init)",
                names.join(", ")
            ),
        };
        FrameError::MissingColumn {
            path: self.sheet.path().into(),
            column: HELD[0].into(),
            found: self.sheet.header().join(", "),
            hint,
        }
    }
}

/// A level as the factor writes it: the number of a seed, a name else.
fn level_of(factor: &str, name: &str) -> String {
    match run_number(name).filter(|_| factor == "seed") {
        Some((_, number)) => number.to_string(),
        None => name.into(),
    }
}

/// The word and the number of `seed 0`, `run_3`, `s2`.
fn run_number(name: &str) -> Option<(&'static str, u64)> {
    let name = plain(name);
    let letters = name.trim_end_matches(|letter: char| letter.is_ascii_digit());
    let number = name[letters.len()..].parse().ok()?;
    let word = letters.trim_end_matches(['_', '=', '#']);
    RUNS.iter().find(|run| **run == word).map(|run| (*run, number))
}

/// The one metric of columns that differ by their further words.
fn one_metric(names: &[Option<MetricName>]) -> Option<String> {
    let first = names.first()?.as_ref()?;
    let mut words = BTreeSet::new();
    let same = names.iter().all(|name| {
        name.as_ref().is_some_and(|name| {
            name.metric == first.metric
                && name.stat == Stat::Value
                && !name.qualifier.is_empty()
                && words.insert(name.qualifier.as_str())
        })
    });
    (same && names.len() > 1).then(|| first.metric.clone())
}
