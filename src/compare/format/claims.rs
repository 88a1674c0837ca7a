//! Claims as finished strings.

use crate::compare::TestKind;
use crate::compare::claims::{ClaimResult, ClaimVerdict};
use crate::text::{Table, p_value, percent_rounded};

/// One row per claim, numbered as in [`robustness_table`].
pub fn claims_table(claims: &[ClaimResult]) -> Table {
    let mut table = Table::new(&[
        "#No.",
        "Claim",
        "Verdict",
        "#Difference",
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
    let agreement = claim.verdict.map_or("\u{2013}".into(), |verdict| {
        let (same, all) = claim.panel.agreement(verdict);
        if all == 0 {
            "\u{2013}".into()
        } else {
            format!("{same} of {all} ({})", percent_rounded(same as f64 / all as f64))
        }
    });
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

/// One row per claim and other analysis.
pub fn robustness_table(claims: &[ClaimResult]) -> Table {
    let mut table =
        Table::new(&["#Claim", "Changed", "To", "Verdict", "#Difference", "#Adjusted p", "Note"]);
    for (index, claim) in claims.iter().enumerate() {
        for other in &claim.panel.alternatives {
            table.rows.push(vec![
                (index + 1).to_string(),
                other.axis.clone(),
                other.variant.clone(),
                other.verdict.map_or("not possible", ClaimVerdict::word).into(),
                other.metric.text(other.estimate),
                p_value(other.p),
                other.note.clone().unwrap_or_default(),
            ]);
        }
    }
    table
}
