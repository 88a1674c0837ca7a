//! The exact p of Friedman's test.

use serde_json::Value;

use crate::selfcheck::case::{Got, matrix};
use crate::stats::friedman::friedman;

pub(super) fn evaluate(input: &Value, _: &Value) -> Got {
    let outcome = friedman(&matrix(&input["rows"]));
    let mut got = Got::flagged(&outcome);
    if let Some(p) = outcome.any().and_then(|result| result.exact_p) {
        got.put("exact_p", p);
    }
    got
}
