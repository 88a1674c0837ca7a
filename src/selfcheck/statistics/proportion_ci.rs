//! Intervals of a proportion.

use serde_json::Value;

use crate::selfcheck::case::{Got, confidence};
use crate::stats::proportion::{ProportionMethod, proportion_interval};

pub(super) fn evaluate(input: &Value, options: &Value) -> Got {
    let count = |key: &str| input[key].as_f64().unwrap_or(0.0) as u64;
    let (hits, trials) = (count("successes"), count("n"));
    let confidence = options["alpha"].as_f64().map_or(confidence(options), |alpha| 1.0 - alpha);
    let mut got = Got::default();
    for (key, method) in [
        ("wilson", ProportionMethod::Wilson),
        ("beta", ProportionMethod::ClopperPearson),
        ("agresti_coull", ProportionMethod::AgrestiCoull),
        ("jeffreys", ProportionMethod::Jeffreys),
        ("normal", ProportionMethod::Wald),
    ] {
        let outcome = proportion_interval(hits, trials, method, confidence);
        got.undefined |= outcome.any().is_none();
        // A point of Wald's does not flag the other intervals.
        got.put_vector(key, outcome.any().map_or([f64::NAN; 2], |b| [b.low, b.high]));
    }
    got
}
