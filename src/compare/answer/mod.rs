//! The answer that a reader walks away with: who wins, by how much, where not, and
//! what would decide the rest. The same for the page, the terminal and a cell.
//!
//! Rests on what was computed before and tests nothing of its own. The difference
//! of a pair is the one over tasks like those studied; where that is open and the
//! mean over the tasks studied is not, the latter, and the sentence says so.

mod agreement;
mod detail;
mod elsewhere;
mod finding;
mod headline;
mod outlook;
mod pair;
mod standing;
#[cfg(test)]
mod tests;
mod voice;

pub use agreement::{Agreement, agreement};
pub use finding::{Finding, Ground};
use pair::Sources;
pub use pair::{PairAnswer, Tally};
pub use standing::Standings;
pub use voice::Voice;

use std::collections::BTreeMap;

use super::pooled::PooledAnalysis;
use super::types::Comparison;
use crate::scores::{Cell, Factor, TestSets};
use crate::text::{Phrase, slug};

/// Pairs that are told in sentences.
const MOST_TOLD: usize = 3;

/// Who stands where.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// Who is ahead of whom.
    pub standings: Standings,
    /// Every compared pair, those between the first levels first.
    pub pairs: Vec<PairAnswer>,
    /// What a difference is averaged over: name, count, plural.
    averaged: Vec<(&'static str, usize, String)>,
    /// The task, where there is but one and it has a name.
    only_task: Option<String>,
}

/// The answer of a comparison; none where nothing was compared.
pub fn answer(main: &Comparison, pooled: Option<&PooledAnalysis>) -> Option<Answer> {
    if main.cells.iter().all(|summary| summary.mean.is_none()) {
        return None;
    }
    let sources = Sources::of(main, pooled);
    let mut pairs: Vec<PairAnswer> = match pooled {
        Some(analysis) => {
            let overall = analysis.pooled.iter().filter(|pooled| pooled.scope.overall);
            overall.map(|pooled| PairAnswer::pooled(pooled, &sources)).collect()
        }
        None => Vec::new(),
    };
    if pairs.is_empty() {
        pairs = sources.firsts().into_iter().map(|row| PairAnswer::single(row, &sources)).collect();
    }
    if pairs.is_empty() {
        return None;
    }
    let standings = Standings::of(main, &pairs);
    let places: BTreeMap<&str, usize> =
        standings.levels.iter().enumerate().map(|(at, level)| (level.as_str(), at)).collect();
    let place = |name: &str| places.get(name).copied();
    pairs.sort_by_cached_key(|pair| (place(&pair.level), place(&pair.reference)));
    let tasks = distinct(main, |cell| cell.task.clone());
    let factors = &main.options.factors;
    Some(Answer {
        averaged: averaged(main, tasks.len()),
        only_task: match &tasks[..] {
            [only] if !only.is_empty() && !factors.has(Factor::TASK) => Some(only.clone()),
            _ => None,
        },
        standings,
        pairs,
    })
}

/// Which results are of further test sets.
fn test_sets(main: &Comparison) -> TestSets {
    TestSets::of(main.cells.iter().map(|summary| &summary.cell), &main.options.factors)
}

fn distinct(main: &Comparison, of: impl Fn(&Cell) -> String) -> Vec<String> {
    let mut known = Vec::new();
    let sets = test_sets(main);
    for summary in main.cells.iter().filter(|summary| sets.is_own(&summary.cell)) {
        let name = of(&summary.cell);
        if !known.contains(&name) {
            known.push(name);
        }
    }
    known
}

/// The factors that are not compared and vary, with their counts.
fn averaged(main: &Comparison, tasks: usize) -> Vec<(&'static str, usize, String)> {
    let factors = &main.options.factors;
    let mut out = Vec::new();
    if tasks > 1 && !factors.has(Factor::TASK) {
        out.push(("tasks", tasks, "tasks".to_string()));
    }
    for factor in Factor::of_all(main.cells.iter().map(|summary| &summary.cell)) {
        let n = distinct(main, |cell| factor.level(cell)).len();
        if n > 1 && factor.name() != Factor::TASK && !factors.has(factor.name()) {
            let plural = crate::scores::Factors::one(factor.clone()).plural();
            let name = match factor.name() {
                Factor::MODEL => "models",
                Factor::INIT => "inits",
                _ => "levels",
            };
            out.push((name, n, plural));
        }
    }
    let fractions = distinct(main, |cell| cell.label_fraction.to_bits().to_string()).len();
    if fractions > 1 && !factors.has(Factor::LABEL_FRACTION) {
        out.push(("fractions", fractions, "label fractions".into()));
    }
    out
}

impl Answer {
    /// Who wins, in one sentence.
    pub fn headline(&self, voice: &Voice<'_>) -> Phrase {
        headline::headline(self, voice)
    }

    /// The pairs that decide the headline, each in two or three sentences: all of a
    /// few; else the first level against the next ones and against the last.
    pub fn details(&self, main: &Comparison, voice: &Voice<'_>) -> Vec<Phrase> {
        let told = self.told().into_iter().map(|pair| detail::detail(pair, main, voice));
        told.filter(|phrase| !phrase.is_empty()).collect()
    }

    fn told(&self) -> Vec<&PairAnswer> {
        if self.pairs.len() <= MOST_TOLD {
            return self.pairs.iter().collect();
        }
        let mut told: Vec<&PairAnswer> = self.pairs.iter().take(MOST_TOLD - 1).collect();
        let last = self.standings.levels.last();
        let of_last = self
            .pairs
            .iter()
            .find(|pair| pair.level == told[0].level && Some(&pair.reference) == last);
        told.extend(of_last.or(self.pairs.get(MOST_TOLD - 1)));
        told.dedup();
        told
    }

    /// What would decide the first open pair.
    pub fn outlook(&self, main: &Comparison, voice: &Voice<'_>) -> Option<Phrase> {
        outlook::outlook(self, main, voice)
    }

    /// The pair of two levels, whichever stands first.
    pub fn pair(&self, one: &str, other: &str) -> Option<&PairAnswer> {
        self.pairs.iter().find(|pair| {
            (pair.level == one && pair.reference == other)
                || (pair.level == other && pair.reference == one)
        })
    }
}

/// `fine-coarse`: a pair as part of an id.
pub fn pair_slug(level: &str, reference: &str) -> String {
    format!("{}-{}", slug(level), slug(reference))
}
