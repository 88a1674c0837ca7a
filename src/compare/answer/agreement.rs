//! Whether the other metrics say the same.

use std::collections::BTreeMap;

use crate::compare::types::Comparison;
use crate::scores::Verdict;

/// How the verdicts of another metric stand to those of the main one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreement {
    /// Title of the other metric.
    pub metric: String,
    /// Its key.
    pub key: String,
    /// Comparisons with a verdict by both metrics.
    pub both: usize,
    /// Of these, those with the same verdict.
    pub same: usize,
    /// Of these, those with the opposite one.
    pub opposite: usize,
}

/// Compares the verdicts of each other metric with those of the main one; a metric
/// without direction beside one with a direction has none in common.
pub fn agreement(main: &Comparison, others: &[Comparison]) -> Vec<Agreement> {
    type Key = (Vec<String>, String, String);
    let verdicts = |comparison: &Comparison| -> BTreeMap<Key, Verdict> {
        let of = |row: &crate::compare::ComparisonRow| {
            Some(((row.block.key(), row.level.clone(), row.reference.clone()), row.verdict?))
        };
        comparison.rows.iter().filter_map(of).collect()
    };
    let known = verdicts(main);
    let of = |other: &Comparison| {
        let pairs: Vec<(Verdict, Verdict)> = verdicts(other)
            .into_iter()
            .filter_map(|(key, verdict)| Some((*known.get(&key)?, verdict)))
            .collect();
        let opposite =
            |(a, b): &&(Verdict, Verdict)| a.is_decided() && b.is_decided() && *a == b.turned();
        Agreement {
            metric: other.options.metric.title().into(),
            key: other.options.metric.key.clone(),
            both: pairs.len(),
            same: pairs.iter().filter(|(a, b)| a == b).count(),
            opposite: pairs.iter().filter(opposite).count(),
        }
    };
    let comparable = |other: &&Comparison| {
        other.options.metric.is_directed() == main.options.metric.is_directed()
    };
    others.iter().filter(comparable).map(of).filter(|found| found.both > 0).collect()
}
