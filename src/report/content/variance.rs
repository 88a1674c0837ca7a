//! The two sources of variance: seeds and test cases.

use super::arrange::{heads, paragraph, section};
use super::claims::csv_of;
use crate::compare::Interval;
use crate::compare::cases::CaseRow;
use crate::compare::format::cases_table;
use crate::report::document::{Block, Section, TableBlock, Value};
use crate::report::load::ReportInput;

/// The section, where predictions per case are at hand.
pub(super) fn variance(input: &ReportInput) -> Option<Section> {
    let rows = &input.analysis.cases;
    if rows.is_empty() {
        return None;
    }
    let text = "The tests over seeds ask what further runs would give on these test cases. \
                [[tab-cases]] asks besides what the same runs would give on other cases of the \
                kind (whole patients redrawn), and takes both together: an interval over both is \
                the one to read for a claim about new patients and new runs.";
    Some(section("variance", "Seeds and test cases", vec![paragraph(text), table(rows)]))
}

fn table(rows: &[CaseRow]) -> Block {
    let table = cases_table(rows);
    let cells = table
        .rows
        .iter()
        .zip(rows)
        .map(|(texts, row)| {
            let mut cells: Vec<Value> = texts.iter().map(Value::text).collect();
            let how = |interval: Option<&Interval>| {
                interval.map_or_else(|| row.notes.join("; "), |i| i.method.clone())
            };
            cells[4].title = row.notes.join("; ");
            cells[7].title = how(row.over_cases.as_ref());
            cells[8].title = how(row.over_both.as_ref());
            cells[9].title = if row.delong_p.is_some() {
                "DeLong's test of the mean difference over seeds, adjusted within its family".into()
            } else {
                "DeLong's test is for one binary label with one case per patient".into()
            };
            cells[11].title = format!("{} cases of {} patients", row.cases, row.patients);
            cells
        })
        .collect();
    Block::Table(TableBlock {
        label: "tab-cases".into(),
        number: 0,
        caption: "Differences by source of variance: standard error over seeds with the cases \
                  fixed and over cases with the runs fixed, and intervals over cases and over both."
            .into(),
        head: heads(&table),
        rows: cells,
        csv: csv_of(&table),
    })
}
