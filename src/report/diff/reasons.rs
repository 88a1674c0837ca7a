//! Why a verdict is another one, from the numbers that it rests on.

use super::asked::{self, Asked};
use super::verdicts::{Cause, VerdictChange};
use crate::compare::CompareOptions;
use crate::scores::{Metric, Verdict};
use crate::spec::FamilyAdjustment;
use crate::text::{estimate, p_value, percent};

/// A test with what its verdict rests on.
#[derive(Clone, Debug)]
pub(super) struct Reached {
    pub(super) question: String,
    pub(super) test: String,
    pub(super) n: String,
    pub(super) difference: Option<f64>,
    pub(super) p: Option<f64>,
    pub(super) adjusted_p: Option<f64>,
    pub(super) equivalence_p: Option<f64>,
    pub(super) family: usize,
    pub(super) verdict: Option<Verdict>,
    /// Whether it is seen from the side that stood second.
    pub(super) turned: bool,
}

impl Reached {
    /// As seen from the other side, where it is to be turned.
    pub(super) fn facing(mut self, turned: bool) -> Self {
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

/// `AUC (higher is better)`.
pub(super) fn metric_words(metric: &Metric) -> String {
    format!("{} ({})", metric.title(), metric.better.words())
}

/// A verdict that is another one, with the reasons.
pub(super) fn change(old: &Reached, new: &Reached, asked: &Asked<'_>) -> VerdictChange {
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
