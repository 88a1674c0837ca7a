//! What goes into a comparison and what comes out.

use serde::{Deserialize, Serialize};

use super::test_kind::TestKind;
use crate::scores::{Baselines, Block, Cell, Factors, Metric, MetricRules, Unit, Verdict};
use crate::spec::{ComparisonSpec, DesignChoice, FamilyAdjustment, FamilyScope, TestFamily};
use crate::stats::mean_interval::IntervalMethod;

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
    /// Different seeds: the sides are independent samples.
    Independent,
    /// Some seeds on both sides, some on one: pairs and single runs together.
    Partial,
    /// A side is known by mean, standard deviation and n alone.
    Summary,
}

/// What is compared and how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CompareOptions {
    /// Metric.
    pub metric: Metric,
    /// What is stated of metrics, the main one and others.
    #[serde(default, skip_serializing_if = "MetricRules::is_empty")]
    pub rules: MetricRules,
    /// Factors whose levels are compared; where none is named, the one that
    /// varies ([`Factors::of_cells`]).
    #[serde(default)]
    pub factors: Factors,
    /// Levels that the others are compared with; all pairs where there is none.
    #[serde(default)]
    pub baselines: Baselines,
    /// Two-sided significance level.
    pub alpha: f64,
    /// Confidence level of intervals.
    pub confidence: f64,
    /// Largest difference that does not matter in practice.
    pub margin: Option<f64>,
    /// Family of tests over seeds.
    pub test: TestFamily,
    /// Whether runs of one seed are pairs.
    #[serde(default)]
    pub design: DesignChoice,
    /// Adjustment within a family.
    pub adjustment: FamilyAdjustment,
    /// Tests that are one family.
    #[serde(default)]
    pub family: FamilyScope,
    /// Interval of a mean over seeds.
    pub interval: IntervalMethod,
    /// Bootstrap resamples.
    pub resamples: usize,
    /// Seed of the bootstrap.
    pub seed: u64,
    /// Compare on every class of a task too, where predictions are at hand.
    #[serde(default)]
    pub per_class: bool,
}

impl Default for CompareOptions {
    fn default() -> Self {
        Self::of(&ComparisonSpec::default())
    }
}

impl Comparison {
    /// What cells are replications over: that of the first.
    pub fn unit(&self) -> Unit {
        self.cells.first().map(|summary| summary.cell.unit).unwrap_or_default()
    }

    /// Whether cells are one score of a whole test set each: no mean, no spread and
    /// no single values.
    pub fn of_test_set(&self) -> bool {
        self.unit() == Unit::Cases && self.cells.iter().all(|cell| cell.cell.over_cases.is_some())
    }

    /// What the score of a cell is.
    pub fn mean_words(&self) -> String {
        if self.of_test_set() {
            "score of the whole test set".into()
        } else {
            format!("mean over {}", self.unit().word())
        }
    }

    /// How the intervals of cells were made: `t`, `BCa`, `DeLong over cases, logit
    /// scale`.
    pub fn interval_words(&self) -> String {
        let intervals = self.cells.iter().filter_map(|cell| cell.interval.as_ref());
        let mut methods: Vec<&str> = intervals.map(|i| i.method.as_str()).collect();
        methods.sort_unstable();
        methods.dedup();
        match self.unit() {
            Unit::Cases if !methods.is_empty() => methods.join(" or "),
            _ => super::interval_title(self.options.interval).to_string(),
        }
    }
}

impl CompareOptions {
    /// The level that all others are compared with, where there is one.
    pub fn baseline(&self) -> Option<String> {
        self.baselines.single(&self.factors)
    }

    /// The options of a study file.
    pub fn of(spec: &ComparisonSpec) -> Self {
        Self {
            metric: Metric::named(spec.metric_or("auc")),
            rules: MetricRules::default(),
            factors: Factors::default(),
            baselines: spec.baselines(),
            alpha: spec.alpha,
            confidence: spec.confidence(),
            margin: spec.margin,
            test: spec.test,
            design: spec.design,
            adjustment: spec.adjustment,
            family: spec.family,
            interval: spec.interval,
            resamples: 10_000,
            seed: 0,
            per_class: false,
        }
    }
}

/// One test: `level` against `reference`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ComparisonRow {
    /// What both sides share.
    pub block: Block,
    /// The level that is compared.
    pub level: String,
    /// The level it is compared with.
    pub reference: String,
    /// Paired, independent or partly paired.
    pub design: Design,
    /// What n counts.
    pub unit: Unit,
    /// The test.
    pub test: TestKind,
    /// Why that test, in words.
    pub why: String,
    /// Number of values on each side.
    pub n: [usize; 2],
    /// `level` minus `reference`, as `estimand` says.
    pub difference: Option<f64>,
    /// `difference of means`, `Hodges-Lehmann shift`.
    pub estimand: String,
    /// Interval of the difference, of this test alone.
    pub interval: Option<Interval>,
    /// Interval that covers together with those of its family (Bonferroni).
    #[serde(default)]
    pub simultaneous: Option<Interval>,
    /// Letter of the test statistic: `t`, `W`, `U`.
    pub statistic_name: String,
    /// Test statistic.
    pub statistic: Option<f64>,
    /// Degrees of freedom, where the test has them.
    pub df: Option<f64>,
    /// Two-sided p of this test alone.
    pub p: Option<f64>,
    /// Adjusted p within the family.
    pub adjusted_p: Option<f64>,
    /// The family: `AUC, all comparisons`, `AUC on findings`.
    #[serde(default)]
    pub family: String,
    /// Tests in it, undefined ones not counted.
    #[serde(default)]
    pub family_size: usize,
    /// p of equivalence within the margin (two one-sided tests); absent without a
    /// margin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub equivalence_p: Option<f64>,
    /// The same, adjusted over the tests of equivalence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adjusted_equivalence_p: Option<f64>,
    /// What interval, margin and adjusted p say together.
    pub verdict: Option<Verdict>,
    /// Smallest difference that this test finds with 80 % power, with this many
    /// runs, at the level that the family leaves it.
    pub detectable: Option<f64>,
    /// Why no difference, however large, can become significant.
    #[serde(default)]
    pub cannot: Option<String>,
    /// Further runs per side that would decide, if estimate and spread stayed
    /// as they are; 0 when the verdict is not inconclusive.
    pub further_runs: Option<usize>,
    /// Hedges' g (exact small-sample correction).
    pub hedges_g: Option<f64>,
    /// Its interval.
    #[serde(default)]
    pub hedges_g_interval: Option<Interval>,
    /// Why a number is missing or degenerate; empty otherwise.
    pub notes: Vec<String>,
}

/// All tests of one metric.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// What was asked for, with the factor decided.
    pub options: CompareOptions,
    /// Cells in the order given.
    pub cells: Vec<CellSummary>,
    /// Tests in the order of the cells.
    pub rows: Vec<ComparisonRow>,
    /// `Holm`, as papers write it; `no` where p-values are raw.
    pub adjustment: String,
    /// Number of tests, undefined ones not counted.
    pub family_size: usize,
    /// The families with their sizes, in order of appearance.
    #[serde(default)]
    pub families: Vec<(String, usize)>,
    /// What should be said about the whole comparison.
    pub notes: Vec<String>,
}
