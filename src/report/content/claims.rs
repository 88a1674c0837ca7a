//! The claims of the study: verdicts, and what other analyses say.

use super::arrange::{heads, paragraph, section};
use crate::compare::claims::{ClaimResult, ClaimVerdict};
use crate::compare::format::{claims_table, robustness_table};
use crate::report::bound::{Origin, sentence_slug};
use crate::report::document::{Block, Section, TableBlock, Value};
use crate::report::escape;
use crate::report::load::ReportInput;
use crate::report::text::prose;
use crate::text::Table;

/// The section, where the study states claims.
pub(super) fn claims(input: &ReportInput) -> Option<Section> {
    let claims = &input.analysis.claims;
    if claims.is_empty() {
        return None;
    }
    let count = |verdict| claims.iter().filter(|c| c.verdict == Some(verdict)).count();
    let origin = Origin::new(&["claims"]).n(format!("{} claims", claims.len()));
    let counted = |name: &str, n: usize, how: &str| origin.bind(name, n, n.to_string(), how);
    let (supported, contradicted) =
        (count(ClaimVerdict::Supported), count(ClaimVerdict::Contradicted));
    let text = prose![
        "Of ",
        counted("stated", claims.len(), "claims that the study states"),
        " stated claims ",
        counted("supported", supported, "claims whose test supports them"),
        " are supported, ",
        counted("contradicted", contradicted, "claims whose test supports the contrary"),
        " contradicted and ",
        counted("undecided", claims.len() - supported - contradicted, "claims that are neither"),
        " undecided ([[tab-claims]]). Each was judged again under every other reasonable analysis: \
         other tests, adjustments and metrics, without one task, without one seed \
         ([[tab-robustness]]).",
    ];
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
            let origin = Origin::new(&["claims", &sentence_slug(&claim.text)])
                .of(&claim.blocks.join("; "))
                .n(format!("{} seeds", claim.n));
            let ends = claim.interval.as_ref().map(|i| (i.low, i.high));
            let how = claim.interval.as_ref().map_or("", |i| i.method.as_str());
            let adjusted = "p, adjusted over all claims as one family";
            cells[2].bind(origin.bind("verdict", row[2].as_str(), &row[2], &row[8]));
            cells[3].bind(origin.bind("difference", claim.estimate, &row[3], "mean difference"));
            cells[4].bind(origin.bind("interval", ends, &row[4], how));
            cells[5].bind(origin.bind("adjusted_p", claim.adjusted_p, &row[5], adjusted));
            cells[6].bind(origin.bind("p", claim.p, &row[6], &row[8]));
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
        all: 0,
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
    let others = claims.iter().flat_map(|claim| {
        claim.panel.alternatives.iter().map(move |alternative| (claim, alternative))
    });
    let rows = table
        .rows
        .iter()
        .zip(others)
        .map(|(row, (claim, other))| {
            let mut cells: Vec<Value> = row.iter().map(Value::text).collect();
            let origin = Origin::new(&[
                "panel",
                &sentence_slug(&claim.text),
                &other.axis,
                &sentence_slug(&other.variant),
            ])
            .of(&claim.blocks.join("; "));
            cells[3].bind(origin.bind("verdict", row[3].as_str(), &row[3], &other.variant));
            cells[4].bind(origin.bind("difference", other.estimate, &row[4], "mean difference"));
            cells[5].bind(origin.bind("adjusted_p", other.p, &row[5], "p under this analysis"));
            cells
        })
        .collect();
    Block::Table(TableBlock {
        label: "tab-robustness".into(),
        number: 0,
        all: 0,
        caption: "The claims under every other reasonable analysis, one change at a time.".into(),
        head: heads(&table),
        rows,
        csv: csv_of(&table),
    })
}

/// A table of finished strings as CSV.
pub(super) fn csv_of(table: &Table) -> String {
    escape::csv(std::iter::once(&table.head).chain(&table.rows))
}
