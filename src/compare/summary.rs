//! Mean, spread and interval of one cell.

use super::case_interval;
use super::types::{CellSummary, CompareOptions, Interval};
use crate::scores::{Cell, Unit};
use crate::stats::coverage::undercovers;
use crate::stats::mean_interval::{IntervalMethod, mean_interval};
use crate::stats::t_summary::{self, Summary};
use crate::stats::t_test::Alternative;

/// Mean, sample standard deviation and interval of the mean over seeds.
pub fn summarize(cell: &Cell, options: &CompareOptions) -> CellSummary {
    let mut notes: Vec<String> = cell
        .undefined
        .iter()
        .map(|(seed, reason)| match (cell.unit, &cell.over_cases) {
            (Unit::Cases, _) if !cell.values.is_empty() => reason.clone(),
            (Unit::Cases, _) => format!("there is no value: {reason}"),
            _ => format!("seed {seed} has no value: {reason}"),
        })
        .collect();
    let interval = match (cell.summary, &cell.over_cases) {
        (Some(summary), _) => published(summary, options),
        (None, Some(over)) => case_interval::of_score(cell, over, options),
        (None, None) if !cell.clusters.is_empty() => {
            case_interval::of_patients(cell, options, &mut notes)
        }
        (None, None) => interval(cell, options, &mut notes),
    };
    let Summary { mut n, mean, sd } = cell.summarized();
    let runs = n;
    if let Some(over) = cell.over_cases.as_ref().filter(|_| n > 0) {
        n = over.units;
    }
    CellSummary {
        cell: cell.clone(),
        n,
        mean: (n > 0).then_some(mean),
        sd: (runs > 1).then_some(sd),
        interval,
        notes,
    }
}

/// Mean, standard deviation and n give a t interval, and no other.
fn published(summary: Summary, options: &CompareOptions) -> Option<Interval> {
    let outcome = t_summary::one_sample(summary, 0.0, Alternative::TwoSided, options.confidence);
    outcome.value().map(|t| Interval {
        low: t.ci_low,
        high: t.ci_high,
        confidence: options.confidence,
        method: "t from mean, standard deviation and n".into(),
    })
}

/// Fewer than three values have too few distinct resamples for an interval.
const FEWEST: usize = 3;

fn interval(cell: &Cell, options: &CompareOptions, notes: &mut Vec<String>) -> Option<Interval> {
    let n = cell.values.len();
    let fewest = if options.interval == IntervalMethod::T { 2 } else { FEWEST };
    if n < fewest {
        notes.push(format!("no interval: {n} values, at least {fewest} are needed"));
        return None;
    }
    let CompareOptions { interval: method, confidence, resamples, seed, .. } = *options;
    let outcome = mean_interval(&cell.values, method, confidence, resamples, seed);
    let Some(bounds) = outcome.value() else {
        notes.push(format!("no interval: {}", outcome.note().unwrap_or("not defined")));
        return None;
    };
    notes.extend(undercovers(method, n).map(Into::into));
    let over = cell.unit.word();
    let drawn = format!("bootstrap over {over}, {resamples} resamples, seed {seed}");
    Some(Interval {
        low: bounds.low,
        high: bounds.high,
        confidence,
        method: match method {
            IntervalMethod::T => format!("t over {over}"),
            method => format!("{} {drawn}", title(method)),
        },
    })
}

/// The name of an interval as papers write it.
pub fn title(method: IntervalMethod) -> &'static str {
    match method {
        IntervalMethod::T => "t",
        IntervalMethod::Percentile => "percentile",
        IntervalMethod::Basic => "basic",
        IntervalMethod::Bca => "BCa",
        IntervalMethod::Studentized => "studentised",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notes(method: IntervalMethod, n: usize) -> Vec<String> {
        let values: Vec<f64> = (0..n).map(|i| 0.7 + 0.01 * (i * 7 % 11) as f64).collect();
        let cell = Cell { seeds: (0..n as u64).collect(), values, ..Cell::default() };
        let options =
            CompareOptions { interval: method, resamples: 200, ..CompareOptions::default() };
        let summary = summarize(&cell, &options);
        assert_eq!(summary.interval.is_some(), n > 3 || method != IntervalMethod::Studentized);
        summary.notes
    }

    /// pitfall: a bootstrap interval of 3 to 10 seeds covers far less than it says.
    #[test]
    fn methods_that_under_cover_say_so() {
        use IntervalMethod::{Basic, Bca, Percentile, Studentized, T};
        for method in [Percentile, Basic, Bca] {
            for (n, covered) in [(3, "7"), (5, "84"), (10, "90"), (20, "93")] {
                let notes = notes(method, n);
                let said = notes.iter().any(|note| {
                    note.contains(title(method)) && note.contains(&format!("covers {covered}"))
                });
                assert!(said, "{method:?} {n} {notes:?}");
            }
            assert!(notes(method, 30).is_empty(), "{method:?}");
        }
        for n in [5, 10, 30] {
            assert!(notes(T, n).is_empty() && notes(Studentized, n).is_empty(), "{n}");
        }
    }
}
