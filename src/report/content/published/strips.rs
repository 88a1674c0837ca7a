//! Panels of methods against a baseline.

use super::blocks::distinct;
use super::show;
use crate::figures::{Baseline, StripMark, StripPlot, StripPoint};
use crate::published::Row;

/// The panel of one task; families are those of all rows, in order.
pub(super) fn panel(all: &[Row], rows: &[&Row], mark_as: StripMark) -> StripPlot {
    let families = distinct(all.iter().filter(|r| !r.is_baseline()).map(|r| &r.family));
    let points = rows.iter().filter(|row| !row.is_baseline()).map(|row| StripPoint {
        name: row.init.clone(),
        family: families.iter().position(|f| *f == row.family).unwrap_or(0),
        value: Some(row.mean.value()),
        spread: row.sd.map(|sd| sd.value()),
        label: row.label.clone(),
    });
    let baseline = rows.iter().find(|row| row.is_baseline()).map(|row| Baseline {
        name: row.init.clone(),
        value: row.mean.value(),
        band: row.sd.map(|sd| sd.value()),
    });
    StripPlot {
        metric: rows.first().map_or(String::new(), |r| r.metric.clone()),
        points: points.collect(),
        baseline,
        mark_as,
        mark: show::mark(rows.iter().copied()),
        families,
    }
}
