//! `transfolio compare`: a statistical comparison as a table.

use std::path::PathBuf;

use clap::Args;

use crate::compare::{self, CompareError, CompareOptions, Comparison, Factor, Format};
use crate::frame::{Filter, FrameError, Results};

/// Arguments of `compare`.
#[derive(Debug, Args)]
pub struct CompareArgs {
    /// Study folder, or CSV file with the columns task, model, init,
    /// `label_fraction`, seed, metric, value
    pub input: PathBuf,
    /// What is compared.
    #[command(flatten)]
    pub selection: Selection,
    /// text, csv, md, latex or json
    #[arg(long, default_value = "text")]
    pub format: Format,
}

/// What is compared; `report` takes the same.
#[derive(Clone, Debug, Default, Args)]
#[allow(missing_docs)]
pub struct Selection {
    /// Metric [default: the study's, else auc, else the first]
    #[arg(long)]
    pub metric: Option<String>,
    /// Level that the others are compared with [default: the study's, else all pairs]
    #[arg(long)]
    pub baseline: Option<String>,
    /// Factor whose levels are compared: init or model
    #[arg(long, value_parser = factor)]
    pub factor: Option<Factor>,
    /// Two-sided significance level [default: the study's, else 0.05]
    #[arg(long)]
    pub alpha: Option<f64>,
    /// Use only these rows of a CSV file (repeatable)
    #[arg(long = "where", value_name = "COLUMN=VALUE")]
    pub filters: Vec<Filter>,
}

fn factor(text: &str) -> Result<Factor, String> {
    match text {
        "init" => Ok(Factor::Init),
        "model" => Ok(Factor::Model),
        other => Err(format!("{other:?} is no factor; expected init or model")),
    }
}

/// The comparison, written.
pub fn run(args: &CompareArgs) -> anyhow::Result<String> {
    let results = Results::open(&args.input, &args.selection.filters)?;
    let mut comparison = compare_results(&results, &args.selection)?;
    comparison.notes.extend(results.notes.iter().cloned());
    for problem in &results.problems {
        comparison.notes.push(format!("no results of {}: {}", problem.run, problem.reason));
    }
    Ok(compare::format::write(&comparison, args.format))
}

/// Compares one metric of the results.
pub(super) fn compare_results(
    results: &Results,
    selection: &Selection,
) -> anyhow::Result<Comparison> {
    let known = results.metrics()?;
    if known.is_empty() {
        return Err(FrameError::NoResults { path: results.source.clone() }.into());
    }
    let spec = results.study.as_ref().map(|study| &study.study.comparison);
    let metric = selection
        .metric
        .clone()
        .or_else(|| spec.map(|s| s.metric.clone()))
        .or_else(|| known.iter().find(|m| *m == "auc").cloned())
        .unwrap_or_else(|| known[0].clone());
    if !known.contains(&metric) {
        return Err(CompareError::UnknownMetric { got: metric, known: known.join(", ") }.into());
    }
    let defaults = CompareOptions::default();
    let options = CompareOptions {
        baseline: selection.baseline.clone().or_else(|| spec.and_then(|s| s.baseline.clone())),
        factor: selection.factor,
        alpha: selection.alpha.or(spec.map(|s| s.alpha)).unwrap_or(defaults.alpha),
        confidence: spec.map_or(defaults.confidence, |s| s.confidence),
        metric: metric.clone(),
        ..defaults
    };
    Ok(compare::compare(&results.cells(&metric)?, &options)?)
}
