//! Rows of a published table: mean, spread and n in the place of single values.
//!
//! `n` is the number of runs behind the mean. The spread is one of `sd` (sample
//! standard deviation, divided by n - 1), `population_sd` (divided by n, the
//! default of numpy) and `se` (standard error of the mean).

use std::collections::BTreeMap;
use std::path::Path;

use csv::StringRecord;

use super::csv_in::{Columns, KNOWN, Table};
use super::error::FrameError;
use crate::compare::Cell;
use crate::stats::t_summary::Summary;

const MEAN: usize = 12;
const SPREADS: [usize; 3] = [13, 14, 15];

impl Columns {
    /// Whether a row holds a mean and no value.
    pub(super) fn is_summary(&self, record: &StringRecord) -> bool {
        self.text(record, 6).is_none() && self.text(record, MEAN).is_some()
    }

    /// The row as a cell without single values, with its line.
    pub(super) fn summary_row(
        &self,
        table: &Table<'_>,
        line: u64,
        record: &StringRecord,
        as_percent: bool,
    ) -> Result<(u64, Cell), FrameError> {
        let row = self.row(table, line, record, as_percent)?;
        let number = |index: usize, expected: &'static str| {
            let text = self.text(record, index).unwrap_or_default();
            text.parse().ok().filter(|v: &f64| v.is_finite()).ok_or_else(|| FrameError::Value {
                path: table.path.into(),
                line,
                column: KNOWN[index].into(),
                got: text.into(),
                expected,
            })
        };
        let mean = number(MEAN, "a finite number")?;
        let given = SPREADS.into_iter().filter(|index| self.text(record, *index).is_some());
        let given: Vec<usize> = given.collect();
        let [spread] = given[..] else {
            return Err(FrameError::Value {
                path: table.path.into(),
                line,
                column: "sd".into(),
                got: format!("{} spreads", given.len()),
                expected: "exactly one of sd, population_sd and se beside the mean",
            });
        };
        let value = number(spread, "a number of 0 or more")?;
        let n = row.n as usize;
        if n < 2 || value < 0.0 {
            return Err(FrameError::Value {
                path: table.path.into(),
                line,
                column: if n < 2 { "n" } else { KNOWN[spread] }.into(),
                got: if n < 2 { n.to_string() } else { value.to_string() },
                expected: "at least two runs behind a mean, and a spread of 0 or more",
            });
        }
        let summary = match spread {
            13 => Summary { n, mean, sd: value },
            14 => Summary::of_population_sd(n, mean, value),
            _ => Summary::of_standard_error(n, mean, value),
        };
        let cell = Cell {
            task: row.task,
            model: row.model,
            init: row.init,
            label_fraction: row.label_fraction,
            metric: row.metric,
            granularity: row.granularity,
            summary: Some(summary),
            ..Cell::default()
        };
        Ok((line, cell))
    }
}

/// Refuses two rows for one cell.
pub(super) fn unique(rows: Vec<(u64, Cell)>, path: &Path) -> Result<Vec<Cell>, FrameError> {
    let mut seen: BTreeMap<String, u64> = BTreeMap::new();
    let mut cells = Vec::with_capacity(rows.len());
    for (line, cell) in rows {
        let key = format!(
            "{} / {} / {} / {} / {}",
            cell.task, cell.model, cell.init, cell.label_fraction, cell.metric
        );
        if let Some(first) = seen.insert(key.clone(), line) {
            return Err(FrameError::Duplicate { path: path.into(), line, first, key });
        }
        cells.push(cell);
    }
    Ok(cells)
}
