//! The t test of partially overlapping samples.

use serde_json::Value;

use crate::selfcheck::case::{Got, confidence, numbers};
use crate::stats::partially_overlapping::partially_overlapping;
use crate::stats::t_test::Alternative;

pub(super) fn evaluate(input: &Value, options: &Value) -> Got {
    let [paired_x, paired_y, only_x, only_y] =
        ["paired_x", "paired_y", "only_x", "only_y"].map(|key| numbers(&input[key]));
    let side = Alternative::TwoSided;
    let outcome =
        partially_overlapping(&paired_x, &paired_y, &only_x, &only_y, side, confidence(options));
    let mut got = Got::flagged(&outcome);
    let Some(result) = outcome.any() else { return got };
    got.put("estimate", result.test.estimate);
    got.put("t", result.test.t);
    got.put("df", result.test.df);
    got.put("p", result.test.p);
    got.put("ci_low", result.test.ci_low);
    got.put("ci_high", result.test.ci_high);
    got.put("correlation", result.correlation);
    got
}
