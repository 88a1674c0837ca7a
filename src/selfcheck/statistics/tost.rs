//! Two one-sided tests.

use serde_json::Value;

use crate::selfcheck::case::{Got, number, numbers};
use crate::stats::Bounds;
use crate::stats::tost::{self, Kind};

pub(super) fn evaluate(input: &Value, options: &Value) -> Got {
    let (x, y) = (numbers(&input["x"]), numbers(&input["y"]));
    let kind = match (options["kind"].as_str(), options["usevar"].as_str()) {
        (Some("paired"), _) => Kind::Paired,
        (_, Some("unequal")) => Kind::Welch,
        _ => Kind::Student,
    };
    let bound = |key: &str| number(&options[key]).unwrap_or(f64::NAN);
    let within = Bounds { low: bound("low"), high: bound("upp") };
    let outcome = tost::tost(&x, &y, kind, within);
    let mut got = Got::flagged(&outcome);
    if let Some(result) = outcome.any() {
        got.put("p", result.p);
        got.put("t_lower", result.t_lower);
        got.put("p_lower", result.p_lower);
        got.put("t_upper", result.t_upper);
        got.put("p_upper", result.p_upper);
        got.put("df", result.df);
    }
    got
}
