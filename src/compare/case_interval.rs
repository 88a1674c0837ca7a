//! The interval of one cell over its test cases.
//!
//! A mean over cases of patients: the cluster-robust t interval (CR2), or the
//! clustered bootstrap where a bootstrap is asked for. A score of a whole test
//! set: an AUC by DeLong's variance, on the logit scale so that it stays within 0
//! and 1 (of a mean over classes too, whose variance is that of the mean); any
//! other by the percentiles of its resamples.

use super::types::{CompareOptions, Interval};
use crate::scores::{Cell, OverCases};
use crate::stats::Bounds;
use crate::stats::bootstrap::{Bootstrap, Method, clustered};
use crate::stats::clustered_test::clustered_t;
use crate::stats::contributions::covariance;
use crate::stats::describe::mean;
use crate::stats::distributions::normal;
use crate::stats::mean_interval::IntervalMethod;
use crate::stats::t_test::Alternative;

fn named(bounds: Bounds, options: &CompareOptions, method: String) -> Interval {
    Interval { low: bounds.low, high: bounds.high, confidence: options.confidence, method }
}

/// Of a score of a whole test set.
pub(super) fn of_score(
    cell: &Cell,
    over: &OverCases,
    options: &CompareOptions,
) -> Option<Interval> {
    let score = cell.summarized().mean;
    if !over.parts.is_empty() {
        let se = covariance(&over.parts, &over.parts).sqrt();
        let half =
            -normal::quantile((1.0 - options.confidence) / 2.0) * se / (score * (1.0 - score));
        let centre = (score / (1.0 - score)).ln();
        let back = |x: f64| 1.0 / (1.0 + (-x).exp());
        let bounds = Bounds { low: back(centre - half), high: back(centre + half) };
        let method = format!("DeLong over {}, logit scale", over.unit_word());
        let valid = bounds.low.is_finite() && bounds.high.is_finite() && half > 0.0;
        return valid.then(|| named(bounds, options, method));
    }
    let drawn: Vec<f64> = over.redrawn.iter().copied().filter(|v| v.is_finite()).collect();
    let method = format!(
        "percentile bootstrap over {}, {} resamples, seed {}",
        over.unit_word(),
        drawn.len(),
        over.seed
    );
    let bootstrap = Bootstrap::from_resamples(score, drawn);
    let bounds = bootstrap.interval(Method::Percentile, options.confidence);
    bounds.value().map(|bounds| named(*bounds, options, method))
}

/// Of the mean over cases that come in patients.
pub(super) fn of_patients(
    cell: &Cell,
    options: &CompareOptions,
    notes: &mut Vec<String>,
) -> Option<Interval> {
    let method = match options.interval {
        IntervalMethod::T | IntervalMethod::Studentized => {
            let zeros = vec![0.0; cell.values.len()];
            let two_sided = Alternative::TwoSided;
            let (x, clusters) = (&cell.values, &cell.clusters);
            let found = clustered_t(x, &zeros, clusters, two_sided, options.confidence);
            if let Some(note) = found.note() {
                notes.push(format!("no interval: {note}"));
            }
            let t = found.value()?.test;
            let bounds = Bounds { low: t.ci_low, high: t.ci_high };
            return Some(named(bounds, options, "cluster-robust t over patients".into()));
        }
        IntervalMethod::Basic => Method::Basic,
        IntervalMethod::Percentile => Method::Percentile,
        IntervalMethod::Bca => Method::Bca,
    };
    let of = |drawn: &[usize]| mean(&drawn.iter().map(|i| cell.values[*i]).collect::<Vec<f64>>());
    let found = clustered(&cell.clusters, options.resamples, options.seed, of);
    let words = format!(
        "{} bootstrap over patients, {} resamples, seed {}",
        super::summary::title(options.interval),
        options.resamples,
        options.seed
    );
    found.interval(method, options.confidence).value().map(|bounds| named(*bounds, options, words))
}
