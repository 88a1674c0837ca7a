//! `transfolio compare`: a statistical comparison as a table.

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::compare::{self, CompareOptions, Format};
use crate::frame::{Filter, Mapping, MissingCases, Reading, Rename, Results, Step};
use crate::report;
use crate::scores::{Baselines, Better, Factor, Factors, MetricRule, MetricRules, ScoreKind, Unit};
use crate::spec::{self, Claim, DesignChoice, FamilyAdjustment, FamilyScope, TestFamily};
use crate::stats::mean_interval::IntervalMethod;
use crate::table::Decimal;

/// Arguments of `compare`.
#[derive(Debug, Args)]
pub struct CompareArgs {
    /// Study folders (several are joined by their tasks, with a column `origin`, and
    /// with CSV files beside them); CSV files with the columns task, model, init,
    /// `label_fraction`, seed, metric, value; or tables of cases as CSV or Parquet (a column case,
    /// and a value, a score or a score per class), the file of truth first
    #[arg(required = true)]
    pub inputs: Vec<PathBuf>,
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
    /// Metric, by any of its names [default: the study's, else auc, else the first]
    #[arg(long)]
    pub metric: Option<String>,
    /// Level that the others are compared with, or a level of each factor
    /// (repeatable) [default: the study's, else all pairs]
    #[arg(long = "baseline", value_name = "LEVEL|FACTOR=LEVEL")]
    pub baselines: Vec<String>,
    /// Column whose levels are compared: init, model, label_fraction or any other
    /// factor; given twice, combinations of levels [default: the one that varies]
    #[arg(long = "factor", value_name = "COLUMN")]
    pub factors: Vec<String>,
    /// Metric whose smaller values are better (repeatable)
    #[arg(long, value_name = "METRIC")]
    pub lower_is_better: Vec<String>,
    /// Metric whose larger values are better (repeatable)
    #[arg(long, value_name = "METRIC")]
    pub higher_is_better: Vec<String>,
    /// Metric whose values are in percent, where the values do not show it
    /// (repeatable)
    #[arg(long, value_name = "METRIC")]
    pub percent: Vec<String>,
    /// Two-sided significance level; intervals follow it [default: the study's,
    /// else 0.05]
    #[arg(long)]
    pub alpha: Option<f64>,
    /// Confidence level of intervals [default: the study's, else 1 - alpha]
    #[arg(long)]
    pub confidence: Option<f64>,
    /// Largest difference that does not matter in practice [default: the
    /// study's, else none: nothing is called equivalent]
    #[arg(long, allow_negative_numbers = true, value_parser = margin)]
    pub margin: Option<f64>,
    /// Family of tests: t, wilcoxon or permutation [default: the study's, else t]
    #[arg(long, value_parser = named::<TestFamily>)]
    pub test: Option<TestFamily>,
    /// Whether runs of one seed are pairs: auto, shared (the pairs alone),
    /// independent or partial (pairs and single runs) [default: the study's, else
    /// auto]
    #[arg(long, value_parser = named::<DesignChoice>)]
    pub design: Option<DesignChoice>,
    /// Tests that are adjusted together: metric (all of a metric), task (those of
    /// each task) or question (those of each pair of levels) [default: the
    /// study's, else metric]
    #[arg(long, value_parser = named::<FamilyScope>)]
    pub family: Option<FamilyScope>,
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
    /// What scores in tables of predictions are: probabilities, logits or ranks
    /// (order alone counts) [default: probabilities where all are from 0 to 1]
    #[arg(long, value_parser = named::<ScoreKind>)]
    pub scores: Option<ScoreKind>,
    /// What is drawn independently in a table of cases: seeds or cases [default:
    /// seeds where models have several, else cases]
    #[arg(long, value_parser = named::<Unit>)]
    pub unit: Option<Unit>,
    /// Cases that one model has and another lacks: common (compare those that all
    /// have, and say how many are left out), refuse, or worst (a missing value
    /// counts as the worst there can be) [default: common]
    #[arg(long, value_parser = named::<MissingCases>)]
    pub missing_cases: Option<MissingCases>,
    /// File with [[claims]] to judge [default: the study's]
    #[arg(long, value_name = "FILE")]
    pub claims: Option<PathBuf>,
    /// Use only these rows of a table (repeatable)
    #[arg(long = "where", value_name = "COLUMN=VALUE")]
    pub filters: Vec<Filter>,
    /// A level under another name, to join names that are one (repeatable)
    #[arg(long = "rename", value_name = "OLD=NEW")]
    pub renames: Vec<Rename>,
    /// Which column holds what, where it is not guessed: value=test/auc,
    /// init=config.weights; model=columns where each column is a model (repeatable)
    #[arg(long = "map", value_name = "KNOWN=COLUMN")]
    pub map: Vec<Mapping>,
    /// TOML file with a table `[columns]` that says the same
    #[arg(long, value_name = "FILE")]
    pub columns: Option<PathBuf>,
    /// Step of a training history that counts: last or best [default: last]
    #[arg(long, value_parser = named::<Step>)]
    pub step: Option<Step>,
    /// The mark before decimals, point or comma, where a table does not show it
    #[arg(long, value_name = "MARK")]
    pub decimal: Option<Decimal>,
    /// The sheet of a workbook [default: the first with content]
    #[arg(long, value_name = "NAME")]
    pub sheet: Option<String>,
}

impl Selection {
    /// How a table is read.
    ///
    /// # Errors
    /// Where a file of columns cannot be read, or the columns contradict each other.
    pub(super) fn reading(&self) -> anyhow::Result<Reading> {
        Ok(Reading {
            mapping: self.mapping()?,
            step: self.step.unwrap_or_default(),
            filters: self.filters.clone(),
            factors: self.factors.clone(),
            rules: self.rules(),
            scores: self.scores,
            unit: self.unit,
            missing_cases: self.missing_cases.unwrap_or_default(),
            renames: self.renames.clone(),
            decimal: self.decimal,
            sheet: self.sheet.clone(),
            further: self.metric.iter().cloned().collect(),
        })
    }

    /// The columns that are stated: on the command line over those of a file.
    fn mapping(&self) -> anyhow::Result<Mapping> {
        let mut stated = Mapping::default();
        for entry in &self.map {
            stated.add(entry).map_err(|reason| anyhow::anyhow!("--map: {reason}"))?;
        }
        let Some(path) = &self.columns else { return Ok(stated) };
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("cannot read {}", path.display()))?;
        let file: ColumnsFile =
            toml::from_str(&text).with_context(|| path.display().to_string())?;
        let mut mapping = file.columns;
        mapping.replace_by(&stated);
        Ok(mapping)
    }

    /// What is stated of metrics.
    pub(super) fn rules(&self) -> MetricRules {
        let mut rules = MetricRules::default();
        for name in &self.lower_is_better {
            rules.direct(name, Better::Lower);
        }
        for name in &self.higher_is_better {
            rules.direct(name, Better::Higher);
        }
        for name in &self.percent {
            rules.add(name, MetricRule { percent: Some(true), ..MetricRule::default() });
        }
        rules
    }

    /// `LEVEL`, or `FACTOR=LEVEL` where there is such a factor.
    fn baselines(&self, results: &Results) -> Baselines {
        let named = [Factor::TASK, Factor::MODEL, Factor::INIT, Factor::LABEL_FRACTION];
        let is_factor =
            |name: &str| named.contains(&name) || results.others.iter().any(|other| other == name);
        let mut baselines = Baselines::default();
        for text in &self.baselines {
            let named = text.split_once('=');
            let named = named.map(|(name, level)| (results.column_name(name.trim()), level));
            match named.filter(|(name, _)| is_factor(name)) {
                Some((name, level)) => {
                    let factor = Factor::new(name);
                    baselines.by_factor.insert(factor, level.trim().into());
                }
                None => baselines.level = Some(text.clone()),
            }
        }
        baselines
    }
}

/// A margin: a difference that does not matter has a size.
fn margin(text: &str) -> Result<f64, String> {
    let margin: f64 = text.parse().map_err(|_| format!("{text:?} is no number"))?;
    if margin > 0.0 && margin.is_finite() {
        Ok(margin)
    } else {
        Err(format!("{text} is no size of a difference, expected a number above 0 such as 0.01"))
    }
}

/// A file of `--columns`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ColumnsFile {
    columns: Mapping,
}

/// A value by the name it has in a study file.
fn named<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    T::deserialize(serde::de::value::StrDeserializer::<serde::de::value::Error>::new(text))
        .map_err(|error| error.to_string())
}

/// The analysis, written.
pub fn run(args: &CompareArgs) -> anyhow::Result<String> {
    let results = Results::open_all(&args.inputs, &args.selection.reading()?)?;
    super::inspect::say(&results, &args.selection)?;
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
    let from = report::options(results, selection.metric.as_deref(), &selection.rules())?;
    Ok(CompareOptions {
        baselines: selection.baselines(results).over(&from.baselines),
        factors: Factors::new(
            selection.factors.iter().map(|name| Factor::new(results.column_name(name))),
        ),
        confidence: selection
            .confidence
            .or(selection.alpha.map(|alpha| 1.0 - alpha))
            .unwrap_or(from.confidence),
        alpha: selection.alpha.unwrap_or(from.alpha),
        design: selection.design.unwrap_or(from.design),
        family: selection.family.unwrap_or(from.family),
        margin: selection.margin.or(from.margin),
        test: selection.test.unwrap_or(from.test),
        adjustment: selection.adjustment.unwrap_or(from.adjustment),
        interval: selection.interval.unwrap_or(from.interval),
        per_class: selection.per_class,
        ..from
    })
}
