//! The claims of the study: verdicts, and what other analyses say.

use super::arrange::{heads, paragraph, section};
use crate::compare::claims::{ClaimCounts, ClaimResult, ClaimVerdict};
use crate::compare::format::{claims_table, robustness_table};
use crate::compare::{TestKind, equivalence_rule};
use crate::report::bound::{Origin, sentence_slug};
use crate::report::document::{Block, Section, TableBlock, Value};
use crate::report::escape;
use crate::report::load::ReportInput;
use crate::report::text::prose;
use crate::spec::Relation;
use crate::text::Table;

/// The section, where the study states claims.
pub(super) fn claims(input: &ReportInput) -> Option<Section> {
    let claims = &input.analysis.claims;
    if claims.is_empty() {
        return None;
    }
    let counts = ClaimCounts::of(claims);
    let origin = Origin::new(&["claims"]).n(format!("{} claims", claims.len()));
    let counted = |name: &str, n: usize, how: &str| origin.bind(name, n, n.to_string(), how);
    let mut text = prose![
        "Of ",
        counted("stated", counts.stated, "claims that the study states"),
        " stated claims ",
        counted("supported", counts.supported, "claims whose test supports them"),
        " are supported, ",
        counted("contradicted", counts.contradicted, "claims whose test supports the contrary"),
        " contradicted, ",
        counted("undecided", counts.undecided, "claims whose test decides neither"),
        " undecided and ",
        counted("not_tested", counts.not_tested, "claims that could not be tested"),
        " not tested ([[tab-claims]]). Each was judged again under every other reasonable analysis: \
         other tests, adjustments and metrics, without one task, without one seed \
         ([[tab-robustness]]); analyses that are the same for a claim count once. A claim is \
         called robust when it is decided and every other analysis that comes to a verdict decides \
         it alike. Claims of a difference are one family of tests, claims of equivalence another.",
    ];
    if claims.iter().any(|claim| claim.relation == Relation::Equivalent) {
        text.push(format!(
            " Equivalence is decided as in the tables: {}.",
            equivalence_rule(&input.analysis.comparison.options)
        ));
    }
    let mut blocks = vec![paragraph(text), verdicts(claims)];
    blocks.extend(remarks(claims));
    blocks.push(robustness(claims));
    Some(section("claims", "Claims", blocks))
}

/// What was left out of a claim, and why one was not tested.
fn remarks(claims: &[ClaimResult]) -> Option<Block> {
    let of = |claim: &ClaimResult| format!("{}: {}.", claim.text, claim.notes.join("; "));
    let said: Vec<String> = claims.iter().filter(|c| !c.notes.is_empty()).map(of).collect();
    (!said.is_empty()).then(|| paragraph(prose![said.join(" ")]))
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
                .n(format!("{} {}", claim.n, claim.unit.word()));
            let ends = claim.interval.as_ref().map(|i| (i.low, i.high));
            let how = claim.interval.as_ref().map_or("", |i| i.method.as_str());
            let adjusted = "p, adjusted over the claims of its kind as one family";
            cells[2].bind(origin.bind("verdict", row[2].as_str(), &row[2], &row[8]));
            cells[3].bind(origin.bind("difference", claim.estimate, &row[3], &claim.estimand));
            cells[4].bind(origin.bind("interval", ends, &row[4], how));
            cells[5].bind(origin.bind("adjusted_p", claim.adjusted_p, &row[5], adjusted));
            cells[6].bind(origin.bind("p", claim.p, &row[6], &row[8]));
            cells[1].title = format!("{}; on {}", claim.formal, claim.blocks.join("; "));
            cells[2].best = claim.verdict == Some(ClaimVerdict::Supported);
            cells[2].title = claim.notes.join("; ");
            cells[7].title =
                "other analyses with this verdict, of all that come to one; those that are the same \
                 for this claim count once"
                    .into();
            cells
        })
        .collect();
    Block::Table(TableBlock {
        label: "tab-claims".into(),
        number: 0,
        fold: String::new(),
        all: 0,
        caption:
            "The claims of the study. Agreement: how many of the other distinct analyses come \
                  to the same verdict; robust where the claim is decided and all do."
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
            .of(&claim.blocks.join("; "))
            .n(&other.n);
            let test = other.test.map_or_else(String::new, TestKind::name);
            cells[3].bind(origin.bind("verdict", row[3].as_str(), &row[3], &test));
            cells[4].bind(origin.bind("difference", other.estimate, &row[4], &other.estimand));
            cells[7].bind(origin.bind("adjusted_p", other.p, &row[7], format!("{test}, adjusted")));
            cells
        })
        .collect();
    Block::Table(TableBlock {
        label: "tab-robustness".into(),
        number: 0,
        fold: String::new(),
        all: 0,
        caption:
            "The claims under every other reasonable analysis, one change at a time; each row \
                  has its own test, number of runs and estimate. An analysis that cannot come to a \
                  verdict says why and does not count."
                .into(),
        head: heads(&table),
        rows,
        csv: csv_of(&table),
    })
}

/// A table of finished strings as CSV.
pub(super) fn csv_of(table: &Table) -> String {
    escape::csv(std::iter::once(&table.head).chain(&table.rows))
}
