//! Hodges-Lehmann estimates and intervals.

use serde_json::Value;

use crate::selfcheck::case::{Got, confidence, numbers};
use crate::stats::hodges_lehmann;

pub(super) fn evaluate(input: &Value, options: &Value) -> Got {
    let (x, y) = (numbers(&input["x"]), numbers(&input["y"]));
    let confidence = confidence(options);
    let outcome = match options["kind"].as_str() {
        Some("paired") => hodges_lehmann::paired(&x, &y, confidence),
        _ => hodges_lehmann::two_sample(&x, &y, confidence),
    };
    let mut got = Got::flagged(&outcome);
    if let Some(result) = outcome.any() {
        got.put("estimate", result.estimate);
        got.put("ci_low", result.ci_low);
        got.put("ci_high", result.ci_high);
        got.put("achieved_level", result.coverage);
    }
    got
}
