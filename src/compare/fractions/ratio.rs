//! Label-efficiency ratio: how many times the labels does the reference need?
//!
//! At one score, halfway between the lowest and the highest that both mean
//! curves reach within their range: there neither curve is read at its ends,
//! where it is flat or where a resample may not reach it. The ratio of the
//! reference's fraction to the level's is above 1 when the level saves labels;
//! percentile bootstrap over seeds at that score
//! ([`crate::stats::learning_curve::label_ratio`]).
//!
//! Curves that share no range of scores have no such score: when one starts above
//! all that the other reaches, the ratio at its first score is censored ("more
//! than 10"), without an interval. Curves that meet in one score only, constant ones, or one fraction:
//! undefined, and so where nobody knows which end of the metric is good. Where
//! lower scores are better, curves are read upside down.

use serde::{Deserialize, Serialize};

use super::censored::{Censored, CensoredInterval};
use super::sides::Asked;
use crate::stats::Outcome;
use crate::stats::learning_curve::{Curve, FractionBounds, LabelRatio};

/// Labels of the reference over labels of the level, for one score.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EfficiencyRatio {
    /// The score that both are asked for.
    pub score: f64,
    /// The ratio.
    pub ratio: Censored,
    /// Bootstrap interval over seeds.
    pub interval: Outcome<CensoredInterval>,
}

/// The ratio of the two sides.
pub(super) fn efficiency_ratio(asked: &Asked) -> Outcome<EfficiencyRatio> {
    if let Some(reason) = asked.undirected() {
        return Outcome::undefined(reason);
    }
    let pair = match asked.curves {
        Ok(pair) => pair,
        Err(reason) => return Outcome::undefined(reason.clone()),
    };
    let [level, reference] = pair.curves();
    let (Some(a), Some(b)) = (Reach::of(level), Reach::of(reference)) else {
        return Outcome::undefined("one label fraction: there is no curve to read a ratio from");
    };
    let (low, high) = (a.at_smallest.max(b.at_smallest), a.highest.min(b.highest));
    if !(low.is_finite() && high.is_finite()) {
        return Outcome::undefined("the scores are too large for their means to be finite");
    }
    if low < high {
        let score = low / 2.0 + high / 2.0;
        return at(score, pair.label_ratio(score), asked);
    }
    if b.highest < a.at_smallest {
        beyond(asked.sign * a.at_smallest, Censored::MoreThan(b.largest / a.smallest))
    } else if a.highest < b.at_smallest {
        beyond(asked.sign * b.at_smallest, Censored::AtMost(b.smallest / a.largest))
    } else {
        Outcome::undefined("the curves share no range of scores that both climb through")
    }
}

/// One init has the score with its fewest labels, the other with none of its
/// fractions.
fn beyond(score: f64, ratio: Censored) -> Outcome<EfficiencyRatio> {
    Outcome::of(EfficiencyRatio {
        score,
        ratio,
        interval: Outcome::undefined(
            "one level has with its fewest labels a score that the other never reaches: the ratio \
             lies beyond the range",
        ),
    })
}

/// What a mean curve reaches, and with which fractions.
struct Reach {
    smallest: f64,
    largest: f64,
    at_smallest: f64,
    highest: f64,
}

impl Reach {
    fn of(curve: &Curve) -> Option<Self> {
        let [smallest, .., largest] = curve.fractions() else { return None };
        let mean = curve.mean();
        let highest = mean.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        Some(Self { smallest: *smallest, largest: *largest, at_smallest: *mean.first()?, highest })
    }
}

fn at(score: f64, found: Outcome<LabelRatio>, asked: &Asked) -> Outcome<EfficiencyRatio> {
    let Some(ratio) = found.any().and_then(|found| found.ratio).filter(|r| r.is_finite()) else {
        return Outcome::undefined(found.note().unwrap_or("a curve does not reach the score"));
    };
    let interval = |bounds: FractionBounds| CensoredInterval {
        low: bounds.low.map_or(Censored::Open, Censored::Exactly),
        high: bounds.high.map_or(Censored::Open, Censored::Exactly),
        share_found: bounds.share_found,
        confidence: asked.options.confidence,
        method: asked.method.clone(),
    };
    found.map(|found| EfficiencyRatio {
        score: asked.sign * score,
        ratio: Censored::Exactly(ratio),
        interval: found.interval.map(interval),
    })
}
