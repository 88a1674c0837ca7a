//! The options of a comparison, as a cell asks for them.

use serde::Deserialize;
use serde_json::Value;

use crate::compare::CompareOptions;
use crate::frame::Results;
use crate::notebook::NotebookError;
use crate::report;
use crate::scores::{Baselines, Better, Factor, Factors, MetricRules};
use crate::spec::{FamilyAdjustment, TestFamily};
use crate::stats::mean_interval::IntervalMethod;

/// What was asked for; whatever is absent is the study's, or the default.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Asked {
    metric: Option<String>,
    baseline: Baselines,
    /// One column, or several whose combinations are compared.
    factor: Option<String>,
    factors: Vec<String>,
    lower_is_better: Vec<String>,
    higher_is_better: Vec<String>,
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
        let mut rules = MetricRules::default();
        for (names, better) in
            [(&self.lower_is_better, Better::Lower), (&self.higher_is_better, Better::Higher)]
        {
            names.iter().for_each(|name| rules.direct(name, better));
        }
        let from = report::options(results, self.metric.as_deref(), &rules)?;
        let columns = self.factor.iter().chain(&self.factors);
        Ok(CompareOptions {
            factors: Factors::new(columns.map(Factor::new)),
            baselines: self.baseline.clone().over(&from.baselines),
            alpha: self.alpha.unwrap_or(from.alpha),
            margin: self.margin.or(from.margin),
            test: self.test.unwrap_or(from.test),
            adjustment: self.adjustment.unwrap_or(from.adjustment),
            interval: self.interval.unwrap_or(from.interval),
            ..from
        })
    }
}
