//! All granularities against each other.
//!
//! Four families, each adjusted by itself because each answers a question of its
//! own: contrasts pooled over tasks (tasks like these) and of single tasks (this
//! task), each overall (the mean over models and label fractions, the question to
//! be asked first) and by model and label fraction. Within a family every pair of
//! granularities counts.
//!
//! Granularities stand in the order none, coarse, fine, then as they appear; the
//! later one is compared with the earlier.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::contrast::{Asked, Contrast, contrast};
use super::per_seed::{BlockKey, PerSeed, blocks, key_of};
use super::pooled::{Pooled, pooled};
use super::scope::Scope;
use crate::compare::decision::verdict_of;
use crate::compare::family::adjust_tests;
use crate::compare::ledger::LedgerEntry;
use crate::compare::run::adjusted;
use crate::compare::types::CompareOptions;
use crate::scores::Cell;
use crate::spec::FamilyAdjustment;

/// Contrasts of granularities of one metric.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GranularityAnalysis {
    /// What was asked for.
    pub options: CompareOptions,
    /// Per pair of granularities and scope, the tasks and their summary; fine
    /// against coarse first.
    pub pooled: Vec<Pooled>,
    /// What should be said about the whole analysis.
    pub notes: Vec<String>,
}

/// Contrasts every two granularities of the cells of one metric.
pub fn granularity(cells: &[Cell], options: &CompareOptions) -> GranularityAnalysis {
    let (blocks, mut notes) = blocks(cells);
    let used = |cell: &&Cell| key_of(cell).is_some_and(|key| blocks.contains_key(&key));
    let used: Vec<&Cell> = cells.iter().filter(used).collect();
    let tasks = distinct(used.iter().map(|cell| &cell.task));
    let models = distinct(used.iter().map(|cell| &cell.model));
    let scopes = Scope::all(&models, &fractions(&blocks));
    let levels = ordered(distinct(used.iter().filter_map(|cell| cell.granularity.as_ref())));
    if levels.len() < 2 {
        notes.push(format!("there are {} granularities: nothing to contrast", levels.len()));
    }
    let mut all = Vec::new();
    for (level, reference) in pairs(&levels) {
        let asked = Asked { blocks: &blocks, level, reference, options };
        for scope in &scopes {
            let of = |task: &String| contrast(&asked, task, scope);
            let contrasts: Vec<Contrast> = tasks.iter().filter_map(of).collect();
            if !contrasts.is_empty() {
                all.push(pooled(&asked, scope, contrasts));
            }
        }
    }
    let mut analysis = GranularityAnalysis { options: options.clone(), pooled: all, notes };
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

/// In order of first appearance.
fn distinct<'a>(names: impl Iterator<Item = &'a String>) -> Vec<String> {
    let mut known: Vec<String> = Vec::new();
    for name in names {
        if !known.contains(name) {
            known.push(name.clone());
        }
    }
    known
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
fn pairs(levels: &[String]) -> Vec<(&str, &str)> {
    let mut pairs: Vec<(&str, &str)> = levels
        .iter()
        .enumerate()
        .flat_map(|(i, level)| levels[..i].iter().map(move |r| (level.as_str(), r.as_str())))
        .collect();
    pairs.sort_by_key(|pair| *pair != ("fine", "coarse"));
    pairs
}

fn adjust_families(analysis: &mut GranularityAnalysis) {
    let adjustment = analysis.options.adjustment;
    let mut counts = Vec::new();
    for overall in [true, false] {
        let of = |pooled: &&mut Pooled| pooled.scope.overall == overall;
        let pooled = analysis.pooled.iter_mut().filter(of).map(|p| &mut p.test);
        let over_tasks = adjust_tests(pooled, adjustment);
        let tasks = analysis.pooled.iter_mut().filter(of).flat_map(|p| &mut p.tasks);
        let single = adjust_tests(tasks.map(|contrast| &mut contrast.test), adjustment);
        counts.push(format!("{over_tasks} pooled over tasks and {single} of single tasks"));
    }
    adjust_equivalence(&mut analysis.pooled, adjustment);
    let options = &analysis.options;
    for pooled in &mut analysis.pooled {
        let decide = |interval, p, within| verdict_of(interval, p, within, options);
        let (adjusted, within) = (pooled.test.entry.adjusted_p, pooled.equivalence_p);
        pooled.verdict = pooled.difference.bounds().and_then(|i| decide(i, adjusted, within));
        for task in &mut pooled.tasks {
            let (adjusted, within) = (task.test.entry.adjusted_p, task.equivalence_p);
            task.verdict = task.difference.bounds().and_then(|i| decide(i, adjusted, within));
        }
    }
    analysis.notes.push(format!(
        "{} adjustment within each family of contrasts: overall {}; by model and label fraction {}",
        adjustment.title(),
        counts[0],
        counts[1]
    ));
}

/// Adjusts p of equivalence, in families beside those of the differences.
fn adjust_equivalence(all: &mut [Pooled], adjustment: FamilyAdjustment) {
    for overall in [true, false] {
        let of = |pooled: &&mut Pooled| pooled.scope.overall == overall;
        let pooled: Vec<_> = all.iter_mut().filter(of).map(|p| &mut p.equivalence_p).collect();
        adjust_all(pooled, adjustment);
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
            "tau^2 and I^2 come from as few as {k} tasks and are rough; an interval on a further \
             task needs three"
        )
    })
}

impl GranularityAnalysis {
    /// Every test, for the ledger.
    pub fn entries(&self) -> Vec<LedgerEntry> {
        let pooled = self.pooled.iter().map(|pooled| &pooled.test);
        let tasks = self.pooled.iter().flat_map(|pooled| &pooled.tasks).map(|task| &task.test);
        pooled.chain(tasks).map(|test| test.entry.clone()).collect()
    }

    /// What was done and what should be known, each thing once.
    pub fn footnotes(&self) -> Vec<String> {
        let mut notes = self.notes.clone();
        for pooled in &self.pooled {
            let what = |task: &str, scope: &Scope| {
                let (model, fraction) = (scope.model_words(), scope.fraction_words());
                format!(
                    "{} against {}, {task} / {model} at {fraction}",
                    pooled.level, pooled.reference
                )
            };
            let over = what("over tasks", &pooled.scope);
            notes.extend(pooled.notes.iter().map(|note| format!("{over}: {note}")));
            for task in &pooled.tasks {
                let on = what(&task.task, &task.scope);
                notes.extend(task.notes.iter().map(|note| format!("{on}: {note}")));
            }
        }
        notes
    }
}
