//! One level minus another on one task.
//!
//! Per seed the difference of scores, averaged over the other factors and
//! fractions of the scope before anything is tested; then the paired t test over seeds, or
//! Welch's where the sides share fewer than two seeds. The t test is used
//! whatever family the study names, because the pooling over tasks needs an
//! estimate with its standard error: both rest on one model.
//!
//! Assumes differences of seeds near normal. A block that one side lacks is left
//! out on both. Fewer than two seeds: the difference without standard error. No
//! spread: degenerate or undefined, without p. Cost O(seeds blocks).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::from_summaries::from_summaries;
use super::per_seed::{BlockKey, PerSeed, mean_per_seed};
use super::question::Question;
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
use crate::spec::TestFamily;
use crate::stats::Outcome;
use crate::stats::describe::mean;
use crate::stats::distributions::student_t;
use crate::stats::partially_overlapping::partially_overlapping;
use crate::stats::t_summary::Summary;
use crate::stats::t_test::{Alternative, TTest, paired, welch};

/// `level` minus `reference` on one task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Contrast {
    /// Task.
    pub task: String,
    /// Other factors and fractions.
    pub scope: Scope,
    /// The level that is compared.
    pub level: String,
    /// The level it is compared with.
    pub reference: String,
    /// Paired by shared seeds, or independent.
    pub design: Design,
    /// Replications on each side.
    pub n: [usize; 2],
    /// What they are.
    pub unit: Unit,
    /// Paired differences by seed; none where the sides are independent.
    #[serde(skip)]
    pub(super) by_seed: BTreeMap<u64, f64>,
    /// Mean difference.
    pub difference: Estimate,
    /// Its standard error over seeds; none below two seeds.
    pub standard_error: Option<f64>,
    /// Degrees of freedom of the standard error.
    pub df: Option<f64>,
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

/// The two levels, and all blocks.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) blocks: &'a BTreeMap<BlockKey, PerSeed>,
    pub(super) level: &'a str,
    pub(super) reference: &'a str,
    pub(super) question: Question,
    pub(super) options: &'a CompareOptions,
}

/// The contrast on one task; none where no block has both levels.
pub(super) fn contrast(asked: &Asked, task: &str, scope: &Scope) -> Option<Contrast> {
    let [level, reference] =
        [asked.level, asked.reference].map(|name| side(asked, task, scope, name));
    let common: Vec<&(&str, u64)> = level.keys().filter(|at| reference.contains_key(*at)).collect();
    if common.is_empty() {
        return None;
    }
    let is_published = |at: &&(&str, u64)| {
        [&level, &reference].iter().any(|side| side.get(*at).is_some_and(|b| b.summary.is_some()))
    };
    if common.iter().any(is_published) {
        let blocks: Vec<[Summary; 2]> = common
            .iter()
            .map(|at| [level[*at].summarized(), reference[*at].summarized()])
            .collect();
        return Some(published(asked, task, scope, &blocks));
    }
    let mut notes = Vec::new();
    let [level_cell, reference_cell] = [(&level, asked.level), (&reference, asked.reference)]
        .map(|(blocks, name)| merged(blocks, &common, name, &mut notes));
    let alone = level.len() + reference.len() - 2 * common.len();
    if alone > 0 {
        notes.push(format!("{alone} blocks have one of the two alone"));
    }
    let samples = samples(&level_cell, &reference_cell, asked.options.design, TestFamily::T);
    notes.extend(samples.notes.iter().cloned());
    let mut contrast = tested(asked, task, scope, &samples);
    if samples.design == Design::Paired {
        let shared = level_cell.seeds.iter().filter_map(|seed| {
            Some((*seed, level_cell.value_of(*seed)? - reference_cell.value_of(*seed)?))
        });
        contrast.by_seed = shared.collect();
    }
    if contrast.test.entry.p.is_none() {
        notes.push(format!("no test: {}", contrast.test.entry.note));
    }
    contrast.notes = notes;
    Some(contrast)
}

/// The contrast where single runs are not known.
fn published(asked: &Asked, task: &str, scope: &Scope, blocks: &[[Summary; 2]]) -> Contrast {
    let outcome = from_summaries(blocks, asked.options.confidence);
    let n = [0, 1].map(|side| blocks.iter().map(|block| block[side].n).min().unwrap_or(0));
    let tested = Tested { design: Design::Summary, unit: Unit::Seeds, n };
    let mut contrast =
        of_outcome(asked, task, scope, &outcome, TestKind::WelchTFromSummaries, tested);
    if contrast.test.entry.p.is_none() {
        contrast.notes.push(format!("no test: {}", contrast.test.entry.note));
    }
    contrast
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
            "{} of {name} lack a score in one of {} blocks and are left out",
            if named.len() > MOST_NAMED {
                format!("{} replications", named.len())
            } else {
                format!("seeds {}", named.join(", "))
            },
            parts.len()
        ));
    }
    let (seeds, values) = means.into_iter().unzip();
    let unit = parts.first().map(|part| part.unit).unwrap_or_default();
    Cell { unit, seeds, values, ..Cell::default() }
}

/// More than this many are counted, not named.
const MOST_NAMED: usize = 12;

/// Blocks of a level by other factors and fraction.
fn side<'a>(
    asked: &Asked<'a>,
    task: &str,
    scope: &Scope,
    level: &str,
) -> BTreeMap<(&'a str, u64), &'a PerSeed> {
    let low =
        BlockKey { task: task.into(), level: level.into(), other: String::new(), fraction: 0 };
    let same = |key: &BlockKey| key.task == task && key.level == level;
    asked
        .blocks
        .range(low..)
        .take_while(|(key, _)| same(key))
        .filter(|(key, _)| scope.holds(&key.other, f64::from_bits(key.fraction)))
        .map(|(key, part)| ((key.other.as_str(), key.fraction), part))
        .collect()
}

fn tested(asked: &Asked, task: &str, scope: &Scope, samples: &Samples) -> Contrast {
    let kind = match samples.design {
        Design::Paired => TestKind::PairedT,
        Design::Partial => TestKind::PartlyPairedT,
        Design::Independent | Design::Summary => TestKind::WelchT,
    };
    let outcome = t(samples, asked.options.confidence);
    let of = Tested { design: samples.design, unit: samples.unit, n: samples.sides.n() };
    let mut contrast = of_outcome(asked, task, scope, &outcome, kind, of);
    if let (None, Some(value)) = (contrast.difference.point(), plain_difference(&samples.sides)) {
        contrast.difference.value = Outcome::of(value);
        contrast.test = contrast.test.estimating(Some(value));
    }
    contrast
}

/// What was tested: how the sides go together, and how many there are of what.
struct Tested {
    design: Design,
    unit: Unit,
    n: [usize; 2],
}

fn of_outcome(
    asked: &Asked,
    task: &str,
    scope: &Scope,
    outcome: &Outcome<TTest>,
    kind: TestKind,
    Tested { design, unit, n }: Tested,
) -> Contrast {
    let confidence = asked.options.confidence;
    let difference = Estimate::of_t(outcome, confidence, &kind.name());
    let question =
        format!("{} against {} on {}", asked.level, asked.reference, scope.of_task(task));
    let family = scope.family(asked, "single tasks");
    let mut test = Test::new(&family, question, kind, unit, sizes(n))
        .estimating(difference.point())
        .noting(outcome.note());
    if let Some(t) = outcome.value() {
        test = test.found(t.p, t_words(t));
    }
    let standard_error = standard_error(outcome, confidence);
    Contrast {
        task: task.into(),
        scope: scope.clone(),
        level: asked.level.into(),
        reference: asked.reference.into(),
        design,
        n,
        unit,
        by_seed: BTreeMap::new(),
        difference,
        df: outcome.value().map(|t| t.df).filter(|_| standard_error.is_some()),
        standard_error,
        test,
        equivalence_p: equivalence::of_t(outcome, asked.options),
        verdict: None,
        notes: Vec::new(),
    }
}

/// The t test of both sides.
fn t(samples: &Samples, confidence: f64) -> Outcome<TTest> {
    let two = Alternative::TwoSided;
    let outcome = match &samples.sides {
        Sides::Values { level, reference } if samples.design == Design::Paired => {
            paired(level, reference, two, confidence)
        }
        Sides::Values { level, reference } => welch(level, reference, two, confidence),
        Sides::Partial { level, reference, only_level, only_reference } => {
            partially_overlapping(level, reference, only_level, only_reference, two, confidence)
                .map(|found| found.test)
        }
        Sides::Summaries { .. } => Outcome::undefined("there are no seeds"),
    };
    let values = samples.sides.values().unwrap_or_default();
    settled(outcome, scale(values.iter().flatten()))
}

/// The standard error of the estimate. Without an ordinary test the spread is 0 or
/// unknown: no weight follows.
fn standard_error(outcome: &Outcome<TTest>, confidence: f64) -> Option<f64> {
    let t = outcome.value()?;
    // An estimate of 0 has a t of 0: the interval then tells the error.
    let half = (t.ci_high - t.ci_low) / 2.0;
    let error = half / student_t::quantile(0.5 + confidence / 2.0, t.df);
    Some(error).filter(|error| *error > 0.0 && error.is_finite())
}

/// One seed on a side has a difference without a test.
fn plain_difference(sides: &Sides) -> Option<f64> {
    let [level, reference] = sides.values()?;
    Some(mean(&level) - mean(&reference)).filter(|d| d.is_finite())
}
