//! The best mean of each task and share of labels, and those that are not told
//! apart from it.

use std::collections::{BTreeMap, BTreeSet};

use crate::compare::{CellSummary, Comparison};
use crate::scores::{Factor, Factors};

/// Behind a mean that no test told apart from the best one.
pub(super) const NOT_TOLD_APART: &str = "\u{2020}";

/// How a cell stands to the best of its task and share of labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// The best mean as shown: means that print alike are ties.
    Best,
    /// Tested against the best, and not significantly different.
    NotToldApart,
    /// Significantly different, not tested against the best, or without a mean.
    Other,
}

/// The standing of every cell; none is best of a metric without a direction. A
/// cell alone in its task and share has nothing to be better than. The mark rests
/// on the adjusted p of the test against the best: without such a test (another
/// model, a baseline that is not the best, no p) there is none.
///
/// Where tasks or shares are compared themselves, all of them are ranked together.
/// Cost O(cells log cells + tests log tests).
pub(super) fn standings(comparison: &Comparison) -> Vec<Standing> {
    let (cells, metric) = (&comparison.cells, &comparison.options.metric);
    let Some(sign) = metric.sign() else { return vec![Standing::Other; cells.len()] };
    let factors = &comparison.options.factors;
    let mut groups: BTreeMap<(&str, u64), Vec<(usize, f64)>> = BTreeMap::new();
    for (at, summary) in cells.iter().enumerate() {
        if let Some(mean) = summary.mean {
            groups.entry(key(summary, factors)).or_default().push((at, sign * mean));
        }
    }
    let apart = not_told_apart(comparison);
    let mut standings = vec![Standing::Other; cells.len()];
    for group in groups.values().filter(|group| group.len() > 1) {
        let best = group.iter().map(|(_, score)| *score).fold(f64::NEG_INFINITY, f64::max);
        let shown = |score: f64| metric.text(Some(sign * score));
        let (ties, others): (Vec<_>, Vec<_>) =
            group.iter().partition(|(_, score)| shown(*score) == shown(best));
        for (at, _) in &ties {
            standings[*at] = Standing::Best;
        }
        for (at, _) in others {
            let near = |(tie, _): &&(usize, f64)| {
                let sides = [side(&cells[*tie], factors), side(&cells[at], factors)];
                apart.contains(&sides)
            };
            if ties.iter().any(|tie| near(&tie)) {
                standings[at] = Standing::NotToldApart;
            }
        }
    }
    standings
}

/// Block and level: what names a side of a test.
type Side = (Vec<String>, String);

fn side(summary: &CellSummary, factors: &Factors) -> Side {
    (factors.block(&summary.cell).key(), factors.level(&summary.cell))
}

/// Both sides, either way round, of every test that is not significant.
fn not_told_apart(comparison: &Comparison) -> BTreeSet<[Side; 2]> {
    let alpha = comparison.options.alpha;
    let open = comparison.rows.iter().filter(|row| row.adjusted_p.is_some_and(|p| p >= alpha));
    open.flat_map(|row| {
        let [level, reference] =
            [&row.level, &row.reference].map(|level| (row.block.key(), level.clone()));
        [[level.clone(), reference.clone()], [reference, level]]
    })
    .collect()
}

/// Task and share of labels, unless they are compared.
fn key<'a>(summary: &'a CellSummary, factors: &Factors) -> (&'a str, u64) {
    let cell = &summary.cell;
    let task = if factors.has(Factor::TASK) { "" } else { &cell.task };
    let every = factors.has(Factor::LABEL_FRACTION);
    (task, if every { 0 } else { cell.label_fraction.to_bits() })
}

#[cfg(test)]
mod tests {
    use super::Standing::{Best, NotToldApart, Other};
    use super::*;
    use crate::compare::{CompareOptions, compare};
    use crate::scores::{Baselines, Better, Cell, Metric, MetricRules};

    fn cell(task: &str, init: &str, values: &[f64]) -> Cell {
        Cell {
            task: task.into(),
            init: init.into(),
            label_fraction: 1.0,
            metric: "auc".into(),
            seeds: (0..values.len() as u64).collect(),
            values: values.to_vec(),
            ..Cell::default()
        }
    }

    fn of(cells: &[Cell], better: Better, baseline: Option<&str>) -> Vec<Standing> {
        let mut rules = MetricRules::default();
        if better != Better::Unknown {
            rules.direct("score", better);
        }
        let options = CompareOptions {
            metric: Metric::of("score", &rules, cells),
            baselines: baseline.map(Baselines::level).unwrap_or_default(),
            ..CompareOptions::default()
        };
        standings(&compare(cells, &options).expect("a comparison"))
    }

    /// pitfall: an interval of one mean that contains another says nothing of their
    /// difference: with shared seeds a small one can be certain.
    #[test]
    fn the_mark_rests_on_the_test_against_the_best() {
        let base = [0.60, 0.70, 0.80, 0.65, 0.75];
        let with = |add: [f64; 5]| -> Vec<f64> {
            base.iter().zip(add).map(|(value, add)| value + add).collect()
        };
        let cells = [
            cell("a", "best", &with([0.020; 5])),
            // Wide interval, and worse on every seed by the same.
            cell("a", "near", &with([0.010, 0.011, 0.009, 0.010, 0.010])),
            cell("a", "open", &with([0.05, -0.06, 0.07, -0.04, 0.0])),
            cell("b", "best", &[0.1, 0.2]),
        ];
        assert_eq!(of(&cells, Better::Higher, None), [Best, Other, NotToldApart, Other]);
        // Tested against a baseline alone: the others have no test against the best.
        assert_eq!(of(&cells, Better::Higher, Some("near")), [Best, Other, Other, Other]);
        assert_eq!(of(&cells, Better::Unknown, None), [Other; 4]);
        let turned: Vec<Cell> = cells
            .iter()
            .map(|cell| Cell { values: cell.values.iter().map(|v| -v).collect(), ..cell.clone() })
            .collect();
        assert_eq!(of(&turned, Better::Lower, None), of(&cells, Better::Higher, None));
    }

    #[test]
    fn means_that_print_alike_are_ties() {
        let cells = [
            cell("a", "x", &[0.900_000_4, 0.94]),
            cell("a", "y", &[0.900_000_1, 0.94]),
            cell("a", "z", &[]),
        ];
        assert_eq!(of(&cells, Better::Higher, None), [Best, Best, Other]);
    }
}
