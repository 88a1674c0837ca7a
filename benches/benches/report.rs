//! The report of 1,000 runs, from CSV to HTML.
#![allow(missing_docs)]

use std::fmt::Write;

use criterion::{Criterion, criterion_group, criterion_main};
use transfolio::compare::CompareOptions;
use transfolio::frame::{Reading, Results};
use transfolio::report::{Templates, load, render};
use transfolio::scores::Baselines;

/// 5 tasks x 10 inits x 4 label fractions x 5 seeds.
fn thousand_runs() -> String {
    let mut csv = String::from("task,model,init,label_fraction,seed,metric,value\n");
    for run in 0..1000u32 {
        let (seed, rest) = (run % 5, run / 5);
        let (fraction, rest) = ([0.1, 0.25, 0.5, 1.0][rest as usize % 4], rest / 4);
        let value = 0.6 + f64::from(run * 7919 % 1009) / 5000.0 + fraction / 10.0;
        let _ = writeln!(csv, "t{},m,i{},{fraction},{seed},auc,{value}", rest / 10, rest % 10);
    }
    csv
}

fn report(c: &mut Criterion) {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("results.csv");
    std::fs::write(&path, thousand_runs()).expect("written");
    let options = CompareOptions { baselines: Baselines::level("i0"), ..CompareOptions::default() };
    c.bench_function("report of 1000 runs", |b| {
        b.iter(|| {
            let results = Results::open(&path, &Reading::default()).expect("results");
            let input = load(&results, &options, &[]).expect("input");
            render(&input, &Templates::default()).expect("a page")
        });
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10);
    targets = report
}
criterion_main!(benches);
