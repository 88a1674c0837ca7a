//! Which verdicts changed, and why: because the values behind them moved, because
//! only their adjustment did, or because something else was asked.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::asked::{self, Asked};
use crate::compare::claims::{ClaimResult, ClaimVerdict};
use crate::compare::pooled::Pooled;
use crate::compare::{CompareOptions, Comparison, ComparisonRow, Estimate, Test};
use crate::report::load::ReportInput;
use crate::scores::{Metric, Verdict};
use crate::spec::FamilyAdjustment;
use crate::text::{estimate, p_value, percent};

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

/// A test with what its verdict rests on.
#[derive(Clone, Debug)]
struct Reached {
    question: String,
    test: String,
    n: String,
    difference: Option<f64>,
    p: Option<f64>,
    adjusted_p: Option<f64>,
    equivalence_p: Option<f64>,
    family: usize,
    verdict: Option<Verdict>,
    /// Whether it is seen from the side that stood second.
    turned: bool,
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

/// `AUC (higher is better)`.
fn metric_words(metric: &Metric) -> String {
    format!("{} ({})", metric.title(), metric.better.words())
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

impl Reached {
    /// As seen from the other side, where it is to be turned.
    fn facing(mut self, turned: bool) -> Self {
        if turned {
            self.turned = !self.turned;
            self.difference = self.difference.map(|d| -d);
            self.verdict = self.verdict.map(Verdict::turned);
        }
        self
    }

    fn same_values(&self, other: &Self) -> bool {
        same(self.difference, other.difference) && self.n == other.n && same(self.p, other.p)
    }
}

/// Equal but for rounding, which other builds may do otherwise.
fn same(a: Option<f64>, b: Option<f64>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => (a - b).abs() <= 1e-12 * a.abs().max(b.abs()),
        (a, b) => a.is_none() && b.is_none(),
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

fn change(old: &Reached, new: &Reached, asked: &Asked<'_>) -> VerdictChange {
    let mut said = Said { causes: Vec::new(), words: Vec::new() };
    if new.test.is_empty() || old.test.is_empty() {
        let when = if new.test.is_empty() { "any more" } else { "before" };
        said.add(Cause::Values, format!("its values could not be tested {when}"));
    } else {
        said.of_values(old, new, asked);
        said.of_adjustment(old, new, asked);
        said.of_options(old, new, asked);
    }
    if said.words.is_empty() {
        said.add(Cause::Unknown, "the numbers of the pair do not show why".into());
    }
    let word = |verdict: Option<Verdict>| verdict.map(|verdict| verdict.word().to_string());
    VerdictChange {
        metric: metric_words(&asked.new.metric),
        question: new.question.clone(),
        old: word(old.verdict),
        new: word(new.verdict),
        causes: said.causes,
        why: said.words.join("; "),
    }
}

/// Reasons, one after the other.
struct Said {
    causes: Vec<Cause>,
    words: Vec<String>,
}

impl Said {
    fn add(&mut self, cause: Cause, words: String) {
        self.causes.push(cause);
        self.words.push(words);
    }

    fn of_values(&mut self, old: &Reached, new: &Reached, asked: &Asked<'_>) {
        let metric = &asked.new.metric;
        let another = old.test != new.test;
        if another {
            self.add(Cause::Test, format!("another test: {} -> {}", old.test, new.test));
        }
        if old.same_values(new) {
            return;
        }
        let mut parts = Vec::new();
        if !same(old.difference, new.difference) {
            let shown = |v: Option<f64>| match metric.signed(v) {
                // What the decimals of the metric do not show.
                _ if metric.signed(old.difference) == metric.signed(new.difference) => estimate(v),
                text => text,
            };
            parts.push(format!(
                "difference {} -> {}",
                shown(old.difference),
                shown(new.difference)
            ));
        }
        if old.n != new.n {
            parts.push(format!("n {} -> {}", old.n, new.n));
        }
        if !same(old.p, new.p) {
            parts.push(format!("p {} -> {}", p_value(old.p), p_value(new.p)));
        }
        // Another test of the same values has another p.
        let moved = !same(old.difference, new.difference) || old.n != new.n;
        if moved || !another {
            self.add(Cause::Values, format!("its own values changed ({})", parts.join(", ")));
        } else {
            self.add(Cause::Test, parts.join(", "));
            self.causes.pop();
        }
    }

    fn of_adjustment(&mut self, old: &Reached, new: &Reached, asked: &Asked<'_>) {
        if same(old.adjusted_p, new.adjusted_p) && same(old.equivalence_p, new.equivalence_p) {
            return;
        }
        let own = old.same_values(new);
        let p = if same(old.adjusted_p, new.adjusted_p) {
            let [a, b] = [old, new].map(|reached| p_value(reached.equivalence_p));
            format!("adjusted p of equivalence {a} -> {b}")
        } else {
            format!("adjusted p {} -> {}", p_value(old.adjusted_p), p_value(new.adjusted_p))
        };
        if asked.adjustment_changed() {
            let [a, b] = [asked.old, asked.new].map(adjustment);
            self.add(Cause::Adjustment, format!("the adjustment is {b}, not {a} ({p})"));
        } else if asked.family_changed() {
            self.add(Cause::Family, format!("families are cut otherwise ({p})"));
        } else if old.family != new.family {
            let tests = |n: usize| if n == 1 { "one test".into() } else { format!("{n} tests") };
            let (a, b) = (tests(old.family), tests(new.family));
            let only = if own { "only its adjustment changed: " } else { "" };
            self.add(Cause::Family, format!("{only}its family has {b}, not {a} ({p})"));
        } else if own && !asked.margin_changed() {
            self.add(
                Cause::Family,
                format!("only its adjustment changed: other tests of its family did ({p})"),
            );
        } else if !own {
            self.words.push(p);
        }
    }

    fn of_options(&mut self, old: &Reached, new: &Reached, asked: &Asked<'_>) {
        let Asked { old: before, new: after } = asked;
        if before.metric.better != after.metric.better {
            let [a, b] = [before, after].map(|options| options.metric.better.words());
            self.add(Cause::Direction, format!("the direction is another: {a} -> {b}"));
        }
        if before.alpha != after.alpha {
            let p = if same(old.adjusted_p, new.adjusted_p) && new.adjusted_p.is_some() {
                format!(" (adjusted p {} before and after)", p_value(new.adjusted_p))
            } else {
                String::new()
            };
            self.add(Cause::Level, format!("alpha {} -> {}{p}", before.alpha, after.alpha));
        } else if before.confidence != after.confidence {
            let [a, b] = [before, after].map(|options| percent(options.confidence));
            self.add(Cause::Level, format!("intervals of {a} -> {b}"));
        }
        let equivalent = [old, new].iter().any(|r| r.verdict == Some(Verdict::Equivalent));
        if asked.margin_changed() && (equivalent || old.verdict.is_none()) {
            let [a, b] = [before, after].map(|options| asked::margin(options));
            self.add(Cause::Level, format!("margin {a} -> {b}"));
        }
    }
}

fn adjustment(options: &CompareOptions) -> String {
    match options.adjustment {
        FamilyAdjustment::None => "none".into(),
        other => other.title().into(),
    }
}
