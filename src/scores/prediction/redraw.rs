//! Metrics of all runs on the same resamples of their cases.
//!
//! Units (whole patients, where cases have patients) are drawn with replacement;
//! a resample is a count per case that all runs share, which makes every
//! difference a paired one. Resample `b` uses stream `b` of ChaCha8. Cost O(B n
//! runs classes): beyond what is affordable there are fewer resamples.

use rayon::prelude::*;

use super::prepared::Prepared;
use crate::stats::bootstrap::Draws;
use crate::stats::contributions::Units;

/// Resamples, where the work allows it.
const RESAMPLES: usize = 2000;
/// Fewer would say nothing about a 95 % interval.
const FEWEST: usize = 200;
/// Visits of a case that one task may cost: a few seconds on one core.
const MOST_VISITS: f64 = 1e9;

/// Per run and metric the score of each resample.
pub fn redraw(runs: &[Prepared], units: &Units, seed: u64) -> Vec<Vec<Vec<f64>>> {
    let visits = runs.iter().map(Prepared::visits).sum::<usize>().max(1) as f64;
    let resamples = ((MOST_VISITS / visits) as usize).clamp(FEWEST, RESAMPLES);
    let members = units.members();
    let one = |weights: &mut Vec<u32>, b: usize| -> Vec<Vec<f64>> {
        weights.fill(0);
        Draws::of(seed, b).indices(members.len(), members.len(), |unit| {
            for case in &members[unit] {
                weights[*case] += 1;
            }
        });
        runs.iter().map(|run| run.weighted(weights).to_vec()).collect()
    };
    let rows: Vec<Vec<Vec<f64>>> =
        (0..resamples).into_par_iter().map_init(|| vec![0; units.cases()], one).collect();
    let metrics = super::METRICS.len();
    (0..runs.len())
        .map(|run| (0..metrics).map(|at| rows.iter().map(|row| row[run][at]).collect()).collect())
        .collect()
}
