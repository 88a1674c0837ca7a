//! From a test to a verdict, and what more runs would bring.
//!
//! *Better* and *worse* need both the interval and the adjusted p: the interval
//! is that of one test, and a family of many would find something by chance.
//! *Equivalent* is decided by the rule that claims have too
//! ([`super::equivalence`]), and comes first: a difference that is shown to be
//! too small to matter is equivalent, even one that is surely not zero.

use super::design::{Samples, Sides};
use super::equivalence;
use super::types::{CompareOptions, ComparisonRow, Design, Interval};
use crate::scores::Verdict;
use crate::stats::describe::{mean, sd};
use crate::stats::ranks::differences;
use crate::stats::verdict::verdict;
use crate::stats::{Bounds, power};

/// Power that the minimum detectable effect is stated for.
pub const POWER: f64 = 0.8;

/// Fills verdict and further runs; the adjusted p must be there.
pub(super) fn decide(
    row: &mut ComparisonRow,
    samples: &Samples,
    options: &CompareOptions,
    family: usize,
) {
    let Some(interval) = &row.interval else { return };
    let margin = options.margin.unwrap_or(0.0);
    row.verdict = verdict_of(interval, row.adjusted_p, row.adjusted_equivalence_p, options);
    row.further_runs = match row.verdict {
        Some(Verdict::Inconclusive) => further(samples, margin, options.alpha, family),
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

/// The smallest difference that the design finds with [`POWER`].
pub(super) fn detectable(samples: &Samples, alpha: f64) -> Option<f64> {
    let outcome = match &samples.sides {
        Sides::Values { level, reference } if samples.design == Design::Paired => {
            power::detectable_paired(level.len(), sd(&differences(level, reference)), alpha, POWER)
        }
        Sides::Values { level, reference } => {
            power::detectable_welch(side(level), side(reference), alpha, POWER)
        }
        Sides::Summaries { level, reference } => {
            power::detectable_welch((level.n, level.sd), (reference.n, reference.sd), alpha, POWER)
        }
    };
    outcome.value().copied()
}

fn side(values: &[f64]) -> (usize, f64) {
    (values.len(), sd(values))
}

/// Further runs until the verdict, if estimate and spread stayed as they are.
/// The interval that must decide is Bonferroni's, because the family will be
/// as large then as now.
fn further(samples: &Samples, margin: f64, alpha: f64, family: usize) -> Option<usize> {
    let confidence = 1.0 - alpha / family.max(1) as f64;
    let outcome = match &samples.sides {
        Sides::Values { level, reference } if samples.design == Design::Paired => {
            let d = differences(level, reference);
            power::further_pairs(d.len(), mean(&d), sd(&d), margin, confidence)
        }
        Sides::Values { level, reference } => {
            let estimate = mean(level) - mean(reference);
            power::further_runs(side(level), side(reference), estimate, margin, confidence)
        }
        Sides::Summaries { level: x, reference: y } => {
            power::further_runs((x.n, x.sd), (y.n, y.sd), x.mean - y.mean, margin, confidence)
        }
    };
    outcome.value().copied()
}
