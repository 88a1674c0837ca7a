//! Who is ahead of whom.

use std::collections::BTreeMap;

use super::pair::PairAnswer;
use crate::compare::types::Comparison;
use crate::scores::Verdict;

/// Levels in the order of their scores, and which of them are settled against
/// which.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Standings {
    /// Best first; of a metric without direction, highest first. Each block of
    /// results counts alike: a level's score is its mean distance from the mean of
    /// its block.
    pub levels: Vec<String>,
    /// `wins[a]` has the levels that `levels[a]` is better (or higher) than.
    wins: Vec<Vec<usize>>,
    /// Pairs that are equivalent.
    equal: Vec<(usize, usize)>,
}

impl Standings {
    pub(super) fn of(main: &Comparison, pairs: &[PairAnswer]) -> Self {
        let levels = ranked(main);
        let places: BTreeMap<&str, usize> =
            levels.iter().enumerate().map(|(at, level)| (level.as_str(), at)).collect();
        let place = |name: &str| places.get(name).copied();
        let mut wins = vec![Vec::new(); levels.len()];
        let mut equal = Vec::new();
        for pair in pairs {
            let (Some(a), Some(b)) = (place(&pair.level), place(&pair.reference)) else { continue };
            match pair.verdict() {
                Some(Verdict::Better | Verdict::Higher) => wins[a].push(b),
                Some(Verdict::Worse | Verdict::Lower) => wins[b].push(a),
                Some(Verdict::Equivalent) => equal.push((a.min(b), a.max(b))),
                Some(Verdict::Inconclusive) | None => {}
            }
        }
        drop(places);
        Self { levels, wins, equal }
    }

    /// Levels that no other one beats, by place.
    pub(super) fn unbeaten(&self) -> Vec<usize> {
        let beaten = |at: &usize| self.wins.iter().any(|beaten| beaten.contains(at));
        (0..self.levels.len()).filter(|at| !beaten(at)).collect()
    }

    /// The levels that one is better than, by place.
    pub(super) fn beaten_by(&self, at: usize) -> Vec<usize> {
        let mut beaten = self.wins[at].clone();
        beaten.sort_unstable();
        beaten
    }

    /// Whether all of these are equivalent to each other.
    pub(super) fn are_equivalent(&self, places: &[usize]) -> bool {
        let pairs = places
            .iter()
            .enumerate()
            .flat_map(|(i, a)| places[i + 1..].iter().map(move |b| (*a.min(b), *a.max(b))));
        places.len() > 1 && pairs.into_iter().all(|pair| self.equal.contains(&pair))
    }
}

/// Levels by their mean distance from the mean of each block.
fn ranked(main: &Comparison) -> Vec<String> {
    let factors = &main.options.factors;
    let sign = main.options.metric.sign().unwrap_or(1.0);
    let mut levels: Vec<(String, f64, usize)> = Vec::new();
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    let mut blocks: BTreeMap<Vec<String>, Vec<(usize, f64)>> = BTreeMap::new();
    let sets = super::test_sets(main);
    for summary in main.cells.iter().filter(|summary| sets.is_own(&summary.cell)) {
        let level = factors.level(&summary.cell);
        let at = *known.entry(level).or_insert_with_key(|level| {
            levels.push((level.clone(), 0.0, 0));
            levels.len() - 1
        });
        if let Some(mean) = summary.mean {
            blocks.entry(factors.block(&summary.cell).key()).or_default().push((at, mean));
        }
    }
    for block in blocks.values() {
        let mean = block.iter().map(|(_, value)| value).sum::<f64>() / block.len() as f64;
        for (at, value) in block {
            levels[*at].1 += value - mean;
            levels[*at].2 += 1;
        }
    }
    // A level without any value comes last.
    let score = |(_, sum, n): &(String, f64, usize)| match n {
        0 => f64::NEG_INFINITY,
        n => sign * sum / *n as f64,
    };
    levels.sort_by(|a, b| score(b).total_cmp(&score(a)));
    levels.into_iter().map(|(name, ..)| name).collect()
}
