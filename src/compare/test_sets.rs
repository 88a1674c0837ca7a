//! The same networks on another test set: by how much their scores change.
//!
//! Estimates with intervals and no tests: that scores differ between hospitals is
//! no hypothesis of a study of pretraining, and every network was scored on both
//! sets, so the differences are paired by seed.

use crate::compare::types::{CompareOptions, Interval};
use crate::scores::{Cell, INTERNAL, TEST_SET};
use crate::stats::t_test::{Alternative, paired};

/// One cell of a further test set beside the one on the task's own test cases.
#[derive(Clone, Debug, PartialEq)]
pub struct OnTestSet {
    /// The cell on the further set.
    pub cell: Cell,
    /// The further set.
    pub test_set: String,
    /// Seeds with a score on both.
    pub n: usize,
    /// Mean score on the task's own test cases, over those seeds.
    pub internal: f64,
    /// Mean score on the further set, over those seeds.
    pub there: f64,
    /// The latter minus the former.
    pub difference: f64,
    /// Of the difference; none below two seeds, or where it does not vary.
    pub interval: Option<Interval>,
}

/// All cells of further test sets that have seeds in common with their task's own,
/// in their order.
pub fn on_test_sets(cells: &[Cell], options: &CompareOptions) -> Vec<OnTestSet> {
    cells.iter().filter_map(|cell| on_test_set(cell, cells, options)).collect()
}

fn on_test_set(cell: &Cell, cells: &[Cell], options: &CompareOptions) -> Option<OnTestSet> {
    let test_set = set(cell).filter(|set| *set != INTERNAL)?.to_string();
    let own = cells.iter().find(|other| set(other) == Some(INTERNAL) && is_beside(other, cell))?;
    let finite = |value: Option<f64>| value.filter(|value| value.is_finite());
    let both = |seed: &u64| Some((finite(cell.value_of(*seed))?, finite(own.value_of(*seed))?));
    let (there, internal): (Vec<f64>, Vec<f64>) = cell.seeds.iter().filter_map(both).unzip();
    if there.is_empty() {
        return None;
    }
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let test = paired(&there, &internal, Alternative::TwoSided, options.confidence);
    let interval = test.value().map(|test| Interval {
        low: test.ci_low,
        high: test.ci_high,
        confidence: options.confidence,
        method: "paired t over shared seeds".into(),
    });
    let (of_there, of_own) = (mean(&there), mean(&internal));
    Some(OnTestSet {
        test_set,
        n: there.len(),
        internal: of_own,
        there: of_there,
        difference: of_there - of_own,
        interval,
        cell: cell.clone(),
    })
}

fn set(cell: &Cell) -> Option<&str> {
    let own = cell.others.iter().find(|(name, _)| name == TEST_SET);
    own.map(|(_, level)| level.as_str())
}

/// Whether two cells differ in their test set alone.
fn is_beside(one: &Cell, other: &Cell) -> bool {
    let rest = |cell: &Cell| -> Vec<(String, String)> {
        cell.others.iter().filter(|(name, _)| name != TEST_SET).cloned().collect()
    };
    (&one.task, &one.model, &one.init, &one.metric)
        == (&other.task, &other.model, &other.init, &other.metric)
        && one.label_fraction == other.label_fraction
        && rest(one) == rest(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(set: &str, values: &[(u64, f64)]) -> Cell {
        Cell {
            task: "tb".into(),
            others: vec![(TEST_SET.into(), set.into())],
            seeds: values.iter().map(|(seed, _)| *seed).collect(),
            values: values.iter().map(|(_, value)| *value).collect(),
            ..Cell::default()
        }
    }

    /// scipy 1.17.1: `ttest_rel([.7, .72, .71], [.8, .81, .83]).confidence_interval()`
    /// is -0.1412792 to -0.0653875.
    #[test]
    fn differences_are_paired_by_seed() {
        let cells = [
            cell("internal", &[(0, 0.8), (1, 0.81), (2, 0.83), (3, 0.9)]),
            cell("b", &[(0, 0.7), (1, 0.72), (2, 0.71)]),
            cell("c", &[(7, 0.5)]),
        ];
        let found = on_test_sets(&cells, &CompareOptions::default());
        assert_eq!(found.len(), 1);
        let on = &found[0];
        assert_eq!((on.test_set.as_str(), on.n), ("b", 3));
        assert!((on.difference + 0.103_333_333).abs() < 1e-8, "{}", on.difference);
        let interval = on.interval.as_ref().expect("an interval");
        assert!((interval.low + 0.141_279_2).abs() < 1e-6, "{}", interval.low);
    }
}
