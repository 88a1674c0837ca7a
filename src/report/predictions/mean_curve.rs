//! The mean of several ROC or precision-recall curves, abscissa by abscissa.
//!
//! ROC curves are joined by straight lines and averaged at equal false-positive
//! rates (vertical averaging, Fawcett 2006); at a step the upper value counts.
//! Precision at a recall is that of the highest threshold which reaches it, as
//! average precision counts it: no interpolation. Several classes are averaged
//! within a seed first (macro-average), then the seeds. Cost O(points + grid) per
//! curve.

use serde::{Deserialize, Serialize};

use crate::figures::needed_points;
use crate::stats::roc_curve::{PrecisionRecallPoint, RocPoint};

/// Abscissae of the mean: steps of 0.001, half a pixel of a figure.
const STEPS: usize = 1000;

/// A mean curve with its lowest and highest seed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MeanCurve {
    /// Abscissae of the points that are needed to draw it.
    pub x: Vec<f64>,
    /// Mean over seeds.
    pub mean: Vec<f64>,
    /// Lowest and highest seed; empty with one.
    pub band: Vec<(f64, f64)>,
    /// Mean over seeds of the area.
    pub area: Option<f64>,
}

/// Abscissae of every curve.
pub(super) fn grid() -> impl Iterator<Item = f64> {
    (0..=STEPS).map(|i| i as f64 / STEPS as f64)
}

/// Sensitivity at each abscissa.
pub(super) fn roc_on_grid(points: &[RocPoint]) -> Vec<f64> {
    let mut at = 0;
    grid()
        .map(|x| {
            while points.get(at + 1).is_some_and(|p| p.false_positive_rate <= x) {
                at += 1;
            }
            let Some(before) = points.get(at) else { return f64::NAN };
            let Some(after) = points.get(at + 1) else { return before.true_positive_rate };
            let run = after.false_positive_rate - before.false_positive_rate;
            let share = if run > 0.0 { (x - before.false_positive_rate) / run } else { 0.0 };
            before.true_positive_rate
                + share * (after.true_positive_rate - before.true_positive_rate)
        })
        .collect()
}

/// Precision at each recall; at recall 0 that of the first positive.
pub(super) fn precision_on_grid(points: &[PrecisionRecallPoint]) -> Vec<f64> {
    let reached: Vec<&PrecisionRecallPoint> = points.iter().filter(|p| p.recall > 0.0).collect();
    let mut at = 0;
    grid()
        .map(|x| {
            // Shares of counts: a recall that is the grid's counts as reached.
            while reached.get(at).is_some_and(|p| p.recall < x - 1e-9) {
                at += 1;
            }
            reached.get(at).map_or(f64::NAN, |p| p.precision)
        })
        .collect()
}

/// Mean of lists of equal length, entry by entry; empty for none.
pub(super) fn mean_of(lists: &[Vec<f64>]) -> Vec<f64> {
    let length = lists.iter().map(Vec::len).min().unwrap_or(0);
    (0..length).map(|i| lists.iter().map(|l| l[i]).sum::<f64>() / lists.len() as f64).collect()
}

/// The mean over seeds; none without a seed. A ROC curve starts at the origin.
pub(super) fn over_seeds(
    seeds: &[Vec<f64>],
    areas: &[f64],
    from_origin: bool,
) -> Option<MeanCurve> {
    if seeds.is_empty() {
        return None;
    }
    let mut mean = mean_of(seeds);
    let mut x: Vec<f64> = grid().collect();
    let range = |i: usize| {
        let values = seeds.iter().map(|seed| seed[i]);
        values.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)))
    };
    let mut band: Vec<(f64, f64)> =
        if seeds.len() > 1 { (0..mean.len()).map(range).collect() } else { Vec::new() };
    if from_origin {
        x.insert(0, 0.0);
        mean.insert(0, 0.0);
        if !band.is_empty() {
            band.insert(0, (0.0, 0.0));
        }
    }
    // What a figure draws, and no more: pages carry it.
    let needed = needed_points(&x, &mean, &band);
    let of = |list: &[f64]| needed.iter().filter_map(|at| list.get(*at).copied()).collect();
    let (x, mean): (Vec<f64>, Vec<f64>) = (of(&x), of(&mean));
    let band = needed.iter().filter_map(|at| band.get(*at).copied()).collect();
    let area = areas.iter().sum::<f64>() / areas.len() as f64;
    Some(MeanCurve { x, mean, band, area: area.is_finite().then_some(area) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::average_precision::average_precision;
    use crate::stats::roc_auc::roc_auc;
    use crate::stats::roc_curve::{precision_recall_curve, roc_curve};

    /// Areas under the gridded curves are those of the curves, to the grid.
    #[test]
    fn the_grid_keeps_the_area() {
        let scores: Vec<f64> = (0..400).map(|i| f64::from((i * 37) % 101)).collect();
        let labels: Vec<bool> =
            scores.iter().enumerate().map(|(i, s)| *s + (i % 60) as f64 > 90.0).collect();
        let roc = roc_on_grid(roc_curve(&scores, &labels).value().expect("a curve"));
        let area: f64 = roc.windows(2).map(|w| f64::midpoint(w[0], w[1])).sum::<f64>() / 1000.0;
        let auc = *roc_auc(&scores, &labels).value().expect("an area");
        assert!((area - auc).abs() < 0.002, "{area} {auc}");
        let curve = precision_recall_curve(&scores, &labels);
        let precision = precision_on_grid(curve.value().expect("a curve"));
        let area: f64 = precision.iter().skip(1).sum::<f64>() / 1000.0;
        let ap = *average_precision(&scores, &labels).value().expect("an area");
        assert!((area - ap).abs() < 0.01, "{area} {ap}");
    }

    #[test]
    fn a_perfect_curve_goes_up_at_once() {
        let curve = roc_curve(&[0.9, 0.8, 0.1], &[true, true, false]);
        let roc = roc_on_grid(curve.value().expect("a curve"));
        assert_eq!((roc[0], roc[1000]), (1.0, 1.0));
        let mean = over_seeds(&[roc.clone(), roc], &[1.0, 1.0], true).expect("a mean");
        assert_eq!(
            (mean.mean[0], mean.mean[1], mean.band[1], mean.area),
            (0.0, 1.0, (1.0, 1.0), Some(1.0))
        );
        assert_eq!(over_seeds(&[], &[], true), None);
    }
}
