//! The best mean of each task and share of labels, and those that are not told
//! apart from it.

use std::collections::BTreeMap;

use crate::compare::CellSummary;
use crate::scores::Metric;

/// Behind a mean whose interval contains the best one.
pub(super) const NOT_TOLD_APART: &str = "\u{2020}";

/// How a cell stands to the best of its task and share of labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// The best mean as shown: means that print alike are ties.
    Best,
    /// Its interval contains the best mean.
    NotToldApart,
    /// Neither, or without a mean.
    Other,
}

/// The standing of every cell; none is best of a metric without a direction. A
/// cell alone in its task and share has nothing to be better than.
pub(super) fn standings(cells: &[CellSummary], metric: &Metric) -> Vec<Standing> {
    let Some(sign) = metric.sign() else { return vec![Standing::Other; cells.len()] };
    let mut groups: BTreeMap<(&str, u64), (f64, usize)> = BTreeMap::new();
    for summary in cells {
        if let Some(mean) = summary.mean {
            let group = groups.entry(key(summary)).or_insert((f64::NEG_INFINITY, 0));
            *group = (group.0.max(sign * mean), group.1 + 1);
        }
    }
    cells
        .iter()
        .map(|summary| match (summary.mean, groups.get(&key(summary))) {
            (Some(mean), Some((best, count))) if *count > 1 => {
                standing(summary, mean, sign * *best, metric)
            }
            _ => Standing::Other,
        })
        .collect()
}

fn standing(summary: &CellSummary, mean: f64, best: f64, metric: &Metric) -> Standing {
    if metric.text(Some(mean)) == metric.text(Some(best)) {
        return Standing::Best;
    }
    match &summary.interval {
        Some(interval) if interval.low <= best && best <= interval.high => Standing::NotToldApart,
        _ => Standing::Other,
    }
}

fn key(summary: &CellSummary) -> (&str, u64) {
    (summary.cell.task.as_str(), summary.cell.label_fraction.to_bits())
}

#[cfg(test)]
mod tests {
    use super::Standing::{Best, NotToldApart, Other};
    use super::*;
    use crate::compare::Interval;
    use crate::scores::Cell;

    fn cell(task: &str, mean: Option<f64>, ends: Option<(f64, f64)>) -> CellSummary {
        let interval = |(low, high)| Interval { low, high, confidence: 0.95, method: "t".into() };
        CellSummary {
            cell: Cell { task: task.into(), label_fraction: 1.0, ..Cell::default() },
            n: 3,
            mean,
            sd: None,
            interval: ends.map(interval),
            notes: Vec::new(),
        }
    }

    #[test]
    fn ties_are_best_and_intervals_that_contain_it_are_not_told_apart() {
        let cells = [
            cell("a", Some(0.900_04), Some((0.8, 1.0))),
            cell("a", Some(0.900_01), Some((0.8, 1.0))),
            cell("a", Some(0.85), Some((0.80, 0.901))),
            cell("a", Some(0.85), Some((0.80, 0.899))),
            cell("a", Some(0.89), None),
            cell("a", None, None),
            cell("b", Some(0.1), Some((0.0, 1.0))),
        ];
        assert_eq!(
            standings(&cells, &Metric::named("auc")),
            [Best, Best, NotToldApart, Other, Other, Other, Other]
        );
    }
}
