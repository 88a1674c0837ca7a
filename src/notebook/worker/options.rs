//! The options of a comparison, as a cell asks for them.

use serde::Deserialize;
use serde_json::Value;

use crate::compare::CompareOptions;
use crate::frame::{Filter, Reading, Results};
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
    /// A level, or levels by factor.
    #[serde(alias = "baselines")]
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
        let asked = Self::deserialize(json)
            .map_err(|error| NotebookError::Request(format!("options of a comparison: {error}")))?;
        let refused = |text: String| Err(NotebookError::Request(text));
        if let Some(alpha) = asked.alpha.filter(|alpha| !(*alpha > 0.0 && *alpha < 1.0)) {
            return refused(format!(".alpha({alpha}): expected a number between 0 and 1"));
        }
        if let Some(margin) = asked.margin.filter(|margin| *margin <= 0.0) {
            return refused(format!(
                ".margin({margin}): expected a number above 0, the largest difference that does not matter"
            ));
        }
        Ok(asked)
    }

    /// The same of another metric.
    pub(super) fn with_metric(&self, key: String) -> Self {
        Self { metric: Some(key), ..self.clone() }
    }

    /// How a table is read for it: a column that is asked for as a factor is one.
    pub(super) fn reading(&self, filters: &[Filter]) -> Reading {
        let factors = self.columns().cloned().collect();
        Reading { factors, rules: self.rules(), ..Reading::only(filters) }
    }

    fn columns(&self) -> impl Iterator<Item = &String> {
        self.factor.iter().chain(&self.factors)
    }

    /// What is stated of metrics.
    fn rules(&self) -> MetricRules {
        let mut rules = MetricRules::default();
        for (names, better) in
            [(&self.lower_is_better, Better::Lower), (&self.higher_is_better, Better::Higher)]
        {
            for name in names {
                rules.direct(name, better);
            }
        }
        rules
    }

    /// Over the study's over the defaults; the metric must exist.
    pub(super) fn resolve(&self, results: &Results) -> Result<CompareOptions, NotebookError> {
        let from = report::options(results, self.metric.as_deref(), &self.rules())?;
        Ok(CompareOptions {
            factors: Factors::new(self.columns().map(Factor::new)),
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ROWS: &str = "optimizer,epoch,seed,metric,value\n\
        sgd,9,0,volume,3.0\nsgd,8,1,volume,3.2\nadam,7,0,volume,2.0\nadam,6,1,volume,2.1\n";

    fn results(asked: &Asked) -> Results {
        let path = std::path::Path::new("r.csv");
        Results::from_bytes(&[(path, ROWS.as_bytes())], &asked.reading(&[])).expect("read")
    }

    #[test]
    fn factors_baselines_and_directions_reach_the_options() {
        let asked = Asked::of(&json!({
            "factors": ["optimizer"],
            "baseline": { "optimizer": "sgd" },
            "lower_is_better": ["volume"],
        }));
        let asked = asked.expect("options");
        let options = asked.resolve(&results(&asked)).expect("resolved");
        assert_eq!(options.factors.to_string(), "optimizer");
        assert_eq!(
            (options.baseline().as_deref(), options.metric.better),
            (Some("sgd"), Better::Lower)
        );
        let one = Asked::of(&json!({ "factor": "epoch", "baselines": "9" })).expect("options");
        let results = results(&one);
        assert!(results.others.iter().any(|name| name == "epoch"), "{:?}", results.others);
        let options = one.resolve(&results).expect("resolved");
        assert_eq!(
            (options.baseline().as_deref(), options.metric.is_directed()),
            (Some("9"), false)
        );
        for (refused, part) in [
            (json!({ "factr": "x" }), "factr"),
            (json!({ "margin": -1.0 }), ".margin(-1)"),
            (json!({ "margin": "NaN" }), "options of a comparison"),
            (json!({ "alpha": 5 }), ".alpha(5)"),
        ] {
            let error = Asked::of(&refused).expect_err("refused").to_string();
            assert!(error.contains(part), "{error}");
        }
    }
}
