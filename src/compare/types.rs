//! What goes into a comparison and what comes out.

use serde::{Deserialize, Serialize};

use crate::spec::{ComparisonSpec, FamilyAdjustment, MeanInterval, TestFamily};
use crate::stats::t_summary::Summary;

/// Values of one metric over seeds, for one combination of the factors.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    /// Task.
    pub task: String,
    /// Model.
    pub model: String,
    /// Init.
    pub init: String,
    /// Share of the training labels, in (0, 1].
    pub label_fraction: f64,
    /// Metric.
    pub metric: String,
    /// Seeds with a value, ascending.
    pub seeds: Vec<u64>,
    /// Values, in the order of `seeds`.
    pub values: Vec<f64>,
    /// Seeds without a value, each with the reason.
    pub undefined: Vec<(u64, String)>,
    /// Kind of labels behind the init, where the results say.
    pub granularity: Option<String>,
    /// Mean, standard deviation and n, where no single values are known (a
    /// published table); `values` is empty then.
    pub summary: Option<Summary>,
}

/// An interval with its method in words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Confidence level, in (0, 1).
    pub confidence: f64,
    /// `BCa bootstrap, 10000 resamples, seed 0`, `paired t`, ...
    pub method: String,
}

/// Mean and spread of one cell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CellSummary {
    /// The cell.
    pub cell: Cell,
    /// Number of values.
    pub n: usize,
    /// Mean; absent without values.
    pub mean: Option<f64>,
    /// Sample standard deviation (n - 1); absent below two values.
    pub sd: Option<f64>,
    /// Interval of the mean; absent where it cannot be computed.
    pub interval: Option<Interval>,
    /// What should be said about the cell: missing seeds, degenerate interval.
    pub notes: Vec<String>,
}

/// Whether the two samples share their seeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Design {
    /// The same seeds on both sides: differences are taken seed by seed.
    Paired,
    /// Different seeds: Welch's test.
    Independent,
}

/// The factor whose levels are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Factor {
    /// Inits within each task, model and label fraction.
    Init,
    /// Models within each task, init and label fraction.
    Model,
}

/// What is compared and how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CompareOptions {
    /// Metric.
    pub metric: String,
    /// Factor; where absent, `Init` if there is more than one init, else `Model`.
    pub factor: Option<Factor>,
    /// Level that the others are compared with; all pairs where absent.
    pub baseline: Option<String>,
    /// Two-sided significance level.
    pub alpha: f64,
    /// Confidence level of intervals.
    pub confidence: f64,
    /// Largest difference that does not matter in practice.
    pub margin: Option<f64>,
    /// Family of tests over seeds.
    pub test: TestFamily,
    /// Adjustment within a family.
    pub adjustment: FamilyAdjustment,
    /// Interval of a mean over seeds.
    pub interval: MeanInterval,
    /// Bootstrap resamples.
    pub resamples: usize,
    /// Seed of the bootstrap.
    pub seed: u64,
}

impl Default for CompareOptions {
    fn default() -> Self {
        Self::of(&ComparisonSpec::default())
    }
}

impl CompareOptions {
    /// The options of a study file.
    pub fn of(spec: &ComparisonSpec) -> Self {
        Self {
            metric: spec.metric.clone(),
            factor: None,
            baseline: spec.baseline.clone(),
            alpha: spec.alpha,
            confidence: spec.confidence,
            margin: spec.margin,
            test: spec.test,
            adjustment: spec.adjustment,
            interval: spec.interval,
            resamples: 10_000,
            seed: 0,
        }
    }
}

/// One test: `level` against `reference`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ComparisonRow {
    /// Task.
    pub task: String,
    /// Model (of both sides when inits are compared).
    pub model: String,
    /// Init (of both sides when models are compared).
    pub init: String,
    /// Share of the training labels.
    pub label_fraction: f64,
    /// The level that is compared.
    pub level: String,
    /// The level it is compared with.
    pub reference: String,
    /// Paired or independent, chosen by the design.
    pub design: Design,
    /// `paired t test`, `Welch t test`.
    pub test: String,
    /// Why that test, in words.
    pub why: String,
    /// Number of values on each side.
    pub n: [usize; 2],
    /// Mean of `level` minus mean of `reference`.
    pub difference: Option<f64>,
    /// Interval of the difference, from the same test.
    pub interval: Option<Interval>,
    /// Test statistic.
    pub t: Option<f64>,
    /// Degrees of freedom.
    pub df: Option<f64>,
    /// Two-sided p of this test alone.
    pub p: Option<f64>,
    /// Holm-adjusted p within the family.
    pub adjusted_p: Option<f64>,
    /// Hedges' g (exact small-sample correction).
    pub hedges_g: Option<f64>,
    /// Why a number is missing or degenerate; empty otherwise.
    pub notes: Vec<String>,
}

/// All tests of one metric: one family.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// What was asked for, with the factor decided.
    pub options: CompareOptions,
    /// Cells in the order given.
    pub cells: Vec<CellSummary>,
    /// Tests in the order of the cells.
    pub rows: Vec<ComparisonRow>,
    /// `Holm`.
    pub adjustment: String,
    /// Number of tests in the family, undefined ones not counted.
    pub family_size: usize,
    /// What should be said about the whole comparison.
    pub notes: Vec<String>,
}
