//! Scores of a level by seed, in one block of task, other factors and fraction.
//!
//! Several inits of one granularity in a block are averaged seed by seed: the
//! seed stays the unit of replication, and an init with more seeds does not
//! weigh more. A seed that one of them lacks, or whose score is not finite, is
//! left out.

use std::collections::BTreeMap;

use super::question::Question;
use crate::compare::types::CompareOptions;
use crate::scores::{Cell, Unit};
use crate::stats::describe::{mean, sd};
use crate::stats::t_summary::Summary;
use crate::text::percent;

/// Where a level was run.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct BlockKey {
    pub(super) task: String,
    pub(super) level: String,
    /// The other factors, joined.
    pub(super) other: String,
    /// Bits of the fraction, which is positive: their order is its order.
    pub(super) fraction: u64,
}

/// Scores of one level in one block.
#[derive(Clone, Debug, Default)]
pub(super) struct PerSeed {
    pub(super) scores: BTreeMap<u64, f64>,
    pub(super) unit: Unit,
    /// As published, where there are no seeds.
    pub(super) summary: Option<Summary>,
    /// What should be known of them.
    pub(super) notes: Vec<String>,
}

/// All blocks; cells that do not say their level have none.
pub(super) fn blocks(
    cells: &[Cell],
    question: Question,
    options: &CompareOptions,
) -> (BTreeMap<BlockKey, PerSeed>, Vec<String>) {
    let mut groups: BTreeMap<BlockKey, Vec<&Cell>> = BTreeMap::new();
    for cell in cells {
        if let Some(key) = key_of(cell, question, options) {
            groups.entry(key).or_default().push(cell);
        }
    }
    let notes = left_out(cells, question, options);
    (groups.into_iter().map(|(key, cells)| (key, PerSeed::of(&cells))).collect(), notes)
}

/// The block of a cell; none for a cell that is left out.
pub(super) fn key_of(
    cell: &Cell,
    question: Question,
    options: &CompareOptions,
) -> Option<BlockKey> {
    // Inits of one granularity are averaged seed by seed, which summaries have not.
    let usable = studied(cell) && (cell.summary.is_none() || question == Question::Factors);
    Some(BlockKey {
        task: cell.task.clone(),
        level: question.level(cell, options).filter(|_| usable)?,
        other: other_of(cell, question, options),
        fraction: cell.label_fraction.to_bits(),
    })
}

/// The other factors of a cell, joined.
pub(super) fn other_of(cell: &Cell, question: Question, options: &CompareOptions) -> String {
    let others = question.others(cell, options);
    others.into_iter().map(|(_, level)| level).collect::<Vec<_>>().join(" / ")
}

fn studied(cell: &Cell) -> bool {
    cell.label_fraction > 0.0 && cell.label_fraction <= 1.0
}

/// Cells without a block, counted by the reason.
fn left_out(cells: &[Cell], question: Question, options: &CompareOptions) -> Vec<String> {
    let reason = |cell: &Cell| match cell {
        cell if question.level(cell, options).is_none() => {
            Some("do not say the granularity of their labels")
        }
        Cell { summary: Some(_), .. } if question == Question::Granularity => {
            Some("are mean, standard deviation and n, without seeds")
        }
        cell if !studied(cell) => Some("are at a label fraction that is not in (0, 1]"),
        _ => None,
    };
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for why in cells.iter().filter_map(reason) {
        *counts.entry(why).or_default() += 1;
    }
    counts
        .into_iter()
        .map(|(why, n)| format!("{n} of {} cells {why}, and are left out", cells.len()))
        .collect()
}

impl PerSeed {
    /// Mean, standard deviation and n: as published, or of the scores.
    pub(super) fn summarized(&self) -> Summary {
        self.summary.unwrap_or_else(|| {
            let scores: Vec<f64> = self.scores.values().copied().collect();
            Summary { n: scores.len(), mean: mean(&scores), sd: sd(&scores) }
        })
    }

    fn of(cells: &[&Cell]) -> Self {
        let scores: Vec<BTreeMap<u64, f64>> = cells.iter().map(|cell| by_seed(cell)).collect();
        let scores = mean_per_seed(&scores.iter().collect::<Vec<_>>());
        let mut notes = Vec::new();
        if let [first, _, ..] = cells {
            let inits: Vec<&str> = cells.iter().map(|cell| cell.init.as_str()).collect();
            notes.push(format!(
                "{} is the mean of {} per seed ({} / {} at {})",
                first.granularity.as_deref().unwrap_or_default(),
                inits.join(" and "),
                first.task,
                first.model,
                percent(first.label_fraction)
            ));
        }
        let unit = cells.first().map(|cell| cell.unit).unwrap_or_default();
        let summary = cells.first().and_then(|cell| cell.summary);
        Self { scores, unit, summary, notes }
    }
}

fn by_seed(cell: &Cell) -> BTreeMap<u64, f64> {
    let score = |seed: &u64| Some((*seed, cell.value_of(*seed).filter(|v| v.is_finite())?));
    cell.seeds.iter().filter_map(score).collect()
}

/// Mean over parts, of the seeds that all parts have.
pub(super) fn mean_per_seed(parts: &[&BTreeMap<u64, f64>]) -> BTreeMap<u64, f64> {
    let Some((first, rest)) = parts.split_first() else { return BTreeMap::new() };
    first
        .keys()
        .filter_map(|seed| {
            let scores: Option<Vec<f64>> = parts.iter().map(|p| p.get(seed).copied()).collect();
            let scores = scores?;
            let mean = if rest.is_empty() { scores[0] } else { mean(&scores) };
            mean.is_finite().then_some((*seed, mean))
        })
        .collect()
}
