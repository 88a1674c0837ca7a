//! The two ends of an interval.

use serde::{Deserialize, Serialize};

/// Two-sided interval; an end may be infinite.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bounds {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Bounds {
    /// Whether `value` lies within, the ends included.
    pub fn contains(&self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }
}

/// What is wrong with a confidence level, if anything is.
pub(crate) fn confidence_error(confidence: f64) -> Option<String> {
    let usable = confidence > 0.0 && confidence < 1.0;
    (!usable).then(|| format!("the confidence level is {confidence}, expected in (0, 1)"))
}
