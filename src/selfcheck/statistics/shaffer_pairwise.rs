//! Shaffer's adjustment.

use serde_json::Value;

use crate::selfcheck::case::{Got, numbers};
use crate::stats::shaffer::shaffer;

pub(super) fn evaluate(input: &Value, _: &Value) -> Got {
    let k = input["k"].as_u64().unwrap_or(0) as usize;
    let outcome = shaffer(&numbers(&input["p"]), k);
    let mut got = Got::flagged(&outcome);
    if let Some(result) = outcome.any() {
        got.put_vector("adjusted", result.adjusted.iter().copied());
        got.put_vector("t", result.t.iter().map(|t| *t as f64));
    }
    got
}
