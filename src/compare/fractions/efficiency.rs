//! With how many labels does one init reach the score of another?
//!
//! The smallest fraction at which the level's mean curve, piecewise linear in
//! `log10(fraction)`, reaches the reference's mean score at its largest fraction
//! (all labels, where it was trained with all). Percentile bootstrap over seeds;
//! the reference's score is redrawn with it
//! ([`crate::stats::learning_curve::efficiency`]).
//!
//! Reached at the smallest fraction already: "at most" that fraction. Not
//! reached: "more than" the largest; the interval then says in which share of
//! the resamples it is. One fraction of the level, or a missing curve:
//! undefined, and so where nobody knows which end of the metric is good. Where
//! lower scores are better, to reach is to come down to.

use serde::{Deserialize, Serialize};

use super::censored::{Censored, CensoredInterval};
use super::sides::Asked;
use crate::stats::Outcome;
use crate::stats::learning_curve::{Curve, Efficiency, FractionBounds};

/// Labels with which one init reaches another's score.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DataEfficiency {
    /// Mean score to be reached.
    pub target: f64,
    /// Fraction of the labels that it was reached with by the other init.
    pub target_fraction: f64,
    /// Fraction at which it is reached.
    pub fraction: Censored,
    /// Smallest and largest fraction of the init.
    pub studied: [f64; 2],
    /// Bootstrap interval over seeds.
    pub interval: Outcome<CensoredInterval>,
}

/// Which side is asked.
#[derive(Clone, Copy)]
pub(super) enum Direction {
    /// The level reaches the reference's score.
    Forward,
    /// The reference reaches the level's score.
    Backward,
}

/// The fraction at which a side reaches the other's score.
pub(super) fn data_efficiency(asked: &Asked, direction: Direction) -> Outcome<DataEfficiency> {
    if let Some(reason) = asked.undirected() {
        return Outcome::undefined(reason);
    }
    let pair = match asked.curves {
        Ok(pair) => pair,
        Err(reason) => return Outcome::undefined(reason.clone()),
    };
    let [level, reference] = pair.curves();
    let (curve, other) = match direction {
        Direction::Forward => (level, reference),
        Direction::Backward => (reference, level),
    };
    let (Some(studied), Some(target_fraction)) = (range(curve), other.fractions().last()) else {
        return Outcome::undefined(
            "one label fraction: there is no curve that could reach a score",
        );
    };
    let found = match direction {
        Direction::Forward => pair.efficiency(),
        Direction::Backward => pair.reverse_efficiency(),
    };
    if found.any().is_some_and(|found| !found.target.is_finite()) {
        return Outcome::undefined("the score to be reached is not finite");
    }
    found.map(|found| DataEfficiency {
        target: asked.sign * found.target,
        target_fraction: *target_fraction,
        fraction: reached(&found, studied),
        interval: found.interval.map(|b| ends(b, studied, asked)),
        studied,
    })
}

/// Smallest and largest fraction, of two at least.
fn range(curve: &Curve) -> Option<[f64; 2]> {
    match curve.fractions() {
        [first, .., last] => Some([*first, *last]),
        _ => None,
    }
}

fn reached(found: &Efficiency, [smallest, largest]: [f64; 2]) -> Censored {
    match found.fraction {
        Some(_) if found.at_smallest => Censored::AtMost(smallest),
        Some(fraction) => Censored::Exactly(fraction),
        None => Censored::MoreThan(largest),
    }
}

fn ends(bounds: FractionBounds, [smallest, largest]: [f64; 2], asked: &Asked) -> CensoredInterval {
    // Resamples that reach at the smallest fraction stand exactly there, up to
    // the rounding of the logarithm.
    let end = |end: Option<f64>| match end {
        Some(v) if v <= smallest * (1.0 + 1e-9) => Censored::AtMost(smallest),
        Some(v) => Censored::Exactly(v),
        None => Censored::MoreThan(largest),
    };
    CensoredInterval {
        low: end(bounds.low),
        high: end(bounds.high),
        share_found: bounds.share_found,
        confidence: asked.options.confidence,
        method: asked.method.clone(),
    }
}
