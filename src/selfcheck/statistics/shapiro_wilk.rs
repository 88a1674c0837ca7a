//! The Shapiro-Wilk test.

use serde_json::Value;

use crate::selfcheck::case::{Got, numbers};
use crate::stats::shapiro_wilk::shapiro_wilk;

pub(super) fn evaluate(input: &Value, _: &Value) -> Got {
    let outcome = shapiro_wilk(&numbers(&input["x"]));
    let mut got = Got::flagged(&outcome);
    if let Some(result) = outcome.any() {
        got.put("w", result.w);
        got.put("p", result.p);
    }
    got
}
