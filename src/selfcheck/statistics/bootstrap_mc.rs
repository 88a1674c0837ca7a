//! Intervals from the engine's own resamples.

use serde_json::Value;

use super::bootstrap_ci::statistic;
use crate::selfcheck::case::{Got, confidence, numbers};
use crate::stats::bootstrap::{Bootstrap, Method};

/// As many as the tolerances of the golden values allow for.
const RESAMPLES: usize = 50_000;
const SEED: u64 = 1;

pub(super) fn evaluate(input: &Value, options: &Value) -> Got {
    let x = numbers(&input["x"]);
    let bootstrap = Bootstrap::draw(&x, RESAMPLES, SEED, statistic(options));
    let mut got = Got::default();
    got.put("estimate", bootstrap.estimate());
    got.put("se", bootstrap.standard_error());
    for (key, method) in
        [("percentile", Method::Percentile), ("basic", Method::Basic), ("bca", Method::Bca)]
    {
        let outcome = bootstrap.interval(method, confidence(options));
        got.degenerate |= outcome.value().is_none();
        got.put_vector(key, outcome.any().map_or([f64::NAN; 2], |b| [b.low, b.high]));
    }
    got
}
