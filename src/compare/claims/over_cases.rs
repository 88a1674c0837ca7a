//! The evidence of claims about test cases.
//!
//! Cases are the replications, and belong to one task: the third case of a task
//! and the third of another have nothing in common. One block is tested as its
//! row of the table by the t test, DeLong's or the bootstrap; patients stay
//! together. Blocks of one test set are averaged case by case first; scores of a
//! whole test set cannot be, and such a claim has to name one block of each.
//! Tasks are independent strata ([`crate::stats::strata`]). Cost O(cases).

use super::blocks::{Block, merged};
use super::evidence::{Basis, Evidence, Manner, effect, paired_evidence, sampled};
use crate::compare::case_test::{self, CaseTest};
use crate::compare::types::CompareOptions;
use crate::scores::Unit;
use crate::spec::TestFamily;
use crate::stats::strata::Stratum;

/// Degrees of freedom in the place of the normal distribution.
const NORMAL: f64 = 1e9;

pub(super) fn is_over_cases(blocks: &[Block]) -> bool {
    blocks.iter().any(|block| block.level.unit == Unit::Cases)
}

/// The evidence of blocks over cases, or why there is none.
pub(super) fn evidence_over_cases(
    blocks: Vec<Block>,
    notes: Vec<String>,
    manner: Manner,
    options: &CompareOptions,
) -> Result<Basis, String> {
    let mut tasks: Vec<Vec<Block>> = Vec::new();
    for block in &blocks {
        match tasks.iter_mut().find(|of| of[0].task == block.task) {
            Some(of) => of.push(block.clone()),
            None => tasks.push(vec![block.clone()]),
        }
    }
    let tasks: Vec<Block> = tasks.iter().map(|of| of_task(of)).collect::<Result<_, _>>()?;
    let evidence = match &tasks[..] {
        [only] => of_block(only, manner, options)?,
        several => {
            let strata = several.iter().map(|block| {
                stratum(block, manner, options)
                    .ok_or_else(|| format!("{} has no standard error over its cases", block.name))
            });
            Evidence::Strata(strata.collect::<Result<_, _>>()?)
        }
    };
    Ok(Basis { evidence, blocks, notes })
}

/// One block for a task.
fn of_task(blocks: &[Block]) -> Result<Block, String> {
    let [first, ..] = blocks else { return Err("there is no block".into()) };
    if blocks.len() == 1 {
        return Ok(first.clone());
    }
    let cells = || blocks.iter().flat_map(|block| [&block.level, &block.reference]);
    let alike = cells().all(|cell| cell.seeds == first.level.seeds && cell.over_cases.is_none());
    merged(blocks).filter(|_| alike).ok_or_else(|| {
        format!(
            "{} blocks of {} are scores of one test set, or of different cases of it, and cannot be \
             averaged case by case: name one of them in `at`",
            blocks.len(),
            first.task
        )
    })
}

/// The test of the table, where it is another one than that over seeds.
fn tested(block: &Block, manner: Manner, options: &CompareOptions) -> Option<CaseTest> {
    let options = CompareOptions { test: TestFamily::T, ..options.clone() };
    let cells = [&block.level, &block.reference];
    let samples = case_test::samples_of(cells[0], cells[1])
        .unwrap_or_else(|| sampled(block, Manner { family: TestFamily::T, ..manner }));
    case_test::tested(cells, &samples, &options, options.confidence)
}

fn of_block(block: &Block, manner: Manner, options: &CompareOptions) -> Result<Evidence, String> {
    let Some(found) = tested(block, manner, options) else {
        if block.level.values.len() < 2 {
            return Err("how this score would vary with the test cases is not known here".into());
        }
        return paired_evidence(block, manner);
    };
    let (value, error, df) = found
        .estimated()
        .ok_or_else(|| found.test.notes.first().cloned().unwrap_or_else(|| "no spread".into()))?;
    let units = case_test::counted(&block.level, &block.reference);
    let n = units.map_or(block.level.values.len(), |[units, _]| units);
    Ok(Evidence::Estimate { value, error, df, kind: found.test.kind, n })
}

fn stratum(block: &Block, manner: Manner, options: &CompareOptions) -> Option<Stratum> {
    let Some(found) = tested(block, manner, options) else {
        return effect(&sampled(block, manner));
    };
    let (difference, error, df) = found.estimated()?;
    Some(Stratum { difference, variance: error * error, df: df.unwrap_or(NORMAL) })
}
