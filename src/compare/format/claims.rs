//! Claims as tables.

use super::columns::{both_p, count, ends, interval, number, p, p_cell, score, verdict};
use crate::compare::claims::{ClaimCounts, ClaimResult, ClaimVerdict};
use crate::compare::{CompareOptions, TestKind, equivalence_rule};
use crate::spec::Relation;
use crate::text::{Column, Table, Value};

/// One row per claim, numbered as in [`robustness_table`].
pub fn claims_table(claims: &[ClaimResult]) -> Table {
    let mut table = Table::new([
        count("no", "No."),
        Column::name("Claim"),
        verdict(),
        number("difference", "Estimate"),
        interval("interval", "Interval"),
    ]);
    table.columns.extend(both_p());
    table.columns.extend([count("agreement", "Agreement"), Column::words("Test"), count("n", "n")]);
    table.rows = claims.iter().enumerate().map(row).collect();
    table
}

fn row((index, claim): (usize, &ClaimResult)) -> Vec<Value> {
    let test = claim.test.map_or_else(String::new, TestKind::name);
    let method = claim.interval.as_ref().map_or("", |i| i.method.as_str());
    let adjusted = "p, adjusted over the claims of its kind as one family";
    let word = claim.verdict.map_or("not tested", ClaimVerdict::word);
    let agreement = claim.verdict.map_or("\u{2013}".into(), |verdict| claim.panel.words(verdict));
    let counted = "other analyses with this verdict, of all that come to one; those that are the \
                   same for this claim count once";
    vec![
        Value::count(index + 1),
        Value::noted(&claim.text, format!("{}; on {}", claim.formal, claim.blocks.join("; "))),
        Value::number(word, word, &test).with_note(claim.notes.join("; ")),
        score(&claim.metric, claim.estimate, &claim.estimand),
        ends(&claim.metric, claim.interval.as_ref(), method),
        p_cell(claim.adjusted_p, adjusted),
        p_cell(claim.p, &test),
        Value::shown(agreement).with_note(counted),
        Value::text(test),
        Value::shown(&claim.n),
    ]
}

/// One row per claim and other analysis, each with its own test, n and estimate.
pub fn robustness_table(claims: &[ClaimResult]) -> Table {
    let mut table = Table::new([
        count("claim", "Claim"),
        Column::name("Changed"),
        Column::name("To"),
        verdict(),
        number("difference", "Estimate"),
        Column::words("Of"),
        count("n", "n"),
        p("adjusted_p", "Adjusted p"),
        Column::words("Note"),
    ]);
    for (index, claim) in claims.iter().enumerate() {
        for other in &claim.panel.alternatives {
            let test = other.test.map_or_else(String::new, TestKind::name);
            let word = other.verdict.map_or("not possible", ClaimVerdict::word);
            table.rows.push(vec![
                Value::count(index + 1),
                Value::text(&other.axis),
                Value::text(&other.variant),
                Value::number(word, word, &test),
                score(&other.metric, other.estimate, &other.estimand),
                Value::text(&other.estimand),
                Value::shown(&other.n),
                p_cell(other.p, format!("{test}, adjusted")),
                Value::text(other.note.as_deref().unwrap_or_default()),
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
