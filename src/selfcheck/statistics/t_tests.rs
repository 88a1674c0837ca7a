//! Student's, Welch's and the paired t test.

use serde_json::Value;

use crate::selfcheck::case::{Got, confidence, numbers};
use crate::stats::t_test::{self, Alternative};

pub(super) fn evaluate(input: &Value, options: &Value) -> Got {
    let (x, y) = (numbers(&input["x"]), numbers(&input["y"]));
    let alternative = match options["alternative"].as_str() {
        Some("less") => Alternative::Less,
        Some("greater") => Alternative::Greater,
        _ => Alternative::TwoSided,
    };
    let confidence = confidence(options);
    let test = match options["test"].as_str() {
        Some("student") => t_test::student,
        Some("welch") => t_test::welch,
        _ => t_test::paired,
    };
    let outcome = test(&x, &y, alternative, confidence);
    let mut got = Got::flagged(&outcome);
    if let Some(result) = outcome.any() {
        got.put("t", result.t);
        got.put("df", result.df);
        got.put("p", result.p);
        got.put("estimate", result.estimate);
        got.put("ci_low", result.ci_low);
        got.put("ci_high", result.ci_high);
    }
    got
}
