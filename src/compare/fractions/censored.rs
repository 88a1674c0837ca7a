//! Numbers that may lie outside the label fractions that were studied.

use serde::{Deserialize, Serialize};

use crate::text::{percent, percent_rounded, two_digits};

/// A fraction of the labels, or a ratio of two, that may be censored.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Censored {
    /// Within the range.
    Exactly(f64),
    /// At the lower limit of the range, or below (left-censored).
    AtMost(f64),
    /// Beyond the upper limit of the range (right-censored).
    MoreThan(f64),
    /// No limit on this side.
    Open,
}

impl Censored {
    /// The number, where it is one.
    pub fn exactly(self) -> Option<f64> {
        match self {
            Self::Exactly(value) => Some(value),
            _ => None,
        }
    }

    /// `23 %`, `at most 10 %`, `more than 100 %`.
    pub fn share(self) -> String {
        self.written(percent_rounded, percent)
    }

    /// `4.2`, `more than 10`.
    pub fn times(self) -> String {
        self.written(two_digits, two_digits)
    }

    /// Limits are fractions that were studied and are written in full.
    fn written(self, value: fn(f64) -> String, limit: fn(f64) -> String) -> String {
        match self {
            Self::Exactly(v) => value(v),
            Self::AtMost(v) => format!("at most {}", limit(v)),
            Self::MoreThan(v) => format!("more than {}", limit(v)),
            Self::Open => "...".into(),
        }
    }
}

/// Interval of a censored number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CensoredInterval {
    /// Lower end.
    pub low: Censored,
    /// Upper end.
    pub high: Censored,
    /// Share of the resamples in which the number lies within the range.
    pub share_found: f64,
    /// Confidence level, in (0, 1).
    pub confidence: f64,
    /// The method in words.
    pub method: String,
}

impl CensoredInterval {
    /// Whether it says more than the number alone: both ends may be the limit
    /// that a censored number is.
    pub(super) fn adds_to(&self, number: Censored) -> bool {
        number.exactly().is_some() || self.low != number || self.high != number
    }

    /// `[12 %, 41 %]`.
    pub fn share(&self) -> String {
        format!("[{}, {}]", self.low.share(), self.high.share())
    }

    /// `[1.8, 4.2]`.
    pub fn times(&self) -> String {
        format!("[{}, {}]", self.low.times(), self.high.times())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_as_words() {
        assert_eq!(Censored::Exactly(0.2311).share(), "23 %");
        assert_eq!(Censored::Exactly(0.005_17).share(), "0.52 %");
        assert_eq!(Censored::Exactly(1.0).share(), "100 %");
        assert_eq!(Censored::AtMost(0.125).share(), "at most 12.5 %");
        assert_eq!(Censored::MoreThan(1.0).share(), "more than 100 %");
        assert_eq!(Censored::MoreThan(10.0).times(), "more than 10");
        assert_eq!(Censored::Exactly(4.234).times(), "4.2");
        assert_eq!(Censored::Exactly(142.3).times(), "142");
    }
}
