//! What is compared where nobody says otherwise.

use super::error::FrameError;
use super::results::Results;
use crate::compare::{CompareError, CompareOptions};

impl Results {
    /// The options of the study, or the defaults, for a metric: the one asked
    /// for, else the study's, else `auc`, else the first.
    pub fn options(&self, metric: Option<&str>) -> Result<CompareOptions, FrameError> {
        let known = self.metrics()?;
        let Some(first) = known.first() else {
            return Err(FrameError::NoResults { path: self.source.clone() });
        };
        let spec = self.study.as_ref().map(|study| &study.study.comparison);
        let metric = metric
            .map(Into::into)
            .or_else(|| spec.map(|spec| spec.metric.clone()))
            .or_else(|| known.iter().find(|name| *name == "auc").cloned())
            .unwrap_or_else(|| first.clone());
        if !known.contains(&metric) {
            let known = known.join(", ");
            return Err(CompareError::UnknownMetric { got: metric, known }.into());
        }
        let from = spec.map_or_else(CompareOptions::default, CompareOptions::of);
        Ok(CompareOptions { metric, ..from })
    }

    /// What should be said under a comparison: defaults taken, values left out,
    /// runs without results.
    pub fn further_notes(&self) -> Vec<String> {
        let missing = |p: &super::Problem| format!("no results of {}: {}", p.run, p.reason);
        self.notes.iter().cloned().chain(self.problems.iter().map(missing)).collect()
    }
}
