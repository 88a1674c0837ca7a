//! Rows of a published table: mean, spread and n in the place of single values.
//!
//! `n` is the number of runs behind the mean. The spread is one of `sd` (sample
//! standard deviation, divided by n - 1), `population_sd` (divided by n, the
//! default of numpy) and `se` (standard error of the mean).

use std::collections::HashMap;

use super::columns::{Columns, Known};
use super::stack::Entry;
use crate::frame::error::FrameError;
use crate::scores::Cell;
use crate::stats::t_summary::Summary;
use crate::table::missing::missing;

const SPREADS: [Known; 3] = [Known::Sd, Known::PopulationSd, Known::Se];

/// Whether a row holds a mean; one that holds a value too is refused.
pub(super) fn is_summary(columns: &Columns, row: Entry<'_>) -> Result<bool, FrameError> {
    let filled = |known| columns.text(row, known).filter(|text| missing(text).is_none());
    match (columns.text(row, Known::Value), filled(Known::Mean)) {
        (_, None) => Ok(false),
        (None, Some(_)) => Ok(true),
        (Some(value), Some(mean)) => Err(columns.wrong(
            row,
            Known::Mean,
            if value == mean {
                "nothing beside a value: leave `value` empty where the row is a summary"
            } else {
                "nothing beside a value: a row is one run (value) or a summary (mean, n and \
                 a spread)"
            },
        )),
    }
}

/// Mean, spread and n of a row.
pub(super) fn read(columns: &Columns, row: Entry<'_>) -> Result<Summary, FrameError> {
    let number = |known: Known, expected: &'static str| {
        let text = columns.text(row, known).unwrap_or_default();
        row.sheet().style().parse(text).map_err(|_| columns.wrong(row, known, expected))
    };
    if columns.said(row, Known::Class).is_some() {
        return Err(columns.wrong(
            row,
            Known::Class,
            "no class beside a mean: means per class are not compared; leave such rows out with \
             --where class=",
        ));
    }
    let mean = number(Known::Mean, "a finite number")?;
    let given: Vec<Known> =
        SPREADS.into_iter().filter(|known| columns.said(row, *known).is_some()).collect();
    let [spread] = given[..] else {
        return Err(FrameError::Value {
            path: row.sheet().path().into(),
            line: row.line(),
            column: "sd".into(),
            got: format!("{} spreads", given.len()),
            expected: "exactly one of sd, population_sd and se beside the mean",
        });
    };
    let value = number(spread, "a number of 0 or more")?;
    let n = columns.n(row)? as usize;
    if n < 2 || value < 0.0 {
        return Err(FrameError::Value {
            path: row.sheet().path().into(),
            line: row.line(),
            column: if n < 2 { Known::N } else { spread }.name().into(),
            got: if n < 2 { n.to_string() } else { value.to_string() },
            expected: "at least two runs behind a mean, and a spread of 0 or more",
        });
    }
    Ok(match spread {
        Known::Sd => Summary { n, mean, sd: value },
        Known::PopulationSd => Summary::of_population_sd(n, mean, value),
        _ => Summary::of_standard_error(n, mean, value),
    })
}

/// Refuses two rows for one cell, and a mean of a cell that has single values:
/// which of the two is meant, or whether the mean is of other runs, nobody
/// could say. `singles` are the lines of the first single value of each cell, by the
/// words of the cell.
pub(super) fn unique(
    rows: Vec<(std::path::PathBuf, u64, Cell)>,
    singles: &HashMap<String, u64>,
) -> Result<Vec<Cell>, FrameError> {
    let mut seen: HashMap<String, u64> = HashMap::new();
    let mut cells = Vec::with_capacity(rows.len());
    for (path, line, cell) in rows {
        let levels = cell.levels().join(" / ");
        let key = format!("{levels} / {} / {}", cell.label_fraction, cell.metric);
        if let Some(first) = singles.get(&key).copied() {
            return Err(FrameError::Mixed { path, line, first, key });
        }
        if let Some(first) = seen.insert(key.clone(), line) {
            return Err(FrameError::Duplicate { path, line, first, key });
        }
        cells.push(cell);
    }
    Ok(cells)
}
