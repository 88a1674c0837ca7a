//! The Mann-Whitney test.

use serde_json::Value;

use crate::selfcheck::case::{Got, numbers};
use crate::stats::mann_whitney::{Method, mann_whitney};

pub(super) fn evaluate(input: &Value, options: &Value) -> Got {
    let (x, y) = (numbers(&input["x"]), numbers(&input["y"]));
    let method = match options["method"].as_str() {
        Some("exact") => Method::Exact,
        Some("asymptotic") => {
            Method::Asymptotic { correction: options["continuity"].as_bool().unwrap_or(false) }
        }
        _ => Method::Auto,
    };
    let outcome = mann_whitney(&x, &y, method);
    let mut got = Got::flagged(&outcome);
    let Some(result) = outcome.any() else { return got };
    got.put("u1", result.u1);
    got.put("u2", result.u2);
    got.put("p_two_sided", result.p.two_sided);
    got.put("p_less", result.p.less);
    got.put("p_greater", result.p.greater);
    got.put("a12", result.a12);
    got.put("cliffs_delta", result.rank_biserial);
    got.put("rank_biserial", result.rank_biserial);
    if let Some(p) = result.p_absolute_deviation {
        got.put("p_two_sided_absdev", p);
    }
    got
}
