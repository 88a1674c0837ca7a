//! One level over label fractions: mean curve, area, slope, trend.
//!
//! *Area*: under the curve over `log10(fraction)`, a mean score over label
//! budgets, with the t interval over seeds. *Slope*: score per tenfold labels,
//! each seed's own, with the t interval over seeds. *Trend*: Page's test that
//! scores get better along the fractions ([`super::trend`]).
//!
//! Seeds without a score at every fraction are left out and named; a score that
//! is not finite is missing. Cost O(seeds fractions) beside Page's test.

use serde::{Deserialize, Serialize};

use super::series::Series;
use super::trend::{trend_test, why_not};
use crate::compare::estimate::{Estimate, scale, settled};
use crate::compare::family::Test;
use crate::compare::types::CompareOptions;
use crate::scores::Block;
use crate::stats::Outcome;
use crate::stats::learning_curve::{Curve, Point, area, area_interval, trend};
use crate::stats::t_test::Alternative;

/// One init over label fractions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CurveRow {
    /// Every factor that is not compared.
    pub block: Block,
    /// The compared level.
    pub level: String,
    /// Seeds with a score at every fraction.
    pub seeds: Vec<u64>,
    /// Mean curve of these seeds, by ascending fraction.
    pub points: Vec<Point>,
    /// Area under it.
    pub area: Estimate,
    /// Mean slope: score per tenfold labels.
    pub slope: Estimate,
    /// Page's test for scores that get better.
    pub trend: Test,
    /// Why a number is missing or degenerate; empty otherwise.
    pub notes: Vec<String>,
}

/// Everything about one init.
pub(super) fn curve_row(series: &Series, options: &CompareOptions) -> CurveRow {
    let fractions = series.fractions();
    let seeds = series.complete_seeds(&fractions);
    let curve = series.curve(&fractions, &seeds, 1.0);
    let area = of_curve(&curve, |curve| area_of(curve, options.confidence));
    let slope = of_curve(&curve, |curve| slope_of(curve, options.confidence));
    let trend = trend_test(series, &curve, &slope, options);
    let mut notes: Vec<String> = series.left_out(&fractions, &seeds).into_iter().collect();
    // Without a direction no trend is tested, which is said once for all.
    let asked = options.metric.is_directed().then_some(&trend);
    notes.extend(missing(&curve, &area, &slope, asked));
    CurveRow {
        block: series.block.clone(),
        level: series.level.clone(),
        seeds,
        points: curve.any().map(|curve| points(curve, options.confidence)).unwrap_or_default(),
        area,
        slope,
        trend,
        notes,
    }
}

fn of_curve(curve: &Outcome<Curve>, estimate: impl Fn(&Curve) -> Estimate) -> Estimate {
    match curve.any() {
        Some(curve) => estimate(curve),
        None => Estimate::undefined(why_not(curve)),
    }
}

fn area_of(curve: &Curve, confidence: f64) -> Estimate {
    Estimate::of(area(curve), area_interval(curve, confidence), confidence, "t over seeds")
}

fn slope_of(curve: &Curve, confidence: f64) -> Estimate {
    let magnitude = scale(curve.runs().iter().flatten());
    let test = settled(trend(curve, Alternative::TwoSided, confidence), magnitude);
    let estimate = Estimate::of_t(&test, confidence, "t over seeds' slopes");
    match (estimate.point(), mean_slope(curve)) {
        // One seed, or seeds with one slope of 0, have a slope without a test.
        (None, Some(slope)) => Estimate { value: Outcome::of(slope), ..estimate },
        _ => estimate,
    }
}

fn mean_slope(curve: &Curve) -> Option<f64> {
    let slopes = crate::stats::learning_curve::slopes(curve);
    let mean = crate::stats::describe::mean(slopes.any()?);
    mean.is_finite().then_some(mean)
}

/// Without what is not finite (scores near the largest float).
fn points(curve: &Curve, confidence: f64) -> Vec<Point> {
    let finite = |v: Option<f64>| v.filter(|v| v.is_finite());
    curve
        .points(confidence)
        .into_iter()
        .filter(|point| point.mean.is_finite())
        .map(|point| Point { sd: finite(point.sd), half_width: finite(point.half_width), ..point })
        .collect()
}

/// One note where there is no curve at all, else one for each missing number.
fn missing(
    curve: &Outcome<Curve>,
    area: &Estimate,
    slope: &Estimate,
    trend: Option<&Test>,
) -> Vec<String> {
    if let Some(reason) = curve.note() {
        return vec![format!("no curve: {reason}")];
    }
    let of = |name: &str, note: Option<&str>| note.map(|note| format!("{name}: {note}"));
    let trend = trend.map(|trend| trend.entry.note.as_str()).filter(|note| !note.is_empty());
    [of("area", area.note()), of("slope", slope.note()), of("trend", trend)]
        .into_iter()
        .flatten()
        .collect()
}
