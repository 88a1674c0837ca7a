//! Panels of methods against a baseline.

use super::blocks::distinct;
use super::show;
use crate::figures::{Baseline, StripMark, StripPlot, StripPoint};
use crate::published::{Published, PublishedError, Row, Table};

/// Families of the methods, in the order of A4: the same colours in every
/// figure.
pub(super) fn families() -> Result<Vec<String>, PublishedError> {
    let rows = Table::SelfSupervised.rows()?;
    Ok(distinct(rows.iter().filter(|row| !row.is_baseline()).map(|row| &row.family)))
}

/// The panel of one task.
pub(super) fn panel(families: &[String], rows: &[&Row], mark_as: StripMark) -> StripPlot {
    let points = rows.iter().filter(|row| !row.is_baseline()).map(|row| StripPoint {
        name: row.init.clone(),
        family: families.iter().position(|f| *f == row.family).unwrap_or(0),
        value: Some(row.mean.value()),
        spread: row.sd.map(Published::value),
        label: row.label.clone(),
    });
    let baseline = rows.iter().find(|row| row.is_baseline()).map(|row| Baseline {
        name: row.init.clone(),
        value: row.mean.value(),
        band: row.sd.map(Published::value),
    });
    StripPlot {
        metric: rows.first().map_or(String::new(), |r| r.metric.clone()),
        points: points.collect(),
        baseline,
        mark_as,
        mark: show::mark(rows.iter().copied()),
        families: families.to_vec(),
    }
}
