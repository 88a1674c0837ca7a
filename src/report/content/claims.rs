//! The claims of the study: verdicts, and what other analyses say.

use super::arrange::{paragraph, section};
use crate::compare::claims::{ClaimCounts, ClaimResult, ClaimVerdict};
use crate::compare::equivalence_rule;
use crate::compare::format::{claims_table, robustness_table};
use crate::report::bound::{Origin, sentence_slug};
use crate::report::document::{Block, Section, TableBlock};
use crate::report::load::ReportInput;
use crate::report::text::prose;
use crate::spec::Relation;

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
    let mut table = claims_table(claims);
    for (cell, claim) in table.cells_mut("verdict").zip(claims) {
        cell.best = claim.verdict == Some(ClaimVerdict::Supported);
    }
    let origins = claims.iter().map(|claim| {
        Origin::new(&["claims", &sentence_slug(&claim.text)])
            .of(&claim.blocks.join("; "))
            .n(format!("{} {}", claim.n, claim.unit.word()))
    });
    let caption = "The claims of the study. Agreement: how many of the other distinct analyses \
                   come to the same verdict; robust where the claim is decided and all do.";
    Block::Table(TableBlock::new("tab-claims", caption, table).owned(usize::MAX, origins))
}

fn robustness(claims: &[ClaimResult]) -> Block {
    let others = claims.iter().flat_map(|claim| {
        claim.panel.alternatives.iter().map(move |alternative| (claim, alternative))
    });
    let origins = others.map(|(claim, other)| {
        let (text, variant) = (sentence_slug(&claim.text), sentence_slug(&other.variant));
        Origin::new(&["panel", &text, &other.axis, &variant])
            .of(&claim.blocks.join("; "))
            .n(&other.n)
    });
    let caption = "The claims under every other reasonable analysis, one change at a time; each \
                   row has its own test, number of runs and estimate. An analysis that cannot come \
                   to a verdict says why and does not count.";
    let block = TableBlock::new("tab-robustness", caption, robustness_table(claims));
    Block::Table(block.owned(usize::MAX, origins))
}
