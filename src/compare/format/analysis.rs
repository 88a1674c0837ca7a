//! An analysis as text: all its tables in any format.

use std::fmt;

use super::{Format, cases_table, claims_table, classes_table, robustness_table};
use crate::compare::Analysis;
use crate::compare::case_ranking::ranking_table;
use crate::compare::fractions::{curve_table, pair_table};
use crate::compare::pooled;
use crate::text::Table;

impl Analysis {
    /// The analysis in a format; `to_string` is the text for a terminal.
    pub fn write(&self, format: Format) -> String {
        super::write(self, format)
    }

    /// The tables beside those of the comparison, each with its title.
    pub fn further_tables(&self) -> Vec<(&'static str, Table)> {
        let mut tables = Vec::new();
        if let Some(pooled) = &self.pooled {
            tables.push((pooled.heading(), pooled::answers_table(pooled)));
        }
        if !self.claims.is_empty() {
            tables.push(("Claims", claims_table(&self.claims)));
            tables.push(("Claims under other analyses", robustness_table(&self.claims)));
        }
        if let Some(fractions) = &self.fractions {
            tables.push(("Label efficiency", curve_table(fractions)));
            tables.push(("Label efficiency, pairs", pair_table(fractions)));
        }
        if let Some(granularity) = &self.granularity {
            tables.push(("Granularity", pooled::table(granularity)));
        }
        if !self.case_rankings.is_empty() {
            let metric = &self.comparison.options.metric;
            let table = ranking_table(&self.case_rankings, metric);
            tables.push(("Ranking over test cases", table));
        }
        if !self.cases.is_empty() {
            tables.push((
                "Two sources of variance",
                cases_table(&self.cases, &self.comparison.options.metric),
            ));
        }
        if !self.classes.is_empty() {
            tables.push((
                "Classes, by source of variance",
                classes_table(&self.classes, &self.comparison.options.metric),
            ));
        }
        tables.retain(|(_, table)| !table.rows.is_empty());
        tables
    }
}

impl fmt::Display for Analysis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.write(Format::Text))
    }
}
