//! The options of a comparison, as a cell asks for them.

use serde::Deserialize;
use serde_json::Value;

use crate::compare::{CompareError, CompareOptions, Factor};
use crate::frame::{FrameError, Results};
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
        let known = results.metrics()?;
        let spec = results.study.as_ref().map(|record| &record.study.comparison);
        let metric = self
            .metric
            .clone()
            .or_else(|| spec.map(|spec| spec.metric.clone()))
            .or_else(|| known.iter().find(|metric| *metric == "auc").cloned())
            .or_else(|| known.first().cloned())
            .ok_or_else(|| FrameError::NoResults { path: results.source.clone() })?;
        if known.is_empty() {
            return Err(FrameError::NoResults { path: results.source.clone() }.into());
        }
        if !known.contains(&metric) {
            return Err(CompareError::UnknownMetric { got: metric, known: known.join(", ") }.into());
        }
        let from = spec.map_or_else(CompareOptions::default, CompareOptions::of);
        Ok(CompareOptions {
            metric,
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
