//! Seeds and cases redrawn: by scoring the redrawn cases, or to first order.

use rayon::prelude::*;

use super::parts::{LevelParts, Reader};
use crate::scores::{CaseRun, CaseSource, RunKey};
use crate::stats::bootstrap::{
    CaseDraw, Design, Hierarchical, Levels, LinearRun, Strata, hierarchical, hierarchical_linear,
};

/// Resamples, where the work allows it.
const RESAMPLES: usize = 1000;
/// Fewer would say nothing about a 95 % interval.
const FEWEST_RESAMPLES: usize = 200;
/// Scores that one block may read again: about ten seconds on one core.
const MOST_SCORES: f64 = 4e8;
/// Contributions that one block may add up: about ten seconds on one core.
const MOST_PARTS: f64 = 3e10;

/// Redrawn means of all levels.
pub(super) enum Redrawn {
    /// Cases alone and both, each resample scored.
    Scored { cases: Hierarchical, both: Hierarchical },
    /// Both, to first order in the cases; cases alone need no resamples then.
    FirstOrder { both: Hierarchical },
}

/// How often every run can be scored again; `None` where that is too seldom.
pub(super) fn affordable(runs: usize, classes: usize, cases: usize) -> Option<usize> {
    let per_resample = (runs * classes * cases).max(1) as f64;
    let affordable = (MOST_SCORES / per_resample) as usize;
    (affordable >= FEWEST_RESAMPLES).then(|| affordable.min(RESAMPLES))
}

/// How often contributions can be added up; never too seldom.
pub(super) fn affordable_first_order(runs: usize, units: usize) -> usize {
    let per_resample = (runs * units).max(1) as f64;
    ((MOST_PARTS / per_resample) as usize).clamp(FEWEST_RESAMPLES, RESAMPLES)
}

/// Scores every run on every resample's cases.
pub(super) fn scored<S: CaseSource>(
    reader: &Reader<'_, S>,
    keys: &[Vec<&RunKey>],
    resamples: usize,
    seed: u64,
) -> Result<Redrawn, String> {
    let runs: Vec<Vec<CaseRun>> = keys
        .par_iter()
        .map(|keys| keys.iter().map(|key| reader.load(key)).collect())
        .collect::<Result<_, String>>()?;
    let members = reader.units.members();
    let redraw = |levels: Levels| {
        let design = design(keys.len(), keys[0].len(), members.len(), levels);
        hierarchical(&design, resamples, seed, |level, run, drawn| {
            let cases: Vec<usize> =
                drawn.iter().flat_map(|unit| members[*unit].iter().copied()).collect();
            reader.score.on(&runs[level][run], &cases)
        })
    };
    Ok(Redrawn::Scored { cases: redraw(Levels::Cases), both: redraw(Levels::Both) })
}

/// Adds up the contributions of every resample's cases.
pub(super) fn first_order(
    levels: &[LevelParts],
    units: usize,
    resamples: usize,
    seed: u64,
) -> Redrawn {
    let seeds = levels.first().map_or(0, |level| level.runs.len());
    let runs: Vec<Vec<LinearRun<'_>>> = levels
        .iter()
        .map(|level| {
            level.runs.iter().map(|r| LinearRun { value: r.value, parts: &r.parts }).collect()
        })
        .collect();
    let design = design(levels.len(), seeds, units, Levels::Both);
    Redrawn::FirstOrder { both: hierarchical_linear(&design, &runs, resamples, seed) }
}

fn design(levels: usize, seeds: usize, units: usize, drawn: Levels) -> Design {
    Design {
        runs: vec![seeds; levels],
        paired_runs: true,
        cases: Strata::whole(units),
        case_draw: CaseDraw::Shared,
        levels: drawn,
    }
}
