//! Targets: resampling.

use std::hint::black_box as keep;

use super::Target;
use super::bytes::Bytes;
use crate::stats::bootstrap::{
    self, Bootstrap, CaseDraw, Design, Draws, Hierarchical, Levels, LinearRun, Method, Strata,
    Studentized,
};
use crate::stats::coverage::{self, Setting, Shape};
use crate::stats::describe;
use crate::stats::mean_interval::{self, IntervalMethod};
use crate::stats::rliable::{self, Scores};

fn intervals(found: &Bootstrap, b: &mut Bytes<'_>) {
    let method = b.pick(&[Method::Percentile, Method::Basic, Method::Bca]);
    keep((found.estimate(), found.resampled(), found.standard_error()));
    keep(found.interval(method, b.level()));
}

fn strata(b: &mut Bytes<'_>, n: usize) -> Strata {
    if b.bool() {
        Strata::whole(n)
    } else {
        Strata::of(&(0..n).map(|_| b.byte() % 3).collect::<Vec<_>>())
    }
}

fn design(b: &mut Bytes<'_>, cases: usize) -> Design {
    Design {
        runs: (0..b.below(4)).map(|_| b.below(4)).collect(),
        paired_runs: b.bool(),
        cases: strata(b, cases),
        case_draw: b.pick(&[CaseDraw::Shared, CaseDraw::PerRun]),
        levels: b.pick(&[Levels::Both, Levels::Runs, Levels::Cases]),
    }
}

fn contrasts(found: &Hierarchical, b: &mut Bytes<'_>) {
    let (i, j) = (b.class(), b.class());
    intervals(&found.model(i), b);
    intervals(&found.difference(i, j), b);
    intervals(&found.contrast(|means| means.iter().sum()), b);
}

fn scores(b: &mut Bytes<'_>) -> Option<Scores> {
    let rows = b.rows();
    let found = if b.bool() { Scores::of_tasks(rows) } else { Scores::of_runs(&rows) };
    found.any().cloned()
}

fn method(b: &mut Bytes<'_>) -> IntervalMethod {
    b.pick(&IntervalMethod::ALL)
}

fn shape(b: &mut Bytes<'_>) -> Shape {
    b.pick(&Shape::ALL)
}

pub(super) const TARGETS: &[Target] = &[
    Target::new(
        "distribution::Bootstrap::from_resamples distribution::Bootstrap::with_jackknife \
         distribution::Bootstrap::from_indices distribution::Bootstrap::draw \
         distribution::Bootstrap::draw_mean distribution::Bootstrap::estimate \
         distribution::Bootstrap::resampled distribution::Bootstrap::standard_error \
         distribution::Bootstrap::interval",
        150,
        |b| {
            let (x, n, seed) = (b.numbers(), b.resamples(), b.word());
            let made = Bootstrap::from_resamples(b.number(), b.numbers());
            intervals(&made, b);
            intervals(&made.with_jackknife(b.numbers()), b);
            let lists: Vec<Vec<usize>> =
                (0..n).map(|_| (0..x.len()).map(|_| b.below(x.len() + 1)).collect()).collect();
            intervals(&Bootstrap::from_indices(&x, &lists, describe::median), b);
            intervals(&Bootstrap::draw(&x, n, seed, describe::median), b);
            intervals(&Bootstrap::draw_mean(&x, n, seed), b);
        },
    ),
    Target::new("paired::paired_difference paired::paired_mean_difference", 100, |b| {
        let ((x, y), n, seed) = (b.pair(), b.resamples(), b.word());
        intervals(&bootstrap::paired_difference(&x, &y, n, seed, describe::median), b);
        intervals(&bootstrap::paired_mean_difference(&x, &y, n, seed), b);
    }),
    Target::new("cluster::clustered cluster::clustered_mean_difference", 60, |b| {
        let ((x, y), n, seed) = (b.pair(), b.resamples(), b.word());
        let cases = if b.one_in(8) { b.len() } else { x.len() };
        let labels: Vec<u8> = (0..cases).map(|_| b.byte() % 4).collect();
        intervals(&bootstrap::clustered_mean_difference(&x, &y, &labels, n, seed), b);
        let sum = |at: &[usize]| at.iter().filter_map(|i| x.get(*i)).sum();
        intervals(&bootstrap::clustered(&labels, n, seed, sum), b);
    }),
    Target::new("stratified::indexed stratified::from_groups", 100, |b| {
        let (x, rows, n, seed) = (b.numbers(), b.rows(), b.resamples(), b.word());
        let strata = strata(b, x.len());
        let sum = |at: &[usize]| at.iter().filter_map(|i| x.get(*i)).sum();
        intervals(&bootstrap::indexed(&strata, n, seed, sum), b);
        let groups: Vec<&[f64]> = rows.iter().map(Vec::as_slice).collect();
        let first = |groups: &[Vec<f64>]| groups.first().map_or(f64::NAN, |g| describe::mean(g));
        intervals(&bootstrap::from_groups(&groups, n, seed, first), b);
    }),
    Target::new("studentized::studentized studentized::studentized_mean", 60, |b| {
        let (x, n, seed, level) = (b.numbers(), b.resamples(), b.word(), b.level());
        let error = b.number();
        let of = |x: &[f64]| Studentized { estimate: describe::mean(x), standard_error: error };
        keep(bootstrap::studentized(&x, n, seed, level, of));
        keep(bootstrap::studentized_mean(&x, n, seed, level));
    }),
    Target::new("jackknife::jackknife", 60, |b| {
        let value = b.number();
        keep(bootstrap::jackknife(b.below(256), |at| value * at.len() as f64));
    }),
    Target::new(
        "draw::Draws::of draw::Draws::indices draw::Strata::whole draw::Strata::of \
         draw::Strata::len draw::Strata::is_empty draw::Strata::resample",
        200,
        |b| {
            let n = b.len();
            let strata = strata(b, n);
            let (mut draws, mut into) = (Draws::of(b.word(), b.large()), Vec::new());
            strata.resample(&mut draws, &mut into);
            keep((strata.len(), strata.is_empty(), &into));
            let mut last = 0;
            draws.indices(b.large(), b.below(256), |i| last = i);
            keep(last);
        },
    ),
    Target::new(
        "hierarchical::hierarchical hierarchical::Hierarchical::model \
         hierarchical::Hierarchical::difference hierarchical::Hierarchical::contrast",
        60,
        |b| {
            let values = b.numbers();
            let design = design(b, values.len());
            let sum = |_: usize, _: usize, at: &[usize]| at.iter().map(|i| values[*i]).sum();
            let found = bootstrap::hierarchical(&design, b.resamples(), b.word(), sum);
            contrasts(&found, b);
        },
    ),
    Target::new("linear::hierarchical_linear", 60, |b| {
        let n = b.len();
        let design = design(b, n);
        let parts: Vec<f32> = b.numbers_of(n).iter().map(|v| *v as f32).collect();
        let value = b.number();
        let odd = b.one_in(8);
        let models: Vec<Vec<LinearRun<'_>>> = design
            .runs
            .iter()
            .map(|runs| {
                let parts = if odd { &parts[..n / 2] } else { &parts[..] };
                vec![LinearRun { value, parts }; *runs]
            })
            .collect();
        let found = bootstrap::hierarchical_linear(&design, &models, b.resamples(), b.word());
        contrasts(&found, b);
    }),
    Target::new("mean_interval::mean_interval mean_interval::t_interval", 150, |b| {
        let (x, method, level) = (b.numbers(), method(b), b.level());
        keep(mean_interval::mean_interval(&x, method, level, b.resamples(), b.word()));
        keep(mean_interval::t_interval(&x, level));
    }),
    Target::new("coverage::simulate coverage::measured coverage::undercovers", 40, |b| {
        let setting = Setting {
            shape: shape(b),
            n: b.below(8),
            confidence: b.level(),
            simulations: b.below(6),
            resamples: b.resamples(),
            seed: b.word(),
        };
        keep(coverage::simulate(&setting));
        let (method, n) = (method(b), b.large());
        keep((coverage::measured(method, n, shape(b)), coverage::undercovers(method, n)));
    }),
    Target::new(
        "scores::Scores::of_tasks scores::Scores::of_runs scores::Scores::tasks \
         aggregate::aggregates aggregate::intervals profile::profile profile::profile_band \
         improvement::improvement improvement::improvement_interval",
        60,
        |b| {
            let (Some(x), Some(y)) = (scores(b), scores(b)) else { return };
            let (target, n, seed, level) = (b.number(), b.resamples(), b.word(), b.level());
            let taus = b.numbers();
            keep((x.tasks(), rliable::aggregates(&x, target)));
            keep(rliable::intervals(&x, target, n, seed, level));
            keep((rliable::profile(&x, &taus), rliable::profile_band(&x, &taus, n, seed, level)));
            keep(rliable::improvement(&x, &y));
            keep(rliable::improvement_interval(&x, &y, n, seed, level));
        },
    ),
];
