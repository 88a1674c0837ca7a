//! From a test to a verdict, and what more runs would bring.
//!
//! *Better* and *worse* need both the interval and the adjusted p: the interval
//! is that of one test, and a family of many would find something by chance.
//! *Equivalent* is decided by the rule that claims have too
//! ([`super::equivalence`]), and comes first: a difference that is shown to be
//! too small to matter is equivalent, even one that is surely not zero.
//!
//! What could have been found, and what would decide, is said of the test that
//! decides, at the level that it is held against: alpha over the size of the
//! family, which every adjustment but none allows.

use super::design::{Samples, Sides};
use super::equivalence;
use super::test_kind::TestKind;
use super::types::{CompareOptions, ComparisonRow, Design, Interval};
use crate::scores::Verdict;
use crate::spec::FamilyAdjustment;
use crate::stats::attainable::{PairedTest, TwoSampleTest};
use crate::stats::describe::{mean, sd};
use crate::stats::permutation::Effort;
use crate::stats::ranks::differences;
use crate::stats::t_summary::Summary;
use crate::stats::verdict::verdict;
use crate::stats::{Bounds, Outcome, power, power_by_test};

/// Power that the minimum detectable effect is stated for.
pub const POWER: f64 = 0.8;

/// The level that a single test is held against in a family of `tests`.
pub(super) fn level(options: &CompareOptions, tests: usize) -> f64 {
    match options.adjustment {
        FamilyAdjustment::None => options.alpha,
        _ => options.alpha / tests.max(1) as f64,
    }
}

/// Fills verdict, detectable difference and further runs; the adjusted p must be
/// there.
pub(super) fn decide(row: &mut ComparisonRow, samples: &Samples, options: &CompareOptions) {
    let level = level(options, row.family_size);
    match detectable(samples, row.test, level) {
        Outcome::Value { value } | Outcome::Degenerate { value, .. } => {
            row.detectable = Some(value).filter(|v| v.is_finite());
        }
        Outcome::Undefined { reason } if row.test.has_least_p() => row.cannot = Some(reason),
        Outcome::Undefined { .. } => {}
    }
    let Some(interval) = &row.interval else { return };
    let margin = options.margin.unwrap_or(0.0);
    row.verdict = verdict_of(interval, row.adjusted_p, row.adjusted_equivalence_p, options);
    row.further_runs = match row.verdict {
        Some(Verdict::Inconclusive) => further(samples, row.test, margin, level),
        Some(_) => Some(0),
        None => None,
    };
}

/// The verdict of one interval of a difference with its adjusted p, and the
/// adjusted p of equivalence.
pub(super) fn verdict_of(
    interval: &Interval,
    adjusted_p: Option<f64>,
    equivalence_p: Option<f64>,
    options: &CompareOptions,
) -> Option<Verdict> {
    if equivalence::is_shown(equivalence_p, options) {
        return Some(Verdict::Equivalent);
    }
    let bounds = Bounds { low: interval.low, high: interval.high };
    let significant = adjusted_p.is_some_and(|p| p < options.alpha);
    let side = verdict(bounds, 0.0).value().copied()?;
    match Verdict::of(side, options.metric.better) {
        found if found.is_decided() && !significant => Some(Verdict::Inconclusive),
        found => Some(found),
    }
}

/// The same test in the words of the statistics, of pairs.
fn of_pairs(test: TestKind) -> PairedTest {
    match test {
        TestKind::SignedRank(_) => PairedTest::SignedRank,
        TestKind::SignFlip => PairedTest::SignFlip(Effort::default()),
        TestKind::Sign => PairedTest::Sign,
        _ => PairedTest::T,
    }
}

/// The same of two samples.
fn of_samples(test: TestKind) -> TwoSampleTest {
    match test {
        TestKind::MannWhitney => TwoSampleTest::RankSum,
        TestKind::TwoSamplePermutation => TwoSampleTest::Permutation(Effort::default()),
        _ => TwoSampleTest::Welch,
    }
}

/// The smallest difference that the test finds at this level with [`POWER`].
fn detectable(samples: &Samples, test: TestKind, level: f64) -> Outcome<f64> {
    match &samples.sides {
        Sides::Values { level: x, reference: y } if samples.design == Design::Paired => {
            let spread = sd(&differences(x, y));
            power_by_test::detectable_pairs(of_pairs(test), x.len(), spread, level, POWER)
        }
        Sides::Values { level: x, reference: y } => {
            power_by_test::detectable_runs(of_samples(test), side(x), side(y), level, POWER)
        }
        // Pairs beside single values find no less than all as single values.
        Sides::Partial { .. } => match samples.sides.values() {
            Some([x, y]) => power::detectable_welch(side(&x), side(&y), level, POWER),
            None => Outcome::undefined("there are no values"),
        },
        Sides::Summaries { level: Summary { n, sd, .. }, reference: y } => {
            power::detectable_welch((*n, *sd), (y.n, y.sd), level, POWER)
        }
    }
}

fn side(values: &[f64]) -> (usize, f64) {
    (values.len(), sd(values))
}

/// Further runs until the verdict, if estimate and spread stayed as they are.
/// The interval that must decide is that of the level, because the family will
/// be as large then as now.
fn further(samples: &Samples, test: TestKind, margin: f64, level: f64) -> Option<usize> {
    let confidence = 1.0 - level;
    let outcome = match &samples.sides {
        Sides::Values { level: x, reference: y } if samples.design == Design::Paired => {
            let d = differences(x, y);
            let (n, estimate, spread) = (d.len(), mean(&d), sd(&d));
            let test = of_pairs(test);
            power_by_test::further_pairs(test, n, estimate, spread, margin, confidence, level)
        }
        Sides::Summaries { level: x, reference: y } => {
            power::further_runs((x.n, x.sd), (y.n, y.sd), x.mean - y.mean, margin, confidence)
        }
        sides => {
            let [x, y] = sides.values()?;
            let (estimate, test) = (mean(&x) - mean(&y), of_samples(test));
            let (x, y) = (side(&x), side(&y));
            power_by_test::further_runs(test, x, y, estimate, margin, confidence, level)
        }
    };
    outcome.value().copied()
}
