//! The two tables of a comparison, as finished strings.

use super::numbers::{fixed, p_value, percent, verdict_word};
use crate::compare::types::{Comparison, Factor};

/// A table of finished strings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Column heads.
    pub head: Vec<String>,
    /// Rows, as long as the head.
    pub rows: Vec<Vec<String>>,
    /// Which columns hold numbers.
    pub numeric: Vec<bool>,
}

impl Table {
    /// An empty table; a head that starts with `#` marks a column of numbers.
    pub fn new(head: &[&str]) -> Self {
        Self {
            head: head.iter().map(|h| h.trim_start_matches('#').into()).collect(),
            numeric: head.iter().map(|h| h.starts_with('#')).collect(),
            rows: Vec::new(),
        }
    }
}

/// Mean, spread and interval per cell.
pub fn summary_table(comparison: &Comparison) -> Table {
    let mut table =
        Table::new(&["Task", "Model", "Init", "#Labels", "#n", "#Mean", "#SD", "#Interval"]);
    for summary in &comparison.cells {
        let cell = &summary.cell;
        let interval = summary.interval.as_ref();
        table.rows.push(vec![
            cell.task.clone(),
            cell.model.clone(),
            cell.init.clone(),
            percent(cell.label_fraction),
            summary.n.to_string(),
            fixed(summary.mean, 4),
            fixed(summary.sd, 4),
            interval.map_or("\u{2013}".into(), |i| ends(i.low, i.high)),
        ]);
    }
    table
}

/// One row per test; the adjusted p stands before the raw one.
pub fn test_table(comparison: &Comparison) -> Table {
    let other = match comparison.options.factor {
        Some(Factor::Model) => "Init",
        _ => "Model",
    };
    let mut table = Table::new(&[
        "Task",
        other,
        "#Labels",
        "Level",
        "Reference",
        "Verdict",
        "#Difference",
        "#Interval",
        "#Adjusted p",
        "#Raw p",
        "#Hedges' g",
        "Test",
        "#n",
    ]);
    for row in &comparison.rows {
        let n = if row.n[0] == row.n[1] {
            row.n[0].to_string()
        } else {
            format!("{}, {}", row.n[0], row.n[1])
        };
        table.rows.push(vec![
            row.task.clone(),
            if other == "Init" { row.init.clone() } else { row.model.clone() },
            percent(row.label_fraction),
            row.level.clone(),
            row.reference.clone(),
            row.verdict.map_or("\u{2013}", verdict_word).into(),
            fixed(row.difference, 4),
            row.interval.as_ref().map_or("\u{2013}".into(), |i| ends(i.low, i.high)),
            p_value(row.adjusted_p),
            p_value(row.p),
            fixed(row.hedges_g, 2),
            row.test.clone(),
            n,
        ]);
    }
    table
}

pub(super) fn ends(low: f64, high: f64) -> String {
    format!("[{}, {}]", fixed(Some(low), 4), fixed(Some(high), 4))
}
