//! Which further columns of a table are factors.
//!
//! A column that nobody knows by name may be a factor of the design
//! (`optimizer`), a fact about a level (`parameters`, the same for every run of
//! a model), a second name of the seed (`fold`), or what was noted of a run (a
//! name, a time, the best epoch). Only a factor tells cells apart; runs over
//! whose levels one averaged would be mixed in silence. The columns are told
//! apart by how they vary:
//!
//! - *constant*: one value.
//! - *fact*: one value within each cell (task, model, init, label fraction).
//! - *seed*: each value goes with one seed and each seed with one value.
//! - *factor*: two rows would be the same without it; or every cell that has
//!   several of its values has the same ones; or its values come back within the
//!   cells, two rows each on average.
//! - *note*: all else.
//!
//! Cost O(rows log rows) per column.

use std::collections::{BTreeMap, BTreeSet};

/// What a further column is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Constant,
    Fact,
    Seed,
    Factor,
    Note,
}

/// The rows of a table as far as they are known by name.
pub(super) struct Rows<'a> {
    /// Cell of each row: its known factors, without the metric.
    pub(super) cells: &'a [String],
    /// Metric and class of each row.
    pub(super) metrics: &'a [String],
    /// Seed of each row; none where the table has no seeds.
    pub(super) seeds: Option<&'a [String]>,
}

impl Rows<'_> {
    /// What a column with these values is.
    pub(super) fn role(&self, values: &[String]) -> Role {
        if values.iter().all(|value| *value == values[0]) {
            return Role::Constant;
        }
        let within = self.values_within_cells(values);
        if within.values().all(|values| values.len() == 1) {
            return Role::Fact;
        }
        if self.seeds.is_some_and(|seeds| one_to_one(seeds, values)) {
            return Role::Seed;
        }
        if self.is_needed(values) || is_crossed(&within) || self.comes_back(values) {
            Role::Factor
        } else {
            Role::Note
        }
    }

    fn values_within_cells<'a>(
        &'a self,
        values: &'a [String],
    ) -> BTreeMap<&'a str, BTreeSet<&'a str>> {
        let mut within: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (cell, value) in self.cells.iter().zip(values) {
            within.entry(cell).or_default().insert(value);
        }
        within
    }

    /// Whether two rows differ in this column alone.
    fn is_needed(&self, values: &[String]) -> bool {
        let Some(seeds) = self.seeds else { return false };
        let mut seen: BTreeMap<[&str; 3], &str> = BTreeMap::new();
        (0..values.len()).any(|row| {
            let key = [&self.cells[row], &self.metrics[row], &seeds[row]].map(String::as_str);
            seen.insert(key, &values[row]).is_some_and(|before| before != values[row])
        })
    }

    /// Whether rows of one cell share its values, two each on average.
    fn comes_back(&self, values: &[String]) -> bool {
        let keys = |row: usize| (&self.cells[row], &self.metrics[row], &values[row]);
        let groups: BTreeSet<_> = (0..values.len()).map(keys).collect();
        values.len() >= 2 * groups.len()
    }
}

/// Whether cells with several values all have the same ones, and there are two
/// such cells at least.
fn is_crossed(within: &BTreeMap<&str, BTreeSet<&str>>) -> bool {
    let mut several = within.values().filter(|values| values.len() > 1);
    let Some(first) = several.next() else { return false };
    let mut rest = several.peekable();
    rest.peek().is_some() && rest.all(|values| values == first)
}

/// Whether each value is of one row alone (of one metric).
pub(super) fn names_rows(metrics: &[String], values: &[String]) -> bool {
    let mut seen = BTreeSet::new();
    metrics.iter().zip(values).all(|row| seen.insert(row))
}

fn one_to_one(seeds: &[String], values: &[String]) -> bool {
    let (mut forth, mut back) = (BTreeMap::new(), BTreeMap::new());
    seeds.iter().zip(values).all(|(seed, value)| {
        *forth.entry(seed).or_insert(value) == value && *back.entry(value).or_insert(seed) == seed
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn role(rows: &[(&str, &str, &str)]) -> Role {
        let column = |pick: fn(&(&str, &str, &str)) -> String| rows.iter().map(pick).collect();
        let cells: Vec<String> = column(|row| row.0.into());
        let seeds: Vec<String> = column(|row| row.1.into());
        let values: Vec<String> = column(|row| row.2.into());
        let metrics = vec!["auc".to_string(); rows.len()];
        let seeds = (!seeds[0].is_empty()).then_some(seeds.as_slice());
        Rows { cells: &cells, metrics: &metrics, seeds }.role(&values)
    }

    #[test]
    fn columns_are_told_apart_by_how_they_vary() {
        assert_eq!(role(&[("a", "0", "x"), ("b", "0", "x")]), Role::Constant);
        assert_eq!(role(&[("a", "0", "x"), ("a", "1", "x"), ("b", "0", "y")]), Role::Fact);
        assert_eq!(
            role(&[("a", "0", "f1"), ("a", "1", "f2"), ("b", "0", "f1"), ("b", "1", "f2")]),
            Role::Seed
        );
        // The same seed under two optimisers.
        assert_eq!(role(&[("a", "0", "sgd"), ("a", "0", "adam")]), Role::Factor);
        // Seeds of their own, and runs without seeds.
        assert_eq!(
            role(&[("a", "0", "sgd"), ("a", "1", "sgd"), ("a", "2", "adam"), ("a", "3", "adam")]),
            Role::Factor
        );
        assert_eq!(
            role(&[("a", "", "sgd"), ("a", "", "adam"), ("b", "", "sgd"), ("b", "", "adam")]),
            Role::Factor
        );
        // Names and measurements of runs.
        assert_eq!(
            role(&[("a", "0", "r1"), ("a", "1", "r2"), ("b", "0", "r3"), ("b", "1", "r4")]),
            Role::Note
        );
        assert_eq!(
            role(&[("a", "0", "31"), ("a", "1", "45"), ("b", "0", "31"), ("b", "1", "38")]),
            Role::Note
        );
    }
}
