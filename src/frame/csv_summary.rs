//! Rows of a published table: mean, spread and n in the place of single values.
//!
//! `n` is the number of runs behind the mean. The spread is one of `sd` (sample
//! standard deviation, divided by n - 1), `population_sd` (divided by n, the
//! default of numpy) and `se` (standard error of the mean).

use std::collections::BTreeMap;
use std::path::Path;

use csv::StringRecord;

use super::csv_columns::{Columns, KNOWN};
use super::csv_table::Table;
use super::error::FrameError;
use crate::records::ResultRow;
use crate::scores::Cell;
use crate::stats::t_summary::Summary;

const VALUE: usize = 6;
const MEAN: usize = 12;
const SPREADS: [usize; 3] = [13, 14, 15];

impl Columns {
    /// Whether a row holds a mean; one that holds a value too is refused.
    pub(super) fn is_summary(
        &self,
        table: &Table<'_>,
        line: u64,
        record: &StringRecord,
    ) -> Result<bool, FrameError> {
        match (self.text(record, VALUE), self.text(record, MEAN)) {
            (None, mean) => Ok(mean.is_some()),
            (Some(_), None) => Ok(false),
            (Some(value), Some(mean)) => Err(FrameError::Value {
                path: table.path.into(),
                line,
                column: KNOWN[MEAN].into(),
                got: mean.into(),
                expected: if value == mean {
                    "nothing beside a value: leave `value` empty where the row is a summary"
                } else {
                    "nothing beside a value: a row is one run (value) or a summary (mean, n and \
                     a spread)"
                },
            }),
        }
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
        if let Some(class) = &row.class {
            return Err(FrameError::Value {
                path: table.path.into(),
                line,
                column: "class".into(),
                got: class.clone(),
                expected: "no class beside a mean: means per class are not compared; leave such \
                           rows out with --where class=",
            });
        }
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

/// Lines of the first single value of each cell, by [`cell_key`].
pub(super) type Singles = BTreeMap<String, u64>;

/// What a mean and single values must not share.
pub(super) fn cell_key(row: &ResultRow) -> String {
    let others: String = row.others.iter().map(|(_, level)| format!(" / {level}")).collect();
    format!(
        "{} / {} / {}{others} / {} / {}",
        row.task, row.model, row.init, row.label_fraction, row.metric
    )
}

/// Refuses two rows for one cell, and a mean of a cell that has single values:
/// which of the two is meant, or whether the mean is of other runs, nobody
/// could say.
pub(super) fn unique(
    rows: Vec<(u64, Cell)>,
    singles: &Singles,
    path: &Path,
) -> Result<Vec<Cell>, FrameError> {
    let mut seen: BTreeMap<String, u64> = BTreeMap::new();
    let mut cells = Vec::with_capacity(rows.len());
    for (line, cell) in rows {
        let levels = cell.levels().join(" / ");
        let key = format!("{levels} / {} / {}", cell.label_fraction, cell.metric);
        if let Some(first) = singles.get(&key).copied() {
            return Err(FrameError::Mixed { path: path.into(), line, first, key });
        }
        if let Some(first) = seen.insert(key.clone(), line) {
            return Err(FrameError::Duplicate { path: path.into(), line, first, key });
        }
        cells.push(cell);
    }
    Ok(cells)
}

#[cfg(test)]
mod tests {
    use crate::frame::{Reading, Results};

    const HEAD: &str = "task,model,init,label_fraction,seed,metric,class,value,mean,sd,n\n";

    fn open(rows: &str) -> Result<Results, String> {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("r.csv");
        std::fs::write(&path, format!("{HEAD}{rows}")).expect("written");
        Results::open(&path, &Reading::default()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_cell_has_single_values_or_a_summary() {
        let single = "t,m,a,1,0,auc,,0.8,,,\nt,m,a,1,1,auc,,0.82,,,\n";
        let other = "t,m,b,1,,auc,,,0.7,0.02,5\n";
        let mixed = open(&format!("{single}{other}")).expect("cells of their own");
        assert_eq!((mixed.summaries.len(), mixed.cells("auc").expect("cells").len()), (1, 2));

        let same = "t,m,a,1,,auc,,,0.81,0.02,5\n";
        for rows in [format!("{single}{same}"), format!("{same}{single}")] {
            let error = open(&rows).expect_err("both");
            assert!(error.contains("not both") && error.contains("t / m / a / 1 / auc"), "{error}");
        }
        let error = open(&format!("{single}{same}")).expect_err("both");
        assert!(error.contains(":4:") && error.contains("line 2"), "{error}");
        // Another metric or fraction of the same level is another cell.
        assert!(open(&format!("{single}t,m,a,0.1,,auc,,,0.81,0.02,5\n")).is_ok());
        // A mean of one class is no mean over classes.
        let error = open("t,m,a,1,,auc,nodule,,0.81,0.02,5\n").expect_err("a class");
        assert!(error.contains("--where class="), "{error}");
        // A class may have single values beside the summary of all.
        assert!(open(&format!("t,m,a,1,0,auc,nodule,0.8,,,\n{same}")).is_ok());
    }

    #[test]
    fn one_row_is_not_both() {
        for rows in ["t,m,a,1,0,auc,,0.8,0.8,0.02,5\n", "t,m,a,1,0,auc,,0.7,0.8,,\n"] {
            let error = open(rows).expect_err("both");
            assert!(error.contains(":2:") && error.contains("\"mean\""), "{error}");
        }
    }
}
