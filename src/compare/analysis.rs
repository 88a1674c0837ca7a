//! Everything that is asked of the results of one metric, with its ledger.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::claims::{ClaimResult, judge_claims};
use super::error::CompareError;
use super::format::{Table, claims_table, robustness_table};
use super::ledger::Ledger;
use super::run::compare;
use super::types::{Cell, CompareOptions, Comparison};
use crate::spec::Claim;

/// An analysis of the main metric.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Analysis {
    /// Levels against each other.
    pub comparison: Comparison,
    /// Claims, judged.
    pub claims: Vec<ClaimResult>,
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
        let mut ledger = Ledger::default();
        ledger.add_claims(&claims, options.adjustment.title());
        ledger.add_comparison(&comparison);
        Ok(Self { comparison, claims, ledger })
    }

    /// The tables beside those of the comparison, each with its title.
    pub fn further_tables(&self) -> Vec<(&'static str, Table)> {
        let mut tables = Vec::new();
        if !self.claims.is_empty() {
            tables.push(("Claims", claims_table(&self.claims)));
            tables.push(("Claims under other analyses", robustness_table(&self.claims)));
        }
        tables
    }
}
