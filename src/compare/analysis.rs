//! Everything that is asked of the results of one metric, with its ledger.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::cases::{BlockRows, CaseRow, CaseSource, ClassRow, compare_block};
use super::claims::{ClaimResult, judge_claims};
use super::error::CompareError;
use super::format::{Format, Table, cases_table, claims_table, classes_table, robustness_table};
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
    /// The same on every class, where the options ask for it.
    #[serde(default)]
    pub classes: Vec<ClassRow>,
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
        Ok(Self {
            comparison,
            claims,
            fractions,
            granularity,
            cases: Vec::new(),
            classes: Vec::new(),
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

    /// The analysis in a format; `to_string` is the text for a terminal.
    pub fn write(&self, format: Format) -> String {
        super::format::write(self, format)
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
        if !self.classes.is_empty() {
            tables.push(("Classes, by source of variance", classes_table(&self.classes)));
        }
        tables.retain(|(_, table)| !table.rows.is_empty());
        tables
    }
}

impl std::fmt::Display for Analysis {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.write(Format::Text))
    }
}

/// What the predictions of `source` say of the tests of a comparison: one row
/// each, their p-values adjusted as one family; and the same on every class.
pub fn case_rows(comparison: &Comparison, source: &impl CaseSource) -> BlockRows {
    let options = &comparison.options;
    let mut found = BlockRows::default();
    for block in comparison.rows.chunk_by(|a, b| same_block(a, b, options.factor)) {
        let of_block: Vec<&ComparisonRow> = block.iter().collect();
        match source.runs(comparison, &block[0]) {
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

/// Whether two rows differ in the compared factor alone.
fn same_block(a: &ComparisonRow, b: &ComparisonRow, factor: Option<Factor>) -> bool {
    let other = match factor {
        Some(Factor::Model) => a.init == b.init,
        _ => a.model == b.model,
    };
    other && a.task == b.task && a.label_fraction == b.label_fraction
}
