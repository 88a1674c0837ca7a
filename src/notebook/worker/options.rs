//! The options of a comparison, as a cell asks for them.

use serde::Deserialize;
use serde_json::Value;

use crate::compare::{CompareOptions, Factor};
use crate::frame::Results;
use crate::notebook::NotebookError;
use crate::spec::{FamilyAdjustment, TestFamily};
use crate::stats::mean_interval::IntervalMethod;

/// What was asked for; whatever is absent is the study's, or the default.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Asked {
    metric: Option<String>,
    baseline: Option<String>,
    factor: Option<Factor>,
    alpha: Option<f64>,
    margin: Option<f64>,
    test: Option<TestFamily>,
    adjustment: Option<FamilyAdjustment>,
    interval: Option<IntervalMethod>,
}

impl Asked {
    pub(super) fn of(json: &Value) -> Result<Self, NotebookError> {
        if json.is_null() {
            return Ok(Self::default());
        }
        Self::deserialize(json)
            .map_err(|error| NotebookError::Request(format!("options of a comparison: {error}")))
    }

    /// Over the study's over the defaults; the metric must exist.
    pub(super) fn resolve(&self, results: &Results) -> Result<CompareOptions, NotebookError> {
        let from = results.options(self.metric.as_deref())?;
        Ok(CompareOptions {
            factor: self.factor,
            baseline: self.baseline.clone().or(from.baseline),
            alpha: self.alpha.unwrap_or(from.alpha),
            margin: self.margin.or(from.margin),
            test: self.test.unwrap_or(from.test),
            adjustment: self.adjustment.unwrap_or(from.adjustment),
            interval: self.interval.unwrap_or(from.interval),
            ..from
        })
    }
}
