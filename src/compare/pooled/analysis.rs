//! The answer over tasks, for every pair of levels.
//!
//! Families, each adjusted by itself because each answers a question of its own:
//! contrasts pooled over tasks (tasks like these), their mean over the tasks
//! studied (these tasks), and contrasts of single tasks (this task), each overall
//! (the mean over other factors and label fractions, the question to be asked
//! first) and in parts. Within a family every pair of levels counts.
//!
//! Levels stand in the order in which they appear, granularities in the order
//! none, coarse, fine; the later one is compared with the earlier, or each with
//! the baseline.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::contrast::{Asked, Contrast, contrast};
use super::per_seed::{BlockKey, PerSeed, blocks, key_of, other_of};
use super::question::Question;
use super::scope::Scope;
use super::summary::{Pooled, pooled};
use crate::compare::decision::verdict_of;
use crate::compare::estimate::Estimate;
use crate::compare::families::adjusted;
use crate::compare::family::{Test, adjust_tests};
use crate::compare::ledger::LedgerEntry;
use crate::compare::pairs::distinct;
use crate::compare::types::CompareOptions;
use crate::scores::{Cell, Factor, TestSets};
use crate::spec::FamilyAdjustment;

/// Contrasts of levels of one metric, pooled over tasks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PooledAnalysis {
    /// Whose levels.
    pub question: Question,
    /// What was asked for.
    pub options: CompareOptions,
    /// Per pair of levels and scope, the tasks and their summary; fine against
    /// coarse first.
    pub pooled: Vec<Pooled>,
    /// What should be said about the whole analysis.
    pub notes: Vec<String>,
}

/// Contrasts every two granularities of the cells of one metric.
pub fn granularity(cells: &[Cell], options: &CompareOptions) -> PooledAnalysis {
    let sets = TestSets::of(cells, &options.factors);
    let cells = &sets.own(cells);
    let mut analysis = analysed(cells, Question::Granularity, options, |levels| {
        granularity_pairs(&ordered(levels.to_vec()))
    });
    let levels = distinct(cells.iter().filter_map(|cell| cell.granularity.clone())).len();
    if levels < 2 {
        let note = format!("there are {levels} granularities: nothing to contrast");
        analysis.notes.insert(0, note);
    }
    analysis.notes.extend(apart(sets));
    analysis
}

/// Contrasts the levels of the compared factors over all else; none where there
/// is nothing to average over: one task, and one level of every other factor. The
/// factors must be decided.
pub fn over_tasks(cells: &[Cell], options: &CompareOptions) -> Option<PooledAnalysis> {
    let factors = &options.factors;
    let sets = TestSets::of(cells, factors);
    let cells = &sets.own(cells);
    let elsewhere = distinct(cells.iter().map(|cell| factors.block(cell).key()));
    if elsewhere.len() < 2 || factors.has(Factor::TASK) {
        return None;
    }
    let mut analysis = analysed(cells, Question::Factors, options, |levels| {
        let reference = |level: &String| {
            let cell = cells.iter().find(|cell| factors.level(cell) == *level)?;
            options.baselines.reference(factors, cell)
        };
        let mut pairs = Vec::new();
        for (at, level) in levels.iter().enumerate() {
            match reference(level) {
                Some(base) if base != *level => pairs.push((level.clone(), base)),
                Some(_) => {}
                None => pairs.extend(levels[..at].iter().map(|r| (level.clone(), r.clone()))),
            }
        }
        pairs
    });
    analysis.notes.extend(apart(sets));
    (!analysis.pooled.is_empty()).then_some(analysis)
}

fn apart(sets: TestSets) -> Option<String> {
    let note = "what is averaged is of the tasks' own test cases; results on further test sets stand \
                beside them";
    sets.stand_apart().then(|| note.into())
}

fn analysed(
    cells: &[Cell],
    question: Question,
    options: &CompareOptions,
    pairs: impl Fn(&[String]) -> Vec<(String, String)>,
) -> PooledAnalysis {
    let (blocks, notes) = blocks(cells, question, options);
    let is_used =
        |cell: &&Cell| key_of(cell, question, options).is_some_and(|key| blocks.contains_key(&key));
    let used: Vec<&Cell> = cells.iter().filter(is_used).collect();
    let tasks = distinct(used.iter().map(|cell| cell.task.clone()));
    let others = distinct(used.iter().map(|cell| other_of(cell, question, options)));
    // Fractions that are compared are not averaged over.
    let fractions = if question == Question::Factors && options.factors.has(Factor::LABEL_FRACTION)
    {
        Vec::new()
    } else {
        fractions(&blocks)
    };
    let all = question.all(&used, options);
    let each = question == Question::Granularity;
    let scopes = Scope::every(&others, &all, &fractions, each);
    let levels = distinct(used.iter().filter_map(|cell| question.level(cell, options)));
    let pooled_of = |(level, reference): &(String, String)| -> Vec<Pooled> {
        let asked = Asked { blocks: &blocks, level, reference, question, options };
        let of_scope = |scope: &Scope| {
            let of = |task: &String| contrast(&asked, task, scope);
            let contrasts: Vec<Contrast> = tasks.iter().filter_map(of).collect();
            (!contrasts.is_empty()).then(|| pooled(&asked, scope, contrasts))
        };
        scopes.iter().filter_map(of_scope).collect()
    };
    let pooled: Vec<Vec<Pooled>> = pairs(&levels).par_iter().map(pooled_of).collect();
    let pooled = pooled.into_iter().flatten().collect();
    let mut analysis = PooledAnalysis { question, options: options.clone(), pooled, notes };
    adjust_families(&mut analysis);
    analysis.notes.extend(few_tasks(&analysis.pooled));
    analysis
}

fn fractions(blocks: &BTreeMap<BlockKey, PerSeed>) -> Vec<f64> {
    let mut bits: Vec<u64> = blocks.keys().map(|key| key.fraction).collect();
    bits.sort_unstable();
    bits.dedup();
    bits.into_iter().map(f64::from_bits).collect()
}

/// From no labels to fine ones; others keep their order behind.
fn ordered(mut levels: Vec<String>) -> Vec<String> {
    levels.sort_by_key(|name| match name.as_str() {
        "none" => 0,
        "coarse" => 1,
        "fine" => 2,
        _ => 3,
    });
    levels
}

/// Each later level against each earlier one, fine against coarse first.
fn granularity_pairs(levels: &[String]) -> Vec<(String, String)> {
    let mut pairs: Vec<(String, String)> = levels
        .iter()
        .enumerate()
        .flat_map(|(i, level)| levels[..i].iter().map(|r| (level.clone(), r.clone())))
        .collect();
    pairs.sort_by_key(|(level, reference)| {
        (level.as_str(), reference.as_str()) != ("fine", "coarse")
    });
    pairs
}

fn adjust_families(analysis: &mut PooledAnalysis) {
    let adjustment = analysis.options.adjustment;
    let mut counts = Vec::new();
    for overall in [true, false] {
        let of = |pooled: &&mut Pooled| pooled.scope.overall == overall;
        let pooled = analysis.pooled.iter_mut().filter(of).map(|p| &mut p.test);
        let over_tasks = adjust_tests(pooled, adjustment);
        let tasks = analysis.pooled.iter_mut().filter(of).flat_map(|p| &mut p.tasks);
        let single = adjust_tests(tasks.map(|contrast| &mut contrast.test), adjustment);
        let within = analysis.pooled.iter_mut().filter(of).filter_map(|p| p.within.as_mut());
        let studied = adjust_tests(within.map(|within| &mut within.test), adjustment);
        counts.push(format!(
            "{over_tasks} pooled over tasks, {studied} of the mean over the tasks studied and \
             {single} of single tasks"
        ));
    }
    adjust_equivalence(&mut analysis.pooled, adjustment);
    let options = &analysis.options;
    for pooled in &mut analysis.pooled {
        let decide = |difference: &Estimate, test: &Test, equivalence_p| {
            verdict_of(difference.bounds()?, test.entry.adjusted_p, equivalence_p, options)
        };
        pooled.verdict = decide(&pooled.difference, &pooled.test, pooled.equivalence_p);
        if let Some(within) = &mut pooled.within {
            within.verdict = decide(&within.difference, &within.test, within.equivalence_p);
        }
        for task in &mut pooled.tasks {
            task.verdict = decide(&task.difference, &task.test, task.equivalence_p);
        }
    }
    analysis.notes.push(format!(
        "{} adjustment within each family of contrasts of {}: overall {}; in parts {}",
        adjustment.title(),
        analysis.question.plural(&analysis.options),
        counts[0],
        counts[1]
    ));
}

/// Adjusts p of equivalence, in families beside those of the differences.
fn adjust_equivalence(all: &mut [Pooled], adjustment: FamilyAdjustment) {
    for overall in [true, false] {
        let of = |pooled: &&mut Pooled| pooled.scope.overall == overall;
        let pooled = all.iter_mut().filter(of).map(|p| &mut p.equivalence_p);
        adjust_all(pooled.collect(), adjustment);
        let within = all.iter_mut().filter(of).filter_map(|p| p.within.as_mut());
        adjust_all(within.map(|within| &mut within.equivalence_p).collect(), adjustment);
        let tasks = all.iter_mut().filter(of).flat_map(|p| &mut p.tasks);
        adjust_all(tasks.map(|task| &mut task.equivalence_p).collect(), adjustment);
    }
}

fn adjust_all(family: Vec<&mut Option<f64>>, adjustment: FamilyAdjustment) {
    let values = adjusted(family.iter().map(|p| **p), adjustment);
    for (p, adjusted) in family.into_iter().zip(values) {
        *p = adjusted;
    }
}

/// Tasks below which `tau^2` is said to be rough.
const FEW_TASKS: usize = 5;

fn few_tasks(pooled: &[Pooled]) -> Option<String> {
    let k = pooled.iter().filter(|p| p.tau_squared.is_some()).map(|p| p.k).min()?;
    (k < FEW_TASKS).then(|| {
        format!(
            "tau^2 and I^2 come from {k} tasks and are rough; an interval on a further \
             task needs three"
        )
    })
}

impl PooledAnalysis {
    /// Every test, for the ledger.
    pub fn entries(&self) -> Vec<LedgerEntry> {
        let pooled = self.pooled.iter().map(|pooled| &pooled.test);
        let within = self.pooled.iter().filter_map(|pooled| Some(&pooled.within.as_ref()?.test));
        let single = self.pooled.iter().filter(|pooled| self.tells_tasks(&pooled.scope));
        let tasks = single.flat_map(|pooled| &pooled.tasks).map(|task| &task.test);
        pooled.chain(within).chain(tasks).map(|test| test.entry.clone()).collect()
    }

    /// Whether contrasts of single tasks are more than the tests of the comparison
    /// again: something is averaged in them.
    fn tells_tasks(&self, scope: &Scope) -> bool {
        let fractions = self.pooled.iter().filter(|p| p.scope.label_fraction.is_some());
        let averages =
            scope.other.is_none() || (scope.label_fraction.is_none() && fractions.count() > 0);
        self.question == Question::Granularity || averages
    }

    /// `Over all tasks`; `Overall` of a single one.
    pub fn heading(&self) -> &'static str {
        let several = self.pooled.iter().any(|pooled| pooled.tasks.len() > 1);
        if several { "Over all tasks" } else { "Overall" }
    }

    /// What was done and what should be known, each thing once, with the contrasts
    /// that it is about.
    pub fn footnotes(&self) -> Vec<String> {
        let mut said: Vec<(&str, Vec<String>)> = Vec::new();
        let mut say = |note, place| match said.iter_mut().find(|(known, _)| *known == note) {
            Some((_, places)) => places.push(place),
            None => said.push((note, vec![place])),
        };
        for pooled in &self.pooled {
            for note in &pooled.notes {
                say(note, pooled.place("over tasks", &pooled.scope));
            }
            if !self.tells_tasks(&pooled.scope) {
                continue;
            }
            for task in &pooled.tasks {
                let name = if task.task.is_empty() { "all results" } else { &task.task };
                task.notes.iter().for_each(|note| say(note, pooled.place(name, &task.scope)));
            }
        }
        let grouped =
            said.into_iter().map(|(note, places)| format!("{}: {note}", places.join("; ")));
        self.notes.iter().cloned().chain(grouped).chain(self.safer()).collect()
    }

    fn safer(&self) -> Option<String> {
        let told = |pooled: &Pooled| {
            let safer = pooled.safer.as_ref()?;
            let ends = self.options.metric.ends(safer.low, safer.high);
            Some(format!("{ends} for {}", pooled.place("over tasks", &pooled.scope)))
        };
        let found: Vec<String> = self.pooled.iter().filter_map(told).collect();
        (!found.is_empty()).then(|| {
            format!(
                "where tasks agree better than their standard errors suggest, the interval after \
                 DerSimonian and Laird is the wider one and the safer: {}",
                found.join("; ")
            )
        })
    }
}
