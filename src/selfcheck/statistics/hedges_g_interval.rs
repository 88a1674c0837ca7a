//! Hedges' g with its interval.

use serde_json::Value;

use crate::selfcheck::case::{Got, confidence, numbers};
use crate::stats::effect_interval::{
    hedges_g_interval, hedges_g_of_summaries, hedges_g_paired_interval,
};
use crate::stats::t_summary::Summary;

pub(super) fn evaluate(input: &Value, options: &Value) -> Got {
    let (x, y) = (numbers(&input["x"]), numbers(&input["y"]));
    let level = confidence(options);
    let outcome = match options["kind"].as_str() {
        Some("summary") => hedges_g_of_summaries(summary(&x), summary(&y), level),
        Some("paired") => hedges_g_paired_interval(&x, &y, level),
        _ => hedges_g_interval(&x, &y, level),
    };
    let mut got = Got::flagged(&outcome);
    let Some(result) = outcome.any() else { return got };
    got.put("g", result.estimate);
    got.put("low", result.bounds.low);
    got.put("high", result.bounds.high);
    got
}

/// Of `[n, mean, sd]`.
fn summary(values: &[f64]) -> Summary {
    let at = |i: usize| values.get(i).copied().unwrap_or(f64::NAN);
    Summary { n: at(0) as usize, mean: at(1), sd: at(2) }
}
