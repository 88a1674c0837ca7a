//! What an interval and a margin say about a difference.
//!
//! The margin is the smallest difference that matters, stated before the data
//! are seen. With the interval `[low, high]` of the difference (higher is
//! better) and margin `m`:
//!
//! 1. *equivalent* when `-m < low` and `high < m`: any difference is too small
//!    to matter, even one that is surely not zero;
//! 2. else *better* when `low > 0`, *worse* when `high < 0`;
//! 3. else *inconclusive*: both no difference and one that matters remain
//!    possible. An interval that includes 0 is never evidence of equivalence.
//!
//! A margin of 0 never gives *equivalent*. With an interval of confidence `1 -
//! alpha`, *better* and *worse* are the two-sided test at `alpha`, *equivalent*
//! is TOST at `alpha / 2`, on the safe side of the usual `alpha` (Schuirmann
//! 1987; the figure of cases in Piaggio et al. 2012, CONSORT extension). *Better*
//! does not say by how much: [`exceeds_margin`] is the stronger statement.
//!
//! NaN among the ends, ends in the wrong order, or a negative, NaN or infinite
//! margin: undefined. Infinite ends are open intervals, and allowed. Cost O(1).

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Bounds, Outcome};

/// Outcome of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The difference is positive, and may matter.
    Better,
    /// The difference is smaller than the margin either way.
    Equivalent,
    /// The difference is negative, and may matter.
    Worse,
    /// The interval leaves both no difference and a relevant one possible.
    Inconclusive,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Better => "better",
            Self::Equivalent => "equivalent",
            Self::Worse => "worse",
            Self::Inconclusive => "inconclusive",
        })
    }
}

/// The verdict of an interval of the difference under a margin.
pub fn verdict(interval: Bounds, margin: f64) -> Outcome<Verdict> {
    let Bounds { low, high } = interval;
    if low.is_nan() || high.is_nan() || low > high {
        return Outcome::undefined(format!("[{low}, {high}] is no interval"));
    }
    if !(margin >= 0.0 && margin.is_finite()) {
        return Outcome::undefined(format!("the margin is {margin}, expected at least 0"));
    }
    Outcome::of(if -margin < low && high < margin {
        Verdict::Equivalent
    } else if low > 0.0 {
        Verdict::Better
    } else if high < 0.0 {
        Verdict::Worse
    } else {
        Verdict::Inconclusive
    })
}

/// Whether the whole interval lies beyond the margin on one side: the
/// difference matters, not only exists.
pub fn exceeds_margin(interval: Bounds, margin: f64) -> bool {
    interval.low > margin || interval.high < -margin
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(low: f64, high: f64, margin: f64) -> Option<Verdict> {
        verdict(Bounds { low, high }, margin).value().copied()
    }

    #[test]
    fn the_cases_of_the_rule() {
        assert_eq!(of(0.1, 0.4, 0.2), Some(Verdict::Better));
        assert_eq!(of(0.01, 0.1, 0.2), Some(Verdict::Equivalent));
        assert_eq!(of(-0.1, 0.1, 0.2), Some(Verdict::Equivalent));
        assert_eq!(of(-0.1, 0.3, 0.2), Some(Verdict::Inconclusive));
        assert_eq!(of(-0.4, -0.1, 0.2), Some(Verdict::Worse));
        assert_eq!(of(-0.2, 0.1, 0.2), Some(Verdict::Inconclusive));
        assert_eq!(of(0.0, 0.0, 0.0), Some(Verdict::Inconclusive));
        assert_eq!(of(f64::NEG_INFINITY, f64::INFINITY, 1.0), Some(Verdict::Inconclusive));
        assert_eq!(of(f64::NAN, 1.0, 1.0), None);
        assert_eq!(of(1.0, -1.0, 1.0), None);
        assert_eq!(of(0.0, 1.0, -1.0), None);
    }

    proptest! {
        #[test]
        fn swapping_the_sides_swaps_better_and_worse(low: f64, high: f64, margin: f64) {
            let swapped = match of(low, high, margin) {
                Some(Verdict::Better) => Some(Verdict::Worse),
                Some(Verdict::Worse) => Some(Verdict::Better),
                other => other,
            };
            prop_assert_eq!(of(-high, -low, margin), swapped);
            if exceeds_margin(Bounds { low, high }, margin) && of(low, high, margin).is_some() {
                prop_assert!(matches!(of(low, high, margin), Some(Verdict::Better | Verdict::Worse)));
            }
        }
    }
}
