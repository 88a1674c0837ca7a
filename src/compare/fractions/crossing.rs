//! The label fraction at which one init overtakes another.
//!
//! First change of sign of the difference of mean curves, piecewise linear in
//! `log10(fraction)`, with the percentile bootstrap over seeds
//! ([`crate::stats::learning_curve::crossover`]). A resample in which the first
//! leader leads throughout puts the crossover beyond the range, one in which the
//! other does below it: such ends are censored. Curves that only touch do not
//! cross. Equal curves, or no common range of fractions: undefined.

use serde::{Deserialize, Serialize};

use super::censored::{Censored, CensoredInterval};
use super::sides::Asked;
use crate::stats::Outcome;
use crate::stats::learning_curve::{Crossover, Curve, FractionBounds};

/// Where two inits cross.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Crossing {
    /// Fraction of the first crossover; none when one init leads throughout.
    pub fraction: Option<f64>,
    /// The level leads at the smallest common fraction (or throughout).
    pub level_leads_first: bool,
    /// Number of crossovers; with more than one the first says little.
    pub crossings: usize,
    /// Smallest and largest common fraction.
    pub studied: [f64; 2],
    /// Interval of the first crossover.
    pub interval: Outcome<CensoredInterval>,
}

/// The crossing of the two sides.
pub(super) fn crossing(asked: &Asked) -> Outcome<Crossing> {
    let pair = match asked.curves {
        Ok(pair) => pair,
        Err(reason) => return Outcome::undefined(reason.clone()),
    };
    let studied = common_range(pair.curves());
    pair.crossover().map(|found: Crossover| Crossing {
        fraction: found.fraction,
        level_leads_first: found.a_leads_first,
        crossings: found.crossings,
        interval: found.interval.map(|b| ends(b, studied, asked)),
        studied,
    })
}

fn common_range([a, b]: [&Curve; 2]) -> [f64; 2] {
    let first = |c: &Curve| c.fractions().first().copied().unwrap_or(f64::NAN);
    let last = |c: &Curve| c.fractions().last().copied().unwrap_or(f64::NAN);
    [first(a).max(first(b)), last(a).min(last(b))]
}

fn ends(bounds: FractionBounds, [smallest, largest]: [f64; 2], asked: &Asked) -> CensoredInterval {
    // A missing end is an infinite quantile: both may lie on one side.
    let (low, high) = match (bounds.low, bounds.high) {
        (Some(low), high) => {
            (Censored::Exactly(low), high.map_or(Censored::MoreThan(largest), Censored::Exactly))
        }
        (None, Some(high)) => (Censored::AtMost(smallest), Censored::Exactly(high)),
        (None, None) => (Censored::AtMost(smallest), Censored::MoreThan(largest)),
    };
    CensoredInterval {
        low,
        high,
        share_found: bounds.share_found,
        confidence: asked.options.confidence,
        method: asked.method.clone(),
    }
}
