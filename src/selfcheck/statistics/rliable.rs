//! Aggregates over runs and tasks; intervals by the engine's own resamples.

use serde_json::Value;

use crate::selfcheck::case::{Got, confidence, matrix};
use crate::stats::rliable::{
    Scores, aggregates, improvement, improvement_interval, intervals, profile,
};
use crate::stats::{Bounds, Outcome};

const SEED: u64 = 1;
/// The score beyond which more does not count.
const TARGET: f64 = 1.0;

pub(super) fn evaluate(input: &Value, options: &Value) -> Got {
    let (a, b) = (Scores::of_runs(&matrix(&input["a"])), Scores::of_runs(&matrix(&input["b"])));
    let mut got = Got::default();
    let (Some(a), Some(b)) = (a.any(), b.any()) else {
        got.undefined = true;
        return got;
    };
    match options["reps"].as_u64() {
        Some(resamples) => put_intervals(&mut got, a, b, resamples as usize, confidence(options)),
        None => put_values(&mut got, a, b),
    }
    got
}

fn put_values(got: &mut Got, a: &Scores, b: &Scores) {
    let found = aggregates(a, TARGET);
    got.undefined = found.any().is_none();
    if let Some(found) = found.any() {
        got.put("mean", found.mean);
        got.put("median", found.median);
        got.put("iqm", found.iqm);
        got.put("optimality_gap", found.optimality_gap);
    }
    // Seven even steps from 0 to 1.2, with the rounding of numpy's linspace.
    let taus: Vec<f64> = (0..7).map(|i| f64::from(i) * (1.2 / 6.0)).collect();
    got.put_vector("profile", profile(a, &taus));
    got.put_vector("profile_taus", taus);
    got.put_outcome("poi_a_over_b", &improvement(a, b));
}

fn put_intervals(got: &mut Got, a: &Scores, b: &Scores, resamples: usize, confidence: f64) {
    let found = intervals(a, TARGET, resamples, SEED, confidence);
    let improvement = improvement_interval(a, b, resamples, SEED, confidence);
    for (key, outcome) in [
        ("mean_ci", found.mean),
        ("median_ci", found.median),
        ("iqm_ci", found.iqm),
        ("optimality_gap_ci", found.optimality_gap),
        ("poi_ci", improvement),
    ] {
        put_bounds(got, key, &outcome);
    }
}

fn put_bounds(got: &mut Got, key: &str, outcome: &Outcome<Bounds>) {
    got.degenerate |= outcome.value().is_none();
    got.put_vector(key, outcome.any().map_or([f64::NAN; 2], |b| [b.low, b.high]));
}
