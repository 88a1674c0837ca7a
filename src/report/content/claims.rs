//! The claims of the study: verdicts, and what other analyses say.

use super::arrange::{heads, paragraph, section};
use crate::compare::claims::{ClaimResult, ClaimVerdict};
use crate::compare::format::{Table, claims_table, robustness_table};
use crate::report::document::{Block, Section, TableBlock, Value};
use crate::report::load::ReportInput;

/// The section, where the study states claims.
pub(super) fn claims(input: &ReportInput) -> Option<Section> {
    let claims = &input.analysis.claims;
    if claims.is_empty() {
        return None;
    }
    let count = |verdict| claims.iter().filter(|c| c.verdict == Some(verdict)).count();
    let text = format!(
        "Of {} stated claims {} are supported, {} contradicted and {} undecided ([[tab-claims]]). \
         Each was judged again under every other reasonable analysis: other tests, adjustments and \
         metrics, without one task, without one seed ([[tab-robustness]]).",
        claims.len(),
        count(ClaimVerdict::Supported),
        count(ClaimVerdict::Contradicted),
        claims.len() - count(ClaimVerdict::Supported) - count(ClaimVerdict::Contradicted),
    );
    Some(section("claims", "Claims", vec![paragraph(text), verdicts(claims), robustness(claims)]))
}

fn verdicts(claims: &[ClaimResult]) -> Block {
    let table = claims_table(claims);
    let rows = table
        .rows
        .iter()
        .zip(claims)
        .map(|(row, claim)| {
            let mut cells: Vec<Value> = row.iter().map(Value::text).collect();
            cells[1].title = format!("{}; on {}", claim.formal, claim.blocks.join("; "));
            cells[2].best = claim.verdict == Some(ClaimVerdict::Supported);
            cells[2].title = claim.notes.join("; ");
            cells[7].title =
                "analyses of the robustness panel with this verdict, of all that could be done"
                    .into();
            cells
        })
        .collect();
    Block::Table(TableBlock {
        label: "tab-claims".into(),
        number: 0,
        caption: "The claims of the study, one family of tests. Agreement: how many of the other \
                  reasonable analyses come to the same verdict."
            .into(),
        head: heads(&table),
        rows,
        csv: csv_of(&table),
    })
}

fn robustness(claims: &[ClaimResult]) -> Block {
    let table = robustness_table(claims);
    Block::Table(TableBlock {
        label: "tab-robustness".into(),
        number: 0,
        caption: "The claims under every other reasonable analysis, one change at a time.".into(),
        head: heads(&table),
        rows: table.rows.iter().map(|row| row.iter().map(Value::text).collect()).collect(),
        csv: csv_of(&table),
    })
}

/// A table of finished strings as CSV.
pub(super) fn csv_of(table: &Table) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing to memory cannot fail.
    for row in std::iter::once(&table.head).chain(&table.rows) {
        let _ = writer.write_record(row);
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}
