//! Which verdicts changed, and why: because the values behind them moved, because
//! only their adjustment did, or because something else was asked.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::asked::{self, Asked};
use super::reasons::{Reached, change, metric_words};
use crate::compare::claims::{ClaimResult, ClaimVerdict};
use crate::compare::pooled::Pooled;
use crate::compare::{Comparison, ComparisonRow, Estimate, Test};
use crate::report::load::ReportInput;
use crate::scores::Verdict;
use crate::text::percent;

/// What moved a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// The values of the two sides.
    Values,
    /// Another test of them.
    Test,
    /// Its p is the same, and is adjusted together with others.
    Family,
    /// Its p is the same, and is adjusted by another method.
    Adjustment,
    /// Level, margin or confidence.
    Level,
    /// Which values are good.
    Direction,
    /// The page does not show it.
    Unknown,
}

/// A verdict that is another one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct VerdictChange {
    /// `AUC (higher is better)`.
    pub metric: String,
    /// `fine against random on chest / resnet50 at 10 %`.
    pub question: String,
    /// Before; none where there was no verdict.
    pub old: Option<String>,
    /// After; none where there is no verdict.
    pub new: Option<String>,
    /// What moved it.
    pub causes: Vec<Cause>,
    /// The same in words.
    pub why: String,
}

/// Verdicts of two pages.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct VerdictChanges {
    /// Those that are others, of the main metric first.
    pub changed: Vec<VerdictChange>,
    /// Comparisons that both pages have.
    pub compared: usize,
    /// Comparisons that the second page alone has.
    pub added: Vec<String>,
    /// Comparisons that the first page alone has.
    pub gone: Vec<String>,
}

/// What tells a comparison apart, whichever side stands first.
type Key = (Vec<String>, String, String);

/// Compares the verdicts of two pages.
pub(super) fn verdict_changes(old: &ReportInput, new: &ReportInput) -> VerdictChanges {
    let mut out = VerdictChanges::default();
    let after: BTreeMap<&str, &Comparison> = new.comparisons.iter().map(by_metric).collect();
    let before: BTreeSet<&str> =
        old.comparisons.iter().map(by_metric).map(|(key, _)| key).collect();
    for comparison in &old.comparisons {
        let (metric, _) = by_metric(comparison);
        if let Some(twin) = after.get(metric) {
            let asked = asked::between(&comparison.options, &twin.options);
            out.compare(&rows(comparison), &rows(twin), &asked);
        } else {
            out.gone.extend(rows(comparison).into_values().map(|reached| reached.question));
        }
    }
    for comparison in new.comparisons.iter().filter(|c| !before.contains(by_metric(c).0)) {
        out.added.extend(rows(comparison).into_values().map(|reached| reached.question));
    }
    let asked = asked::between(&old.comparisons[0].options, &new.comparisons[0].options);
    let same_metric =
        old.comparisons[0].options.metric.key == new.comparisons[0].options.metric.key;
    if same_metric {
        out.compare(&pooled(old), &pooled(new), &asked);
    }
    out.claims(&old.analysis.claims, &new.analysis.claims, &asked);
    out
}

fn by_metric(comparison: &Comparison) -> (&str, &Comparison) {
    (comparison.options.metric.key.as_str(), comparison)
}

fn key(mut place: Vec<String>, level: &str, reference: &str) -> (Key, bool) {
    let turned = level > reference;
    let (one, other) = if turned { (reference, level) } else { (level, reference) };
    place.shrink_to_fit();
    ((place, one.into(), other.into()), turned)
}

fn rows(comparison: &Comparison) -> BTreeMap<Key, Reached> {
    let of = |row: &ComparisonRow| {
        let (key, turned) = key(row.block.key(), &row.level, &row.reference);
        let reached = Reached {
            question: format!("{} against {} on {}", row.level, row.reference, row.block.words()),
            test: row.test.title(),
            n: if row.n[0] == row.n[1] {
                row.n[0].to_string()
            } else {
                format!("{} and {}", row.n[0], row.n[1])
            },
            difference: row.difference,
            p: row.p,
            adjusted_p: row.adjusted_p,
            equivalence_p: row.adjusted_equivalence_p,
            family: row.family_size,
            verdict: row.verdict,
            turned: false,
        };
        (key, reached.facing(turned))
    };
    comparison.rows.iter().map(of).collect()
}

/// The verdicts over tasks.
fn pooled(input: &ReportInput) -> BTreeMap<Key, Reached> {
    let mut out = BTreeMap::new();
    let Some(analysis) = &input.analysis.pooled else { return out };
    let sizes = |of: fn(&Pooled) -> Option<&Test>| {
        analysis.pooled.iter().filter_map(of).filter(|test| test.entry.p.is_some()).count()
    };
    let (like, these) =
        (sizes(|p| Some(&p.test)), sizes(|p| p.within.as_ref().map(|within| &within.test)));
    for pooled in &analysis.pooled {
        let place = match pooled.scope.label_fraction {
            Some(fraction) => format!(" at {}", percent(fraction)),
            None => String::new(),
        };
        let others = pooled.scope.other.clone().unwrap_or_default();
        let mut add = |what: &str, parts: Parts<'_>| {
            let (key, turned) = key(
                vec![what.to_string(), others.clone(), place.clone()],
                &pooled.level,
                &pooled.reference,
            );
            let on = if others.is_empty() { String::new() } else { format!(" with {others}") };
            let question =
                format!("{} against {}{on}{place}, {what}", pooled.level, pooled.reference);
            out.insert(key, parts.reached(question).facing(turned));
        };
        add(
            "over tasks like these",
            Parts {
                n: format!("{} tasks", pooled.k),
                difference: &pooled.difference,
                test: &pooled.test,
                equivalence_p: pooled.equivalence_p,
                verdict: pooled.verdict,
                family: like,
            },
        );
        if let Some(within) = &pooled.within {
            add(
                "over the tasks studied",
                Parts {
                    n: format!("{} tasks and {} {}", within.tasks, within.n, within.unit.word()),
                    difference: &within.difference,
                    test: &within.test,
                    equivalence_p: within.equivalence_p,
                    verdict: within.verdict,
                    family: these,
                },
            );
        }
    }
    out
}

/// What pooled differences and means over tasks have in common.
struct Parts<'a> {
    n: String,
    difference: &'a Estimate,
    test: &'a Test,
    equivalence_p: Option<f64>,
    verdict: Option<Verdict>,
    family: usize,
}

impl Parts<'_> {
    fn reached(&self, question: String) -> Reached {
        let entry = &self.test.entry;
        Reached {
            question,
            test: entry.test.map_or_else(String::new, crate::compare::TestKind::title),
            n: self.n.clone(),
            difference: self.difference.point(),
            p: entry.p,
            adjusted_p: entry.adjusted_p,
            equivalence_p: self.equivalence_p,
            family: self.family,
            verdict: self.verdict,
            turned: false,
        }
    }
}

impl VerdictChanges {
    fn compare(
        &mut self,
        old: &BTreeMap<Key, Reached>,
        new: &BTreeMap<Key, Reached>,
        asked: &Asked<'_>,
    ) {
        for (key, before) in old {
            let Some(after) = new.get(key) else {
                self.gone.push(before.question.clone());
                continue;
            };
            self.compared += 1;
            if before.verdict != after.verdict {
                // Told from the side that the second page tells it from.
                let [before, after] = [before, after].map(|side| side.clone().facing(after.turned));
                self.changed.push(change(&before, &after, asked));
            }
        }
        let fresh = new.iter().filter(|(key, _)| !old.contains_key(*key));
        self.added.extend(fresh.map(|(_, reached)| reached.question.clone()));
    }

    /// Claims, by their words.
    fn claims(&mut self, old: &[ClaimResult], new: &[ClaimResult], asked: &Asked<'_>) {
        let name = |claim: &ClaimResult| format!("claim {:?}", claim.text);
        let twin = |of: &[ClaimResult], claim: &ClaimResult| {
            of.iter().position(|other| other.text == claim.text && other.formal == claim.formal)
        };
        for claim in old {
            let Some(at) = twin(new, claim) else {
                self.gone.push(name(claim));
                continue;
            };
            self.compared += 1;
            let after = &new[at];
            if claim.verdict == after.verdict {
                continue;
            }
            let (before, now) = (of_claim(claim), of_claim(after));
            let word = |verdict: Option<ClaimVerdict>| verdict.map(|v| v.word().to_string());
            self.changed.push(VerdictChange {
                metric: metric_words(&claim.metric),
                question: name(claim),
                old: word(claim.verdict),
                new: word(after.verdict),
                ..change(&before, &now, asked)
            });
        }
        let fresh = new.iter().filter(|claim| twin(old, claim).is_none());
        self.added.extend(fresh.map(name));
    }
}

fn of_claim(claim: &ClaimResult) -> Reached {
    Reached {
        question: String::new(),
        test: claim.test.map_or_else(String::new, crate::compare::TestKind::title),
        n: claim.n.clone(),
        difference: claim.estimate,
        p: claim.p,
        adjusted_p: claim.adjusted_p,
        equivalence_p: None,
        family: 0,
        verdict: None,
        turned: false,
    }
}
