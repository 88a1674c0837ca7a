//! Bootstrap and AUC.
#![allow(missing_docs)]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use transfolio::stats::bootstrap::{Bootstrap, Method};
use transfolio::stats::roc_auc::roc_auc;

/// 10,000 resamples of 1,000 values; on one core with `RAYON_NUM_THREADS=1`.
fn bootstrap(c: &mut Criterion) {
    let x: Vec<f64> = (0..1000).map(|i| f64::from(i * 7919 % 1009) / 1009.0).collect();
    c.bench_function("bca mean n=1000 B=10000", |b| {
        b.iter(|| Bootstrap::draw_mean(black_box(&x), 10_000, 0).interval(Method::Bca, 0.95));
    });
}

fn auc(c: &mut Criterion) {
    let scores: Vec<f32> = (0..10_000).map(|i| (i * 7919 % 9973) as f32).collect();
    let labels: Vec<bool> = (0..10_000).map(|i| i % 3 == 0).collect();
    c.bench_function("roc auc n=10000", |b| b.iter(|| roc_auc(black_box(&scores), &labels)));
}

criterion_group!(benches, bootstrap, auc);
criterion_main!(benches);
