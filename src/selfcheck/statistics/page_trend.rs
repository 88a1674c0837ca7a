//! Page's trend test.

use serde_json::Value;

use crate::selfcheck::case::{Got, matrix};
use crate::stats::page_trend::page_trend;

pub(super) fn evaluate(input: &Value, _: &Value) -> Got {
    let outcome = page_trend(&matrix(&input["matrix"]));
    let mut got = Got::flagged(&outcome);
    if let Some(result) = outcome.any() {
        got.put("l", result.l);
        got.put("p_asymptotic", result.p_asymptotic);
        got.put("p_exact", result.p_exact.unwrap_or(f64::NAN));
    }
    got
}
