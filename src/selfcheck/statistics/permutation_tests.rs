//! Exact permutation tests.

use serde_json::Value;

use crate::selfcheck::case::{Got, numbers};
use crate::stats::permutation::{self, Effort};

pub(super) fn evaluate(input: &Value, options: &Value) -> Got {
    let (x, y) = (numbers(&input["x"]), numbers(&input["y"]));
    let effort = Effort { exact_up_to: permutation::MOST_EXACT, ..Effort::default() };
    let outcome = match options["kind"].as_str() {
        Some("independent") => permutation::independent(&x, &y, &effort),
        _ => permutation::paired(&x, &y, &effort),
    };
    let mut got = Got::flagged(&outcome);
    if let Some(result) = outcome.any() {
        got.put("statistic", result.statistic);
        got.put("n_permutations", result.arrangements as f64);
        got.put("p_less", result.p.less);
        got.put("p_greater", result.p.greater);
        got.put("p_two_sided_doubled", result.p.two_sided);
        got.put("p_two_sided_abs", result.p_magnitude);
    }
    got
}
