//! Claims as finished strings.

use crate::compare::claims::{ClaimCounts, ClaimResult, ClaimVerdict};
use crate::compare::{CompareOptions, TestKind, equivalence_rule};
use crate::spec::Relation;
use crate::text::{Table, p_value};

/// One row per claim, numbered as in [`robustness_table`].
pub fn claims_table(claims: &[ClaimResult]) -> Table {
    let mut table = Table::new(&[
        "#No.",
        "Claim",
        "Verdict",
        "#Estimate",
        "#Interval",
        "#Adjusted p",
        "#Raw p",
        "#Agreement",
        "Test",
        "#n",
    ]);
    table.rows = claims.iter().enumerate().map(texts).collect();
    table
}

fn texts((index, claim): (usize, &ClaimResult)) -> Vec<String> {
    let ends = |i: &crate::compare::Interval| claim.metric.ends(i.low, i.high);
    let interval = claim.interval.as_ref().map_or("\u{2013}".into(), ends);
    let agreement = claim.verdict.map_or("\u{2013}".into(), |verdict| claim.panel.words(verdict));
    vec![
        (index + 1).to_string(),
        claim.text.clone(),
        claim.verdict.map_or("not tested", ClaimVerdict::word).into(),
        claim.metric.text(claim.estimate),
        interval,
        p_value(claim.adjusted_p),
        p_value(claim.p),
        agreement,
        claim.test.map_or_else(String::new, TestKind::name),
        claim.n.clone(),
    ]
}

/// One row per claim and other analysis, each with its own test, n and estimate.
pub fn robustness_table(claims: &[ClaimResult]) -> Table {
    let mut table = Table::new(&[
        "#Claim",
        "Changed",
        "To",
        "Verdict",
        "#Estimate",
        "Of",
        "#n",
        "#Adjusted p",
        "Note",
    ]);
    for (index, claim) in claims.iter().enumerate() {
        for other in &claim.panel.alternatives {
            table.rows.push(vec![
                (index + 1).to_string(),
                other.axis.clone(),
                other.variant.clone(),
                other.verdict.map_or("not possible", ClaimVerdict::word).into(),
                other.metric.text(other.estimate),
                other.estimand.clone(),
                other.n.clone(),
                p_value(other.p),
                other.note.clone().unwrap_or_default(),
            ]);
        }
    }
    table
}

/// What stands under the tables: the counts, what was left out, and the rule.
pub(super) fn claim_notes(claims: &[ClaimResult], options: &CompareOptions) -> Vec<String> {
    if claims.is_empty() {
        return Vec::new();
    }
    let equivalent = claims.iter().filter(|c| c.relation == Relation::Equivalent).count();
    let mut notes = vec![
        format!("{}.", ClaimCounts::of(claims).words()),
        format!(
            "{} adjustment over {} claims of a difference and, a family apart, {equivalent} of \
             equivalence.",
            options.adjustment.title(),
            claims.len() - equivalent
        ),
    ];
    for claim in claims {
        for note in &claim.notes {
            notes.push(format!("{}: {note}.", claim.text));
        }
    }
    if equivalent > 0 {
        notes.push(format!(
            "Claims of equivalence are decided as the tables are: {}.",
            equivalence_rule(options)
        ));
    }
    notes
}
