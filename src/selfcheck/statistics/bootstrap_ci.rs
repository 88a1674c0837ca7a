//! Intervals from given resamples.

use serde_json::Value;

use crate::selfcheck::case::{Got, confidence, indices, numbers};
use crate::stats::bootstrap::{Bootstrap, Method};
use crate::stats::describe;

pub(super) fn evaluate(input: &Value, options: &Value) -> Got {
    let x = numbers(&input["x"]);
    let rows = input["indices"].as_array().map(Vec::as_slice).unwrap_or_default();
    let indices: Vec<Vec<usize>> = rows.iter().map(indices).collect();
    let confidence = confidence(options);
    let bootstrap = Bootstrap::from_indices(&x, &indices, statistic(options));
    let mut got = Got::default();
    got.put("estimate", bootstrap.estimate());
    got.put("se", bootstrap.standard_error());
    for (key, method) in
        [("percentile", Method::Percentile), ("basic", Method::Basic), ("bca", Method::Bca)]
    {
        let outcome = bootstrap.interval(method, confidence);
        got.degenerate |= outcome.value().is_none();
        let ends = outcome.any().map_or([f64::NAN; 2], |b| [b.low, b.high]);
        got.put_vector(key, ends);
    }
    got
}

/// The statistic named in the options.
pub(super) fn statistic(options: &Value) -> fn(&[f64]) -> f64 {
    match options["statistic"].as_str() {
        Some("median") => describe::median,
        Some("std") => describe::sd,
        Some("trim_mean_25") => trimmed_mean,
        _ => describe::mean,
    }
}

/// Mean without the lowest and highest quarter (`floor(n / 4)` values each).
fn trimmed_mean(x: &[f64]) -> f64 {
    let mut sorted = x.to_vec();
    sorted.sort_by(f64::total_cmp);
    let cut = sorted.len() / 4;
    describe::mean(&sorted[cut..sorted.len() - cut])
}
