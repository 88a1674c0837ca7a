//! Everything that is asked of the results of one metric, with its ledger.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::cases::{CaseRow, CaseSource, compare_block};
use super::claims::{ClaimResult, judge_claims};
use super::error::CompareError;
use super::format::{Table, cases_table, claims_table, robustness_table};
use super::fractions::{FractionAnalysis, curve_table, fractions, pair_table};
use super::granularity::{self, GranularityAnalysis, granularity};
use super::ledger::Ledger;
use super::run::compare;
use super::types::{Cell, CompareOptions, Comparison, ComparisonRow, Factor};
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
    pub granularity: Option<GranularityAnalysis>,
    /// The levels by source of variance, where predictions are at hand.
    pub cases: Vec<CaseRow>,
    /// Every test of the above.
    pub ledger: Ledger,
}

impl Analysis {
    /// Analyses the metric that `options` names; `metrics` holds the cells of
    /// every metric, for claims are judged on the others too.
    pub fn of(
        metrics: &BTreeMap<String, Vec<Cell>>,
        claims: &[Claim],
        options: &CompareOptions,
    ) -> Result<Self, CompareError> {
        let cells = metrics.get(&options.metric).map(Vec::as_slice).unwrap_or_default();
        let comparison = compare(cells, options)?;
        let claims = judge_claims(claims, metrics, &comparison.options);
        let several =
            |differs: fn(&Cell, &Cell) -> bool| cells.iter().any(|cell| differs(cell, &cells[0]));
        let fractions = several(|a, b| a.label_fraction != b.label_fraction)
            .then(|| fractions(cells, &comparison.options));
        let granularity = several(|a, b| a.granularity != b.granularity)
            .then(|| granularity(cells, &comparison.options));
        let mut ledger = Ledger::default();
        ledger.add_claims(&claims, options.adjustment.title());
        ledger.add_comparison(&comparison);
        ledger.add(fractions.iter().flat_map(FractionAnalysis::entries));
        ledger.add(granularity.iter().flat_map(GranularityAnalysis::entries));
        Ok(Self { comparison, claims, fractions, granularity, cases: Vec::new(), ledger })
    }

    /// Adds what the predictions of `source` say of the same comparisons.
    pub fn add_cases(&mut self, source: &impl CaseSource) {
        self.set_cases(case_rows(&self.comparison, source));
    }

    /// Adds comparisons by source of variance that were made before.
    pub fn set_cases(&mut self, rows: Vec<CaseRow>) {
        self.ledger.add_cases(&rows, &self.comparison.options);
        self.cases = rows;
    }

    /// What should be said about the analyses beside the comparison.
    pub fn further_notes(&self) -> Vec<String> {
        let fractions = self.fractions.iter().flat_map(FractionAnalysis::footnotes);
        let granularity = self.granularity.iter().flat_map(GranularityAnalysis::footnotes);
        fractions.chain(granularity).collect()
    }

    /// The tables beside those of the comparison, each with its title.
    pub fn further_tables(&self) -> Vec<(&'static str, Table)> {
        let mut tables = Vec::new();
        if !self.claims.is_empty() {
            tables.push(("Claims", claims_table(&self.claims)));
            tables.push(("Claims under other analyses", robustness_table(&self.claims)));
        }
        if let Some(fractions) = &self.fractions {
            tables.push(("Label efficiency", curve_table(fractions)));
            tables.push(("Label efficiency, pairs", pair_table(fractions)));
        }
        if let Some(granularity) = &self.granularity {
            tables.push(("Granularity", granularity::table(granularity)));
        }
        if !self.cases.is_empty() {
            tables.push(("Two sources of variance", cases_table(&self.cases)));
        }
        tables.retain(|(_, table)| !table.rows.is_empty());
        tables
    }
}

/// What the predictions of `source` say of the tests of a comparison: one row
/// each, their p-values adjusted as one family.
pub fn case_rows(comparison: &Comparison, source: &impl CaseSource) -> Vec<CaseRow> {
    let mut rows = Vec::with_capacity(comparison.rows.len());
    for block in comparison.rows.chunk_by(|a, b| same_block(a, b, comparison.options.factor)) {
        let runs = source.runs(comparison, &block[0]);
        let of_block: Vec<&ComparisonRow> = block.iter().collect();
        match runs {
            Ok(runs) => rows.extend(compare_block(&runs, &of_block, &comparison.options)),
            Err(reason) => {
                rows.extend(of_block.iter().map(|row| CaseRow::without(row, &reason)));
            }
        }
    }
    let p: Vec<f64> = rows.iter().map(|row| row.delong_p.unwrap_or(f64::NAN)).collect();
    let method = comparison.options.adjustment.method();
    let adjusted = method.map_or(p.clone(), |method| adjust(&p, method));
    for (row, adjusted) in rows.iter_mut().zip(adjusted) {
        row.adjusted_p = (!adjusted.is_nan()).then_some(adjusted);
    }
    rows
}

/// Whether two rows differ in the compared factor alone.
fn same_block(a: &ComparisonRow, b: &ComparisonRow, factor: Option<Factor>) -> bool {
    let other = match factor {
        Some(Factor::Model) => a.init == b.init,
        _ => a.model == b.model,
    };
    other && a.task == b.task && a.label_fraction == b.label_fraction
}
