//! What a claim is judged on: which blocks and seeds count, and why others do
//! not.
//!
//! 1. A block with fewer than two runs on a side is left out. A lost run costs
//!    its block, not the claim.
//! 2. Each block has the design that the tables give it
//!    ([`crate::compare::design`]). Where at least half of the blocks are paired by
//!    seeds, the other blocks are left out.
//! 3. Values are averaged over the blocks within each seed, so that what blocks of
//!    one seed share stays in one number: paired differences, or each side by
//!    itself. A seed counts with all blocks or not at all: a mean over those that
//!    it happens to have would compare blocks, not sides. Where fewer than two
//!    paired seeds are in every block, the blocks that lack the two commonest are
//!    left out, as long as half of them stay.
//! 4. Blocks without seeds in common have independent runs: the mean of their
//!    differences is tested, blocks being strata ([`crate::stats::strata`]).
//!
//! Test cases have rules of their own ([`super::over_cases`]).
//!
//! One block alone is tested exactly as its row of the table. Whatever is left out
//! is named. Cost O(blocks seeds log seeds).

use std::collections::BTreeMap;

use super::blocks::{Block, merged};
use super::over_cases::{evidence_over_cases, is_over_cases};
use crate::compare::TestKind;
use crate::compare::design::{Samples, Sides, samples};
use crate::compare::seed_test::t_estimate;
use crate::compare::types::{CompareOptions, Design};
use crate::scores::{Cell, Unit};
use crate::spec::{DesignChoice, TestFamily};
use crate::stats::describe::mean;
use crate::stats::ranks::differences;
use crate::stats::strata::Stratum;

/// Names of blocks that a note lists before it counts the others.
const MOST_NAMES: usize = 8;

/// How blocks become samples.
#[derive(Clone, Copy, Debug)]
pub(super) struct Manner {
    pub(super) design: DesignChoice,
    pub(super) family: TestFamily,
}

/// The data of a claim.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Evidence {
    /// Seeds that every block has on both sides, with the difference of each,
    /// averaged over the blocks.
    Seeds { seeds: Vec<u64>, differences: Vec<f64> },
    /// One block whose sides share no seeds or not all, or are known by summaries
    /// alone.
    Apart(Sides),
    /// Several blocks: difference and standard error of each.
    Strata(Vec<Stratum>),
    /// Over test cases: an estimate with its standard error, normal where it has no
    /// degrees of freedom, by the test of the table.
    Estimate { value: f64, error: f64, df: Option<f64>, kind: TestKind, n: usize },
}

/// The data of a claim with the blocks behind them.
#[derive(Clone, Debug)]
pub(super) struct Basis {
    pub(super) evidence: Evidence,
    pub(super) blocks: Vec<Block>,
    /// What was left out.
    pub(super) notes: Vec<String>,
}

impl Evidence {
    /// Number of seeds or blocks, per side where they differ.
    pub(super) fn n(&self) -> String {
        match self {
            Self::Seeds { seeds, .. } => seeds.len().to_string(),
            Self::Apart(sides) => match sides.n() {
                [x, y] if x == y => x.to_string(),
                [x, y] => format!("{x}, {y}"),
            },
            Self::Strata(strata) => format!("{} blocks", strata.len()),
            Self::Estimate { n, .. } => n.to_string(),
        }
    }
}

impl Basis {
    /// What is counted.
    pub(super) fn unit(&self) -> Unit {
        self.blocks.first().map(|block| block.level.unit).unwrap_or_default()
    }

    /// Whether some runs have a partner of their seed and others none.
    pub(super) fn is_partly_paired(&self) -> bool {
        self.blocks.iter().any(|block| {
            let shared = shared_seeds(std::slice::from_ref(block)).len();
            shared >= 2 && [&block.level, &block.reference].iter().any(|c| c.seeds.len() > shared)
        })
    }

    /// Whether both sides are the same runs in every block.
    pub(super) fn is_same_twice(&self) -> bool {
        self.blocks.iter().all(|Block { level, reference, .. }| {
            level.values.len() > 1 && level.values == reference.values
        })
    }
}

/// The evidence of some blocks, or why there is none; `alone` are blocks that
/// have one side only.
pub(super) fn evidence(
    blocks: Vec<Block>,
    alone: &[String],
    manner: Manner,
    options: &CompareOptions,
) -> Result<Basis, String> {
    if blocks.is_empty() {
        return Err("no results have both sides of the claim where all else is the same".into());
    }
    let mut notes = Vec::new();
    leave_out(&mut notes, alone, "for one side has no runs there");
    if is_over_cases(&blocks) {
        return evidence_over_cases(blocks, notes, manner, options);
    }
    let (blocks, few): (Vec<Block>, Vec<Block>) =
        blocks.into_iter().partition(|block| runs(block).iter().all(|n| *n >= 2));
    let few: Vec<String> = few.iter().map(with_runs).collect();
    if blocks.is_empty() {
        return Err(format!("no block has two runs on each side: {}", listed(&few)));
    }
    leave_out(&mut notes, &few, "for fewer than two runs on a side");
    let paired = |block: &Block| {
        sampled(block, manner).design == Design::Paired
            && shared_seeds(std::slice::from_ref(block)).len() >= 2
    };
    let count = blocks.iter().filter(|block| paired(block)).count();
    if count == 0 || count * 2 < blocks.len() {
        return apart(blocks, notes, manner, options);
    }
    let (blocks, others): (Vec<Block>, Vec<Block>) = blocks.into_iter().partition(paired);
    let why = "for their sides are not paired by seeds, as those of other blocks are";
    leave_out(&mut notes, &names(&others), why);
    let Some((blocks, dropped)) = with_common_seeds(&blocks) else {
        notes.push("the blocks have no two paired seeds in common".into());
        return apart(blocks, notes, manner, options);
    };
    let why = "for lacking the seeds that the other blocks share";
    leave_out(&mut notes, &names(&dropped), why);
    let seeds = shared_seeds(&blocks);
    notes.extend(lost(&blocks, &seeds, "seeds without a run on each side of every block"));
    let differences = seeds.iter().map(|seed| mean_difference(&blocks, *seed)).collect();
    Ok(Basis { evidence: Evidence::Seeds { seeds, differences }, blocks, notes })
}

fn leave_out(notes: &mut Vec<String>, names: &[String], why: &str) {
    if !names.is_empty() {
        notes.push(format!("left out, {why}: {}", listed(names)));
    }
}

/// The samples of a block, as the tables have them.
pub(super) fn sampled(block: &Block, manner: Manner) -> Samples {
    samples(&block.level, &block.reference, manner.design, manner.family)
}

/// Blocks that are not paired, or have no paired seeds in common.
fn apart(
    blocks: Vec<Block>,
    mut notes: Vec<String>,
    manner: Manner,
    options: &CompareOptions,
) -> Result<Basis, String> {
    if let Some(merged) = merged(&blocks) {
        let used = [&merged.level, &merged.reference].map(|cell| cell.seeds.clone()).concat();
        notes.extend(lost(&blocks, &used, "seeds that a side lacks in a block"));
        notes.extend(sampled(&merged, manner).notes);
        let evidence = paired_evidence(&merged, manner)?;
        return Ok(Basis { evidence, blocks, notes });
    }
    let of = |block: &Block| effect(&sampled(block, manner));
    let (weighed, flat): (Vec<Block>, Vec<Block>) =
        blocks.into_iter().partition(|block| of(block).is_some());
    leave_out(&mut notes, &names(&flat), "for they have no standard error");
    if weighed.len() < 2 {
        let Basis { evidence, blocks, notes: more } = evidence(weighed, &[], manner, options)
            .map_err(|_| format!("no block has a standard error: {}", listed(&names(&flat))))?;
        notes.extend(more);
        return Ok(Basis { evidence, blocks, notes });
    }
    let strata: Vec<Stratum> = weighed.iter().filter_map(of).collect();
    Ok(Basis { evidence: Evidence::Strata(strata), blocks: weighed, notes })
}

/// The evidence of one block by its design.
pub(super) fn paired_evidence(block: &Block, manner: Manner) -> Result<Evidence, String> {
    let samples = sampled(block, manner);
    if samples.sides.n().iter().any(|n| *n < 2) {
        return Err(format!("too few runs: {}", samples.why));
    }
    Ok(match samples.sides {
        Sides::Values { level, reference } if samples.design == Design::Paired => {
            let seeds = shared_seeds(std::slice::from_ref(block));
            Evidence::Seeds { seeds, differences: differences(&level, &reference) }
        }
        sides => Evidence::Apart(sides),
    })
}

/// The blocks that have two seeds in common, at least half of them, and the
/// others; none where there are no such seeds.
fn with_common_seeds(blocks: &[Block]) -> Option<(Vec<Block>, Vec<Block>)> {
    if shared_seeds(blocks).len() >= 2 {
        return Some((blocks.to_vec(), Vec::new()));
    }
    let mut counts: BTreeMap<u64, usize> = BTreeMap::new();
    for block in blocks {
        for seed in shared_seeds(std::slice::from_ref(block)) {
            *counts.entry(seed).or_default() += 1;
        }
    }
    let mut seeds: Vec<(u64, usize)> = counts.into_iter().collect();
    // Stable: of equally common seeds the smaller comes first.
    seeds.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let commonest: Vec<u64> = seeds.iter().take(2).map(|(seed, _)| *seed).collect();
    let has = |block: &Block| commonest.iter().all(|seed| has_pair(block, *seed));
    let (kept, dropped): (Vec<Block>, Vec<Block>) = blocks.iter().cloned().partition(has);
    (!kept.is_empty() && kept.len() * 2 >= blocks.len()).then_some((kept, dropped))
}

/// Seeds with a run in some block that do not count.
fn lost(blocks: &[Block], used: &[u64], which: &str) -> Option<String> {
    let cells = blocks.iter().flat_map(|block| [&block.level, &block.reference]);
    let mut seeds: Vec<u64> = cells.flat_map(|cell| cell.seeds.iter().copied()).collect();
    seeds.sort_unstable();
    seeds.dedup();
    seeds.retain(|seed| !used.contains(seed));
    let names: Vec<String> = seeds.iter().map(ToString::to_string).collect();
    (!names.is_empty()).then(|| format!("{which} count in none: {}", listed(&names)))
}

fn names(blocks: &[Block]) -> Vec<String> {
    blocks.iter().map(|block| block.name.clone()).collect()
}

fn listed(names: &[String]) -> String {
    let shown = names[..names.len().min(MOST_NAMES)].join("; ");
    match names.len().saturating_sub(MOST_NAMES) {
        0 => shown,
        further => format!("{shown}; and {further} more"),
    }
}

/// `findings / 10 % (3 and 1 runs)`.
fn with_runs(block: &Block) -> String {
    let [level, reference] = runs(block);
    format!("{} ({level} and {reference} runs)", block.name)
}

fn runs(block: &Block) -> [usize; 2] {
    [&block.level, &block.reference].map(|cell| cell.summarized().n)
}

/// A side of which means alone are known has no seeds.
fn has_pair(block: &Block, seed: u64) -> bool {
    block.level.value_of(seed).is_some() && block.reference.value_of(seed).is_some()
}

fn shared_seeds(blocks: &[Block]) -> Vec<u64> {
    let Some(first) = blocks.first() else { return Vec::new() };
    let everywhere = |seed: &u64| blocks.iter().all(|block| has_pair(block, *seed));
    first.level.seeds.iter().copied().filter(everywhere).collect()
}

fn mean_difference(blocks: &[Block], seed: u64) -> f64 {
    let side = |of: fn(&Block) -> &Cell| -> Vec<f64> {
        blocks.iter().filter_map(|block| of(block).value_of(seed)).collect()
    };
    mean(&differences(&side(|b| &b.level), &side(|b| &b.reference)))
}

/// Difference of a block with its standard error, by the t test of its design;
/// none without spread.
pub(super) fn effect(samples: &Samples) -> Option<Stratum> {
    let (difference, error, df) = t_estimate(samples)?;
    Some(Stratum { difference, variance: error * error, df })
}

/// The same of the blocks that count, for pooling; paired where seeds are shared.
pub(super) fn effects(blocks: &[Block]) -> Vec<Stratum> {
    let manner = Manner { design: DesignChoice::Auto, family: TestFamily::T };
    blocks.iter().filter_map(|block| effect(&sampled(block, manner))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const AUTO: Manner = Manner { design: DesignChoice::Auto, family: TestFamily::T };

    fn block(name: &str, level: &[(u64, f64)], reference: &[(u64, f64)]) -> Block {
        let cell = |runs: &[(u64, f64)]| {
            let (seeds, values) = runs.iter().copied().unzip();
            Cell { seeds, values, ..Cell::default() }
        };
        let (level, reference) = (cell(level), cell(reference));
        Block { task: name.into(), name: name.into(), level, reference }
    }

    fn full(name: &str, seeds: &[u64]) -> Block {
        let runs = |shift: f64| -> Vec<(u64, f64)> {
            let value = |seed: u64| shift + 0.01 * (seed as f64) * (1.0 + shift);
            seeds.iter().map(|seed| (*seed, value(*seed))).collect()
        };
        block(name, &runs(0.1), &runs(0.0))
    }

    fn of(blocks: Vec<Block>) -> Basis {
        evidence(blocks, &[], AUTO, &CompareOptions::default()).expect("evidence")
    }

    #[test]
    fn a_lost_run_costs_its_block() {
        let lost = block("c", &[(0, 0.7), (1, 0.7), (2, 0.7)], &[(0, 0.6)]);
        let basis = of(vec![full("a", &[0, 1, 2]), full("b", &[0, 1, 2]), lost.clone()]);
        assert_eq!((basis.evidence.n().as_str(), basis.blocks.len()), ("3", 2));
        assert_eq!(basis.notes, ["left out, for fewer than two runs on a side: c (3 and 1 runs)"]);
        let error =
            evidence(vec![lost], &[], AUTO, &CompareOptions::default()).expect_err("nothing left");
        assert!(error.contains("two runs on each side: c"), "{error}");
    }

    #[test]
    fn a_lost_seed_counts_in_no_block() {
        let basis = of(vec![full("a", &[0, 1, 2, 3]), full("b", &[0, 2, 3])]);
        let Evidence::Seeds { seeds, .. } = &basis.evidence else { panic!("{basis:?}") };
        assert_eq!(seeds, &[0, 2, 3]);
        assert!(basis.notes[0].ends_with("count in none: 1"), "{:?}", basis.notes);
    }

    #[test]
    fn mixed_designs_go_with_the_majority() {
        let apart = |name| block(name, &[(0, 0.7), (1, 0.8)], &[(5, 0.6), (6, 0.61)]);
        let basis = of(vec![full("a", &[0, 1]), apart("b")]);
        assert!(matches!(&basis.evidence, Evidence::Seeds { seeds, .. } if seeds.len() == 2));
        assert!(basis.notes[0].contains("not paired by seeds") && basis.notes[0].ends_with(": b"));
        let basis = of(vec![full("a", &[0, 1]), apart("b"), apart("c")]);
        assert_eq!((basis.evidence.n().as_str(), basis.notes.len()), ("3 blocks", 0));
        assert!(matches!(of(vec![apart("b")]).evidence, Evidence::Apart(_)));
    }

    /// Seeds stay the replications: what blocks of one seed share is averaged
    /// first, whatever the design.
    #[test]
    fn sides_are_averaged_over_blocks_within_each_seed() {
        let half = |name: &str, shift: f64| {
            let runs = |seeds: std::ops::Range<u64>, base: f64| -> Vec<(u64, f64)> {
                seeds.map(|seed| (seed, base + shift + 0.01 * seed as f64)).collect()
            };
            block(name, &runs(0..5, 0.7), &runs(3..8, 0.6))
        };
        let basis = of(vec![half("a", 0.0), half("b", 0.1)]);
        let Evidence::Apart(Sides::Partial { level, only_reference, .. }) = &basis.evidence else {
            panic!("{basis:?}")
        };
        assert!((level[0] - 0.78).abs() < 1e-12 && only_reference.len() == 3);
        let apart = |name| block(name, &[(0, 0.7), (1, 0.8)], &[(5, 0.6), (6, 0.61), (7, 0.6)]);
        let basis = of(vec![apart("a"), apart("b")]);
        assert_eq!(basis.evidence.n(), "2, 3");
    }

    #[test]
    fn blocks_without_the_common_seeds_are_left_out_or_all_are_effects() {
        let basis = of(vec![full("a", &[0, 1]), full("b", &[0, 1, 2]), full("c", &[2, 3])]);
        assert_eq!((basis.evidence.n().as_str(), basis.blocks.len()), ("2", 2));
        assert!(basis.notes[0].contains("lacking the seeds") && basis.notes[0].ends_with(": c"));
        let basis = of(vec![full("a", &[0, 1]), full("b", &[2, 3]), full("c", &[4, 5])]);
        assert_eq!(basis.evidence.n(), "3 blocks");
        assert!(basis.notes[0].contains("no two paired seeds in common"), "{:?}", basis.notes);
    }

    #[test]
    fn long_lists_are_counted() {
        let names: Vec<String> = (0..10).map(|i| i.to_string()).collect();
        assert!(listed(&names).ends_with("7; and 2 more"));
        assert_eq!(listed(&names[..2]), "0; 1");
    }
}
