//! One granularity minus another on one task.
//!
//! Per seed the difference of scores, averaged over the models and fractions of
//! the scope before anything is tested; then the paired t test over seeds, or
//! Welch's where the sides share fewer than two seeds. The t test is used
//! whatever family the study names, because the pooling over tasks needs an
//! estimate with its standard error: both rest on one model.
//!
//! Assumes differences of seeds near normal. A block that one side lacks is left
//! out on both. Fewer than two seeds: the difference without standard error. No
//! spread: degenerate or undefined, without p. Cost O(seeds blocks).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::per_seed::{BlockKey, PerSeed, mean_per_seed};
use super::scope::Scope;
use crate::compare::TestKind;
use crate::compare::design::{Samples, Sides, samples};
use crate::compare::equivalence;
use crate::compare::estimate::{Estimate, scale, settled};
use crate::compare::family::{Test, sizes, t_words};
use crate::compare::types::{CompareOptions, Design};
use crate::scores::Cell;
use crate::scores::Unit;
use crate::scores::Verdict;
use crate::stats::Outcome;
use crate::stats::describe::{mean, variance};
use crate::stats::ranks::differences;
use crate::stats::t_test::{Alternative, TTest, paired, welch};

/// `level` minus `reference` on one task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Contrast {
    /// Task.
    pub task: String,
    /// Models and fractions.
    pub scope: Scope,
    /// The granularity that is compared.
    pub level: String,
    /// The granularity it is compared with.
    pub reference: String,
    /// Paired by shared seeds, or independent.
    pub design: Design,
    /// Seeds on each side.
    pub n: [usize; 2],
    /// Mean difference.
    pub difference: Estimate,
    /// Its standard error over seeds; none below two seeds.
    pub standard_error: Option<f64>,
    /// Its test.
    pub test: Test,
    /// Adjusted p of equivalence within the margin; absent without a margin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub equivalence_p: Option<f64>,
    /// What interval, margin and adjusted p say together.
    pub verdict: Option<Verdict>,
    /// Why a number is missing or degenerate; empty otherwise.
    pub notes: Vec<String>,
}

/// The two granularities, and all blocks.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) blocks: &'a BTreeMap<BlockKey, PerSeed>,
    pub(super) level: &'a str,
    pub(super) reference: &'a str,
    pub(super) options: &'a CompareOptions,
}

/// The contrast on one task; none where no block has both granularities.
pub(super) fn contrast(asked: &Asked, task: &str, scope: &Scope) -> Option<Contrast> {
    let [level, reference] =
        [asked.level, asked.reference].map(|name| side(asked, task, scope, name));
    let common: Vec<&(&str, u64)> = level.keys().filter(|at| reference.contains_key(*at)).collect();
    if common.is_empty() {
        return None;
    }
    let mut notes = Vec::new();
    let [level_cell, reference_cell] = [(&level, asked.level), (&reference, asked.reference)]
        .map(|(blocks, name)| merged(blocks, &common, name, &mut notes));
    let alone = level.len() + reference.len() - 2 * common.len();
    if alone > 0 {
        notes.push(format!("{alone} blocks of model and fraction have one of the two alone"));
    }
    let samples = samples(&level_cell, &reference_cell);
    notes.extend(samples.notes.iter().cloned());
    let mut contrast = tested(asked, task, scope, &samples);
    if contrast.test.entry.p.is_none() {
        notes.push(format!("no test: {}", contrast.test.entry.note));
    }
    contrast.notes = notes;
    Some(contrast)
}

/// Means over the blocks, of seeds that have a score in all of them.
fn merged(
    blocks: &BTreeMap<(&str, u64), &PerSeed>,
    common: &[&(&str, u64)],
    name: &str,
    notes: &mut Vec<String>,
) -> Cell {
    let parts: Vec<&PerSeed> = common.iter().filter_map(|at| blocks.get(*at).copied()).collect();
    let scores: Vec<&BTreeMap<u64, f64>> = parts.iter().map(|part| &part.scores).collect();
    let means = mean_per_seed(&scores);
    let mut lacking: Vec<u64> = scores.iter().flat_map(|part| part.keys().copied()).collect();
    lacking.sort_unstable();
    lacking.dedup();
    lacking.retain(|seed| !means.contains_key(seed));
    notes.extend(parts.iter().flat_map(|part| part.notes.iter().cloned()));
    if !lacking.is_empty() {
        let named: Vec<String> = lacking.iter().map(ToString::to_string).collect();
        notes.push(format!(
            "seeds {} of {name} lack a score in one of {} blocks and are left out",
            named.join(", "),
            parts.len()
        ));
    }
    let (seeds, values) = means.into_iter().unzip();
    Cell { seeds, values, ..Cell::default() }
}

/// Blocks of a granularity by model and fraction.
fn side<'a>(
    asked: &Asked<'a>,
    task: &str,
    scope: &Scope,
    granularity: &str,
) -> BTreeMap<(&'a str, u64), &'a PerSeed> {
    let low = BlockKey {
        task: task.into(),
        granularity: granularity.into(),
        model: String::new(),
        fraction: 0,
    };
    let same = |key: &BlockKey| key.task == task && key.granularity == granularity;
    asked
        .blocks
        .range(low..)
        .take_while(|(key, _)| same(key))
        .filter(|(key, _)| scope.holds(&key.model, f64::from_bits(key.fraction)))
        .map(|(key, part)| ((key.model.as_str(), key.fraction), part))
        .collect()
}

fn tested(asked: &Asked, task: &str, scope: &Scope, samples: &Samples) -> Contrast {
    let options = asked.options;
    let paired_design = samples.design == Design::Paired;
    let kind = if paired_design { TestKind::PairedT } else { TestKind::WelchT };
    let (outcome, standard_error) = match &samples.sides {
        Sides::Values { level, reference } => t(level, reference, paired_design, options),
        Sides::Summaries { .. } => (Outcome::undefined("there are no seeds"), None),
    };
    let n = samples.sides.n();
    let mut difference = Estimate::of_t(&outcome, options.confidence, &kind.name());
    if let (None, Some(value)) = (difference.point(), plain_difference(&samples.sides)) {
        difference.value = Outcome::of(value);
    }
    let question = format!(
        "{} against {} on {task} / {} at {}",
        asked.level,
        asked.reference,
        scope.model_words(),
        scope.fraction_words()
    );
    let family = scope.family(&options.metric.key, "single tasks");
    let mut test = Test::new(&family, question, kind, Unit::Seeds, sizes(n))
        .estimating(difference.point())
        .noting(outcome.note());
    if let Some(t) = outcome.value() {
        test = test.found(t.p, t_words(t));
    }
    Contrast {
        task: task.into(),
        scope: scope.clone(),
        level: asked.level.into(),
        reference: asked.reference.into(),
        design: samples.design,
        n,
        difference,
        standard_error,
        test,
        equivalence_p: equivalence::of_samples(samples, kind, options),
        verdict: None,
        notes: Vec::new(),
    }
}

/// The t test with the standard error of its estimate.
fn t(
    level: &[f64],
    reference: &[f64],
    paired_design: bool,
    options: &CompareOptions,
) -> (Outcome<TTest>, Option<f64>) {
    let test = if paired_design { paired } else { welch };
    let outcome = test(level, reference, Alternative::TwoSided, options.confidence);
    let outcome = settled(outcome, scale(level.iter().chain(reference)));
    let squared = if paired_design {
        variance(&differences(level, reference)) / level.len() as f64
    } else {
        variance(level) / level.len() as f64 + variance(reference) / reference.len() as f64
    };
    let standard_error = squared.sqrt();
    // Without an ordinary test the spread is 0 or unknown: no weight follows.
    let usable = outcome.value().is_some() && standard_error > 0.0 && standard_error.is_finite();
    (outcome, usable.then_some(standard_error))
}

/// One seed on a side has a difference without a test.
fn plain_difference(sides: &Sides) -> Option<f64> {
    let Sides::Values { level, reference } = sides else { return None };
    Some(mean(level) - mean(reference)).filter(|d| d.is_finite())
}
