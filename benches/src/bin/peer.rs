//! Our side of `cargo xtask bench-peer statistics`: the seconds of each
//! computation, as one line of JSON; what is computed stands in
//! `benches/peer/compute.py`, which is the other side.
#![allow(clippy::disallowed_macros, clippy::print_stdout)]

use std::hint::black_box;
use std::time::Instant;

use transfolio::stats::auc_bootstrap::{Sampling, auc_bootstrap};
use transfolio::stats::bootstrap::{Bootstrap, Method};
use transfolio::stats::delong_test;

const RESAMPLES: usize = 10_000;

/// Labels and two scores of `n` cases, the same numbers as the peer's.
fn cases(n: usize) -> (Vec<bool>, Vec<f64>, Vec<f64>) {
    let labels: Vec<bool> = (0..n).map(|i| i * 7919 % 10 < 3).collect();
    let score = |step: f64, gain: f64| -> Vec<f64> {
        let value = |(i, positive): (usize, &bool)| {
            (i as f64 * step).fract() + if *positive { gain } else { 0.0 }
        };
        labels.iter().enumerate().map(value).collect()
    };
    let (first, second) = (score(0.618_033_988_749, 0.20), score(0.414_213_562_373, 0.25));
    (labels, first, second)
}

/// Median seconds of five calls.
fn seconds<T>(mut call: impl FnMut() -> T) -> f64 {
    let mut times: Vec<f64> = (0..5)
        .map(|_| {
            let begin = Instant::now();
            black_box(call());
            begin.elapsed().as_secs_f64()
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[2]
}

fn main() {
    let (labels, first, second) = cases(100_000);
    let delong = seconds(|| delong_test::paired(&first, &second, &labels, 0.95));
    let (labels, first, _) = cases(1_000);
    let auc = seconds(|| auc_bootstrap(&[&first], &labels, Sampling::AllCases, RESAMPLES, 0));
    let values = &first[..200];
    let bca = seconds(|| Bootstrap::draw_mean(values, RESAMPLES, 0).interval(Method::Bca, 0.95));
    println!("{{\"delong\": {delong}, \"bootstrap_auc\": {auc}, \"bca\": {bca}}}");
}
