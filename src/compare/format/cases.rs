//! The two sources of variance as finished strings.

use super::numbers::{fixed, p_value, percent};
use super::table::{Table, ends};
use crate::compare::cases::{CaseRow, ClassRow};
use crate::compare::types::Interval;

/// One row per comparison.
pub fn cases_table(rows: &[CaseRow]) -> Table {
    let mut table = Table::new(&[
        "Task",
        "#Labels",
        "Level",
        "Reference",
        "#Difference",
        "#SE over seeds",
        "#SE over cases",
        "#Over cases",
        "#Over both",
        "#DeLong p",
        "#Seeds",
        "#Cases",
    ]);
    let interval = |i: Option<&Interval>| i.map_or("\u{2013}".into(), |i| ends(i.low, i.high));
    table.rows = rows
        .iter()
        .map(|row| {
            vec![
                row.task.clone(),
                percent(row.label_fraction),
                row.level.clone(),
                row.reference.clone(),
                fixed(row.difference, 4),
                fixed(row.se_seeds, 4),
                fixed(row.se_cases, 4),
                interval(row.over_cases.as_ref()),
                interval(row.over_both.as_ref()),
                p_value(row.adjusted_p),
                row.seeds.to_string(),
                row.cases.to_string(),
            ]
        })
        .collect();
    table
}

/// One row per comparison and class.
pub fn classes_table(rows: &[ClassRow]) -> Table {
    let mut table = Table::new(&[
        "Task",
        "#Labels",
        "Class",
        "Level",
        "Reference",
        "#Difference",
        "#SE over seeds",
        "#SE over cases",
        "#p over seeds",
        "#p over cases",
        "#Seeds",
        "#Cases",
    ]);
    table.rows = rows
        .iter()
        .map(|row| {
            vec![
                row.task.clone(),
                percent(row.label_fraction),
                row.class.clone(),
                row.level.clone(),
                row.reference.clone(),
                fixed(row.difference, 4),
                fixed(row.se_seeds, 4),
                fixed(row.se_cases, 4),
                p_value(row.seeds_adjusted_p),
                p_value(row.cases_adjusted_p),
                row.seeds.to_string(),
                row.cases.to_string(),
            ]
        })
        .collect();
    table
}
