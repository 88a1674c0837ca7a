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

/// What a further column is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Constant,
    Fact,
    Seed,
    Factor,
    Note,
}

/// The rows of a table as far as they are known by name; each level is a number.
pub(super) struct Rows<'a> {
    /// Cell of each row: its known factors, without the metric.
    pub(super) cells: &'a [u32],
    /// Metric and class of each row.
    pub(super) metrics: &'a [u32],
    /// Seed of each row; none where the table has no seeds.
    pub(super) seeds: Option<&'a [u32]>,
}

impl Rows<'_> {
    /// What a column with these values is.
    pub(super) fn role(&self, values: &[u32]) -> Role {
        if values.iter().all(|value| *value == values[0]) {
            return Role::Constant;
        }
        // Each value of each cell once, cell by cell.
        let within = sorted(self.cells.iter().zip(values).map(|(cell, value)| (*cell, *value)));
        if within.windows(2).all(|two| two[0].0 != two[1].0) {
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

    /// Whether two rows differ in this column alone.
    fn is_needed(&self, values: &[u32]) -> bool {
        let Some(seeds) = self.seeds else { return false };
        let rows = 0..values.len();
        let rows = sorted(rows.map(|at| (self.cells[at], self.metrics[at], seeds[at], values[at])));
        rows.windows(2).any(|two| {
            let ((a, b, c, _), (d, e, f, _)) = (two[0], two[1]);
            (a, b, c) == (d, e, f)
        })
    }

    /// Whether rows of one cell share its values, two each on average.
    fn comes_back(&self, values: &[u32]) -> bool {
        let keys = (0..values.len()).map(|at| (self.cells[at], self.metrics[at], values[at]));
        values.len() >= 2 * sorted(keys).len()
    }
}

/// Each once, in order.
fn sorted<T: Ord>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut items: Vec<T> = items.collect();
    items.sort_unstable();
    items.dedup();
    items
}

/// Whether cells with several values all have the same ones, and there are two
/// such cells at least.
fn is_crossed(within: &[(u32, u32)]) -> bool {
    let mut several = within.chunk_by(|a, b| a.0 == b.0).filter(|values| values.len() > 1);
    let Some(first) = several.next() else { return false };
    let mut rest = several.peekable();
    let same = |values: &[(u32, u32)]| {
        values.len() == first.len() && values.iter().zip(first).all(|(a, b)| a.1 == b.1)
    };
    rest.peek().is_some() && rest.all(same)
}

/// Whether each value is of one row alone (of one metric).
pub(super) fn names_rows(metrics: &[u32], values: &[u32]) -> bool {
    let pairs = metrics.iter().zip(values).map(|(metric, value)| (*metric, *value));
    sorted(pairs).len() == values.len()
}

fn one_to_one(seeds: &[u32], values: &[u32]) -> bool {
    let pairs = sorted(seeds.iter().zip(values).map(|(seed, value)| (*seed, *value))).len();
    pairs == sorted(seeds.iter().copied()).len() && pairs == sorted(values.iter().copied()).len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn role(rows: &[(&'static str, &'static str, &'static str)]) -> Role {
        let column = |pick: fn(&(&'static str, &'static str, &'static str)) -> &'static str| {
            let mut names: Vec<&str> = Vec::new();
            let code = |row| {
                let name = pick(row);
                let known = names.iter().position(|known| *known == name);
                known.unwrap_or_else(|| {
                    names.push(name);
                    names.len() - 1
                }) as u32
            };
            rows.iter().map(code).collect::<Vec<u32>>()
        };
        let (cells, seeds, values) =
            (column(|row| row.0), column(|row| row.1), column(|row| row.2));
        let metrics = vec![0; rows.len()];
        let seeds = (!rows[0].1.is_empty()).then_some(seeds.as_slice());
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
