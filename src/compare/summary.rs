//! Mean, spread and interval of one cell.

use super::types::{Cell, CellSummary, CompareOptions, Interval};
use crate::stats::bootstrap::{Bootstrap, Method};
use crate::stats::describe;

/// Mean, sample standard deviation and BCa interval of the mean over seeds.
pub fn summarize(cell: &Cell, options: &CompareOptions) -> CellSummary {
    let n = cell.values.len();
    let mut notes: Vec<String> = cell
        .undefined
        .iter()
        .map(|(seed, reason)| format!("seed {seed} has no value: {reason}"))
        .collect();
    let interval = interval(cell, options, &mut notes);
    CellSummary {
        cell: cell.clone(),
        n,
        mean: (n > 0).then(|| describe::mean(&cell.values)),
        sd: (n > 1).then(|| describe::sd(&cell.values)),
        interval,
        notes,
    }
}

/// Fewer than three values have too few distinct resamples for an interval.
const FEWEST: usize = 3;

fn interval(cell: &Cell, options: &CompareOptions, notes: &mut Vec<String>) -> Option<Interval> {
    if cell.values.len() < FEWEST {
        notes.push(format!(
            "no interval: {} values, at least {FEWEST} are needed",
            cell.values.len()
        ));
        return None;
    }
    let bootstrap = Bootstrap::draw_mean(&cell.values, options.resamples, options.seed);
    let outcome = bootstrap.interval(Method::Bca, options.confidence);
    let Some(bounds) = outcome.value() else {
        notes.push(format!("no interval: {}", outcome.note().unwrap_or("not defined")));
        return None;
    };
    Some(Interval {
        low: bounds.low,
        high: bounds.high,
        confidence: options.confidence,
        method: format!(
            "BCa bootstrap over seeds, {} resamples, seed {}",
            options.resamples, options.seed
        ),
    })
}
