//! Does the score get better with the labels? Page's test, seeds as blocks.
//!
//! Within each seed the scores are ranked over the label fractions; Page's `L`
//! is large when the ranks rise with the fraction in every seed (Page 1963;
//! [`crate::stats::page_trend`]). Ranks within seeds are free of what a seed
//! does to all fractions alike, and need neither a straight curve nor normal
//! scores. p is one-sided: "more labels, higher score" was the hypothesis before
//! the data ("lower score" where that is better); the other way shows in the
//! slope, whose interval is two-sided. Assumes
//! independent seeds, and within a seed that without a trend every order of its
//! scores is as likely. Runs that each have a slope of their own, up or down,
//! break that: without a mean trend Page's test then rejects at 5 % in 8 % of
//! simulations (5 seeds, slopes of twice the noise per tenfold labels), while the
//! interval of the mean slope keeps its level. Where the two disagree, a note
//! says so.
//!
//! Tied scores within a seed share ranks; p stays exact. One fraction, or fewer
//! than two seeds: no test. All scores of every seed tied: no test either (its p
//! of 1 would be a convention), and none where nobody knows which end of the
//! metric is good.

use super::series::Series;
use crate::compare::TestKind;
use crate::compare::estimate::Estimate;
use crate::compare::family::Test;
use crate::compare::types::CompareOptions;
use crate::scores::Better;
use crate::scores::Unit;
use crate::stats::Outcome;
use crate::stats::learning_curve::Curve;
use crate::stats::page_trend::{PageTrend, page_trend};
use crate::text::p_value;

/// Page's test of one init.
pub(super) fn trend_test(
    series: &Series,
    curve: &Outcome<Curve>,
    slope: &Estimate,
    options: &CompareOptions,
) -> Test {
    let seeds = curve.any().map_or(0, |curve| curve.runs().len());
    let test = Test::new(
        &format!("{}: trend over label fractions", options.metric.key),
        format!(
            "more labels, {} score: {} on {}",
            match options.metric.better {
                Better::Lower => "lower",
                Better::Higher => "higher",
                Better::Unknown => "higher or lower",
            },
            series.level,
            series.block.name()
        ),
        TestKind::Page,
        Unit::Seeds,
        seeds.to_string(),
    )
    .estimating(slope.point());
    let curve = match testable(curve) {
        Ok(curve) => curve,
        Err(reason) => return test.noting(Some(&reason)),
    };
    let Some(sign) = options.metric.sign() else {
        return test.noting(Some("whether higher or lower scores are better is not known"));
    };
    let turned = |run: &Vec<f64>| run.iter().map(|score| sign * score).collect();
    let runs: Vec<Vec<f64>> = curve.runs().iter().map(turned).collect();
    let outcome = page_trend(&runs);
    let attainable = smallest_p(curve);
    let coarse = (attainable >= options.alpha).then(|| {
        format!(
            "with {seeds} seeds and {} fractions p cannot be below {}",
            curve.fractions().len(),
            p_value(Some(attainable))
        )
    });
    match outcome.value() {
        Some(page) => test
            .found(page.p(), statistic(page))
            .noting(coarse.as_deref())
            .noting(disagreement(page, slope, sign, options)),
        None => test.noting(outcome.note()),
    }
}

/// Why there is no curve.
pub(super) fn why_not(curve: &Outcome<Curve>) -> &str {
    curve.note().unwrap_or("there is no curve")
}

/// Seeds that rise and fall on their own pass for a trend in ranks only.
fn disagreement(
    page: &PageTrend,
    slope: &Estimate,
    sign: f64,
    options: &CompareOptions,
) -> Option<&'static str> {
    let around_zero = slope.bounds().is_some_and(|i| (sign * i.low).min(sign * i.high) <= 0.0);
    (page.p() < options.alpha && around_zero).then_some(
        "the ranks get better within seeds, but the interval of the mean slope over seeds includes \
         0 or passes it: take the trend for open",
    )
}

fn testable(curve: &Outcome<Curve>) -> Result<&Curve, String> {
    let Some(curve) = curve.any() else { return Err(why_not(curve).into()) };
    if curve.fractions().len() < 2 {
        return Err("one label fraction: there is no trend".into());
    }
    if curve.runs().len() < 2 {
        return Err("one seed: its trend is not replicated".into());
    }
    Ok(curve)
}

fn statistic(page: &PageTrend) -> String {
    let kind = if page.p_exact.is_some() { "exact" } else { "asymptotic" };
    format!("L = {}, {kind}", page.l)
}

/// p of a rise in every seed, without ties: `(1/k!)^n`.
fn smallest_p(curve: &Curve) -> f64 {
    let orders: f64 = (1..=curve.fractions().len()).map(|k| k as f64).product();
    orders.powi(-(curve.runs().len() as i32))
}
