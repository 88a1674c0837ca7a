//! Tests of a mean difference over cases in clusters.

use serde_json::Value;

use crate::selfcheck::case::{Got, confidence, indices, numbers};
use crate::stats::clustered_test::{clustered_sign_flip, clustered_t};
use crate::stats::permutation::Effort;
use crate::stats::t_test::Alternative;

pub(super) fn evaluate(input: &Value, options: &Value) -> Got {
    let (x, y) = (numbers(&input["x"]), numbers(&input["y"]));
    let clusters = indices(&input["clusters"]);
    let outcome = clustered_t(&x, &y, &clusters, Alternative::TwoSided, confidence(options));
    let mut got = Got::flagged(&outcome);
    if let Some(result) = outcome.any() {
        got.put("estimate", result.test.estimate);
        got.put("t", result.test.t);
        got.put("df", result.test.df);
        got.put("p", result.test.p);
    }
    if let Some(flipped) = clustered_sign_flip(&x, &y, &clusters, &Effort::default()).any() {
        got.put("p_sign_flip", flipped.p_magnitude);
    }
    got
}
