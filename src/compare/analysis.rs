//! Everything that is asked of the results of one metric, with its ledger.

use serde::{Deserialize, Serialize};

use super::case_ranking::{CaseRanking, rank_over_cases};
use super::cases::{BlockRows, CaseRow, ClassRow, compare_block};
use super::claims::{ClaimResult, judge_claims};
use super::error::CompareError;
use super::fractions::{FractionAnalysis, fractions};
use super::ledger::Ledger;
use super::pooled::{PooledAnalysis, granularity, over_tasks};
use super::run::compare;
use super::types::{CompareOptions, Comparison, ComparisonRow};
use crate::scores::CaseSource;
use crate::scores::{Cell, Factor, MetricCells, Unit};
use crate::spec::Claim;
use crate::stats::adjust::adjust;

/// An analysis of the main metric.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Analysis {
    /// Levels against each other.
    pub comparison: Comparison,
    /// Claims, judged.
    pub claims: Vec<ClaimResult>,
    /// Label efficiency, where there are several label fractions.
    pub fractions: Option<FractionAnalysis>,
    /// Granularities against each other, where there are several.
    pub granularity: Option<PooledAnalysis>,
    /// The compared levels over tasks and other factors, where there are several.
    #[serde(default)]
    pub pooled: Option<PooledAnalysis>,
    /// The levels by source of variance, where predictions are at hand.
    pub cases: Vec<CaseRow>,
    /// The same on every class, where the options ask for it.
    #[serde(default)]
    pub classes: Vec<ClassRow>,
    /// Levels ranked on the cases of each task, where cases are what is
    /// compared over.
    #[serde(default)]
    pub case_rankings: Vec<CaseRanking>,
    /// Every test of the above.
    pub ledger: Ledger,
}

impl Analysis {
    /// Analyses the metric that `options` names; `metrics` holds the cells of
    /// every metric, for claims are judged on the others too.
    pub fn of(
        metrics: &[MetricCells],
        claims: &[Claim],
        options: &CompareOptions,
    ) -> Result<Self, CompareError> {
        let main = metrics.iter().find(|of| of.metric.key == options.metric.key);
        let cells = main.map(|of| of.cells.as_slice()).unwrap_or_default();
        let comparison = compare(cells, options)?;
        let case_rankings = rank_over_cases(cells, &comparison.options);
        // What follows combines cells by the values of their replications.
        let by_units: Option<Vec<MetricCells>> = cells
            .iter()
            .any(|cell| cell.unit == Unit::Cases)
            .then(|| metrics.iter().map(of_units).collect());
        let metrics = by_units.as_deref().unwrap_or(metrics);
        let main = metrics.iter().find(|of| of.metric.key == options.metric.key);
        let cells = main.map(|of| of.cells.as_slice()).unwrap_or_default();
        let claims = judge_claims(claims, metrics, &comparison.options);
        let several =
            |differs: fn(&Cell, &Cell) -> bool| cells.iter().any(|cell| differs(cell, &cells[0]));
        let followed = !comparison.options.factors.has(Factor::LABEL_FRACTION);
        let fractions = (followed && several(|a, b| a.label_fraction != b.label_fraction))
            .then(|| fractions(cells, &comparison.options));
        let granularity = several(|a, b| a.granularity != b.granularity)
            .then(|| granularity(cells, &comparison.options));
        let pooled = over_tasks(cells, &comparison.options);
        let mut ledger = Ledger::default();
        ledger.add_claims(&claims, options.adjustment.title());
        ledger.add(pooled.iter().flat_map(PooledAnalysis::entries));
        ledger.add_comparison(&comparison);
        ledger.add(fractions.iter().flat_map(FractionAnalysis::entries));
        ledger.add(granularity.iter().flat_map(PooledAnalysis::entries));
        Ok(Self {
            comparison,
            claims,
            fractions,
            granularity,
            pooled,
            cases: Vec::new(),
            classes: Vec::new(),
            case_rankings,
            ledger,
        })
    }

    /// Adds what the predictions of `source` say of the same comparisons.
    pub fn add_cases(&mut self, source: &impl CaseSource) {
        self.set_cases(case_rows(&self.comparison, source));
    }

    /// Adds comparisons by source of variance that were made before.
    pub fn set_cases(&mut self, BlockRows { rows, classes }: BlockRows) {
        self.ledger.add_cases(&rows, &self.comparison.options);
        self.ledger.add_classes(&classes, &self.comparison.options);
        self.cases = rows;
        self.classes = classes;
    }

    /// The first row of `level` against `reference`.
    pub fn row(&self, level: &str, reference: &str) -> Option<&ComparisonRow> {
        let of = |row: &&ComparisonRow| row.level == level && row.reference == reference;
        self.comparison.rows.iter().find(of)
    }

    /// What should be said about the analyses beside the comparison.
    pub fn further_notes(&self) -> Vec<String> {
        let fractions = self.fractions.iter().flat_map(FractionAnalysis::footnotes);
        let granularity = self.granularity.iter().flat_map(PooledAnalysis::footnotes);
        let pooled = self.pooled.iter().flat_map(PooledAnalysis::footnotes);
        let rankings = self.case_rankings.iter().flat_map(CaseRanking::sentences);
        pooled.chain(fractions).chain(granularity).chain(rankings).collect()
    }
}

/// Cells over cases as cells over their independent units.
fn of_units(of: &MetricCells) -> MetricCells {
    let cells = of.cells.iter().map(Cell::by_units).collect();
    MetricCells { metric: of.metric.clone(), cells }
}

/// What the predictions of `source` say of the tests of a comparison: one row
/// each, their p-values adjusted as one family; and the same on every class.
pub fn case_rows(comparison: &Comparison, source: &impl CaseSource) -> BlockRows {
    let options = &comparison.options;
    let mut found = BlockRows::default();
    for block in comparison.rows.chunk_by(|a, b| a.block == b.block) {
        let of_block: Vec<&ComparisonRow> = block.iter().collect();
        match source.runs(&options.factors, &block[0].block, &options.metric.key) {
            Ok(runs) => {
                let block = compare_block(source, &runs, &of_block, options);
                found.rows.extend(block.rows);
                found.classes.extend(block.classes);
            }
            Err(reason) => {
                found.rows.extend(of_block.iter().map(|row| CaseRow::without(row, &reason)));
            }
        }
    }
    let adjusted = adjusted_p(options, found.rows.iter().map(|row| row.delong_p));
    for (row, adjusted) in found.rows.iter_mut().zip(adjusted) {
        row.adjusted_p = adjusted;
    }
    let over_seeds = adjusted_p(options, found.classes.iter().map(|row| row.seeds_p));
    let over_cases = adjusted_p(options, found.classes.iter().map(|row| row.cases_p));
    for (row, (seeds, cases)) in
        found.classes.iter_mut().zip(over_seeds.into_iter().zip(over_cases))
    {
        (row.seeds_adjusted_p, row.cases_adjusted_p) = (seeds, cases);
    }
    found
}

/// Adjusts a family; a test without p does not count.
fn adjusted_p(options: &CompareOptions, p: impl Iterator<Item = Option<f64>>) -> Vec<Option<f64>> {
    let p: Vec<f64> = p.map(|p| p.unwrap_or(f64::NAN)).collect();
    let adjusted = options.adjustment.method().map_or(p.clone(), |method| adjust(&p, method));
    adjusted.into_iter().map(|p| (!p.is_nan()).then_some(p)).collect()
}
