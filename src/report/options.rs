//! What is compared where nobody says otherwise.

use super::error::ReportError;
use crate::compare::{CompareOptions, choose_metric};
use crate::frame::{FrameError, Results};
use crate::scores::MetricRules;

/// The options of the study behind the results, or the defaults, for a metric:
/// the one asked for, else the study's, else `auc`, else the first. `rules` are
/// stated over what the table and the study state.
pub fn options(
    results: &Results,
    metric: Option<&str>,
    rules: &MetricRules,
) -> Result<CompareOptions, ReportError> {
    let there = results.metrics()?;
    if there.is_empty() {
        return Err(FrameError::NoResults { path: results.source.clone() }.into());
    }
    // A name that the table lacks is a slip, and what it states would be lost.
    for name in rules.names() {
        choose_metric(Some(name), None, &there)?;
    }
    let spec = results.study.as_ref().map(|record| &record.study.comparison);
    let key = choose_metric(metric, spec, &there)?;
    Ok(CompareOptions {
        metric: results.metric(&key, rules)?,
        rules: results.rules_with(rules),
        ..CompareOptions::of_study(spec)
    })
}
