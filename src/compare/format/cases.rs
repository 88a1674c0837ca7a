//! The two sources of variance as finished strings.

use crate::compare::cases::{CaseRow, ClassRow};
use crate::compare::types::Interval;
use crate::scores::{Block, Metric};
use crate::text::{Table, p_value};

/// Heads for what compared runs share.
fn heads(block: &Block) -> Vec<String> {
    let titles = block.factors.iter().map(|(factor, _)| factor.title());
    titles.chain(["#Labels".into()]).collect()
}

fn levels(block: &Block) -> Vec<String> {
    let levels = block.levels().into_iter().map(String::from);
    levels.chain([block.fraction_words()]).collect()
}

/// One row per comparison.
pub fn cases_table(rows: &[CaseRow], metric: &Metric) -> Table {
    let block = rows.first().map(|row| row.block.clone()).unwrap_or_default();
    let heads = heads(&block);
    let mut head: Vec<&str> = heads.iter().map(String::as_str).collect();
    head.extend([
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
    let mut table = Table::new(&head);
    let interval =
        |i: Option<&Interval>| i.map_or("\u{2013}".into(), |i| metric.ends(i.low, i.high));
    table.rows = rows
        .iter()
        .map(|row| {
            let mut fields = levels(&row.block);
            fields.extend([
                row.level.clone(),
                row.reference.clone(),
                metric.text(row.difference),
                metric.text(row.se_seeds),
                metric.text(row.se_cases),
                interval(row.over_cases.as_ref()),
                interval(row.over_both.as_ref()),
                p_value(row.adjusted_p),
                row.seeds.to_string(),
                row.cases.to_string(),
            ]);
            fields
        })
        .collect();
    table
}

/// One row per comparison and class.
pub fn classes_table(rows: &[ClassRow], metric: &Metric) -> Table {
    let block = rows.first().map(|row| row.block.clone()).unwrap_or_default();
    let heads = heads(&block);
    let mut head: Vec<&str> = heads.iter().map(String::as_str).collect();
    head.extend([
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
    let mut table = Table::new(&head);
    table.rows = rows
        .iter()
        .map(|row| {
            let mut fields = levels(&row.block);
            fields.extend([
                row.class.clone(),
                row.level.clone(),
                row.reference.clone(),
                metric.text(row.difference),
                metric.text(row.se_seeds),
                metric.text(row.se_cases),
                p_value(row.seeds_adjusted_p),
                p_value(row.cases_adjusted_p),
                row.seeds.to_string(),
                row.cases.to_string(),
            ]);
            fields
        })
        .collect();
    table
}
