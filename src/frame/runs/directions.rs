//! The column `direction`: which end of a metric is good.

use std::collections::BTreeMap;

use super::Table;
use super::columns::Known;
use crate::frame::error::FrameError;
use crate::scores::{Better, MetricRules, canonical};

impl Table<'_> {
    /// What the column `direction` says of each metric.
    pub(super) fn directions(&self) -> Result<MetricRules, FrameError> {
        let mut rules = MetricRules::default();
        let columns = self.columns;
        if columns.at(Known::Direction).is_none() {
            return Ok(rules);
        }
        let mut first: BTreeMap<String, (u64, Better)> = BTreeMap::new();
        for row in self.stack.rows() {
            let Some(text) = columns.text(row, Known::Direction) else { continue };
            let Some(better) = direction(text) else {
                return Err(columns.wrong(
                    row,
                    Known::Direction,
                    "higher or lower: which values of the metric are better",
                ));
            };
            let metric = canonical(columns.text(row, Known::Metric).unwrap_or("value"));
            let (at, known) = *first.entry(metric.clone()).or_insert((row.line(), better));
            if known != better {
                let (path, line) = row.place();
                let got = text.into();
                return Err(FrameError::Direction { path, line, first: at, metric, got });
            }
            rules.direct(&metric, better);
        }
        Ok(rules)
    }
}

/// Which end is good, as people write it.
pub(in crate::frame) fn direction(text: &str) -> Option<Better> {
    match text.to_lowercase().as_str() {
        "higher" | "higher is better" | "up" | "max" | "maximize" | "maximise" | "↑" => {
            Some(Better::Higher)
        }
        "lower" | "lower is better" | "down" | "min" | "minimize" | "minimise" | "↓" => {
            Some(Better::Lower)
        }
        _ => None,
    }
}
