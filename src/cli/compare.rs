//! `transfolio compare`: a statistical comparison as a table.

use std::path::PathBuf;

use clap::Args;
use serde::de::DeserializeOwned;

use crate::compare::{self, CompareOptions, Factor, Format};
use crate::frame::{Filter, Results};
use crate::report;
use crate::spec::{self, Claim, FamilyAdjustment, TestFamily};
use crate::stats::mean_interval::IntervalMethod;

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
    /// Largest difference that does not matter in practice [default: the
    /// study's, else none: nothing is called equivalent]
    #[arg(long)]
    pub margin: Option<f64>,
    /// Family of tests: t, wilcoxon or permutation [default: the study's, else t]
    #[arg(long, value_parser = named::<TestFamily>)]
    pub test: Option<TestFamily>,
    /// Adjustment of p: holm, hochberg, hommel, bonferroni, benjamini-hochberg,
    /// benjamini-yekutieli or none [default: the study's, else holm]
    #[arg(long, value_parser = named::<FamilyAdjustment>)]
    pub adjustment: Option<FamilyAdjustment>,
    /// Interval of a mean: t, percentile, basic, bca or studentized [default:
    /// the study's, else t]
    #[arg(long, value_parser = named::<IntervalMethod>)]
    pub interval: Option<IntervalMethod>,
    /// Compare on every class of a task too, over seeds and over test cases
    #[arg(long)]
    pub per_class: bool,
    /// File with [[claims]] to judge [default: the study's]
    #[arg(long, value_name = "FILE")]
    pub claims: Option<PathBuf>,
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

/// A value by the name it has in a study file.
fn named<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    T::deserialize(serde::de::value::StrDeserializer::<serde::de::value::Error>::new(text))
        .map_err(|error| error.to_string())
}

/// The analysis, written.
pub fn run(args: &CompareArgs) -> anyhow::Result<String> {
    let results = Results::open(&args.input, &args.selection.filters)?;
    let options = options(&results, &args.selection)?;
    let claims = claims(&results, &args.selection)?;
    let mut analysis = report::analyse(&results, &options, &claims)?;
    analysis.comparison.notes.extend(results.further_notes());
    Ok(compare::format::write(&analysis, args.format))
}

/// The claims of a file, else of the study.
pub(super) fn claims(results: &Results, selection: &Selection) -> anyhow::Result<Vec<Claim>> {
    match (&selection.claims, &results.study) {
        (Some(path), _) => Ok(spec::load_claims(path)?),
        (None, Some(study)) => Ok(study.study.claims.clone()),
        (None, None) => Ok(Vec::new()),
    }
}

/// The options: the command line over the study's over the defaults.
pub(super) fn options(results: &Results, selection: &Selection) -> anyhow::Result<CompareOptions> {
    let from = results.options(selection.metric.as_deref())?;
    Ok(CompareOptions {
        baseline: selection.baseline.clone().or(from.baseline),
        factor: selection.factor,
        alpha: selection.alpha.unwrap_or(from.alpha),
        margin: selection.margin.or(from.margin),
        test: selection.test.unwrap_or(from.test),
        adjustment: selection.adjustment.unwrap_or(from.adjustment),
        interval: selection.interval.unwrap_or(from.interval),
        per_class: selection.per_class,
        ..from
    })
}
