//! The hierarchical bootstrap of scores that are linear in the test cases.
//!
//! Scoring hundreds of runs on tens of thousands of redrawn cases a thousand
//! times over is out of reach when each score sorts its cases. To first order a
//! score on redrawn cases is its value plus the sum of the cases' contributions
//! ([`crate::stats::contributions`]), each as often as the case was drawn; a
//! resample is then a vector of counts, and all scores of all resamples are one
//! product of matrices. The draws are those of [`super::hierarchical()`] with the
//! same seed, shared by all runs, so that for a score that is linear (a mean
//! over cases) both give the same resamples.
//!
//! What is left out is of second order: for an AUC of `m` positives and `n`
//! negatives its share of the variance is of order `1 / min(m, n)`, so this is
//! for many cases. Contributions are scaled to the unbiased variance; redrawing
//! `k` runs still understates theirs by `(k - 1) / k`.
//!
//! Contributions are single precision and summed in blocks of fixed length:
//! results depend neither on threads nor on the machine. Other numbers of runs
//! or contributions than the design has: undefined intervals. Cost O(B r n) for
//! r runs of n cases, about a third of a nanosecond each.

use rayon::prelude::*;

use super::draw::Draws;
use super::hierarchical::{Design, Hierarchical, Levels, drawn_runs, usable};

/// Resamples that share one pass over the contributions.
const BATCH: usize = 8;
/// Cases of one block: counts of a batch and contributions stay in the cache.
const BLOCK: usize = 1024;
const LANES: usize = 8;

/// The score of one run and the contributions of the cases to it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LinearRun<'a> {
    /// The score on all cases.
    pub value: f64,
    /// One per case (or per patient, where patients are drawn).
    pub parts: &'a [f32],
}

/// Resamples the scores of `models`, each a list of runs. The design's runs
/// share their redrawn cases, whatever its `case_draw` says.
pub fn hierarchical_linear(
    design: &Design,
    models: &[Vec<LinearRun<'_>>],
    resamples: usize,
    seed: u64,
) -> Hierarchical {
    let n = design.cases.len();
    let fits = models.len() == design.runs.len()
        && models.iter().zip(&design.runs).all(|(runs, count)| runs.len() == *count)
        && models.iter().flatten().all(|run| run.parts.len() == n);
    if !usable(design) || !fits {
        return Hierarchical::new(Vec::new(), Vec::new());
    }
    let mean =
        |runs: &[LinearRun<'_>]| runs.iter().map(|run| run.value).sum::<f64>() / runs.len() as f64;
    let estimates = models.iter().map(|runs| mean(runs)).collect();
    let batches = resamples.div_ceil(BATCH);
    let resampled = (0..batches)
        .into_par_iter()
        .flat_map_iter(|batch| {
            let first = batch * BATCH;
            of_batch(design, models, first..(first + BATCH).min(resamples), seed)
        })
        .collect();
    Hierarchical::new(estimates, resampled)
}

/// Mean scores of every model in each resample of a batch.
fn of_batch(
    design: &Design,
    models: &[Vec<LinearRun<'_>>],
    batch: std::ops::Range<usize>,
    seed: u64,
) -> Vec<Vec<f64>> {
    let n = design.cases.len();
    let mut counts = vec![0.0f32; BATCH * n];
    let mut runs = Vec::with_capacity(BATCH);
    let mut cases = Vec::with_capacity(n);
    for (counts, b) in counts.chunks_exact_mut(n).zip(batch) {
        let mut draws = Draws::of(seed, b);
        runs.push(drawn_runs(design, &mut draws));
        if design.levels == Levels::Runs {
            // Contributions sum to 0: every case once changes nothing.
            continue;
        }
        design.cases.resample(&mut draws, &mut cases);
        for case in &cases {
            counts[*case] += 1.0;
        }
    }
    let shifts = shifts(models, &counts, n);
    runs.iter()
        .enumerate()
        .map(|(b, drawn)| {
            let mut offset = 0;
            let of_model = |(runs, drawn): (&Vec<LinearRun<'_>>, &Vec<usize>)| {
                let sum: f64 = drawn.iter().map(|r| runs[*r].value + shifts[offset + r][b]).sum();
                offset += runs.len();
                sum / drawn.len() as f64
            };
            models.iter().zip(drawn).map(of_model).collect()
        })
        .collect()
}

/// For each run, model by model, the sum of counts times contributions in each
/// resample.
fn shifts(models: &[Vec<LinearRun<'_>>], counts: &[f32], n: usize) -> Vec<[f64; BATCH]> {
    let runs: Vec<&[f32]> = models.iter().flatten().map(|run| run.parts).collect();
    let mut shifts = vec![[0.0; BATCH]; runs.len()];
    for begin in (0..n).step_by(BLOCK) {
        let end = (begin + BLOCK).min(n);
        let of_resample = |b: usize| &counts[b * n + begin..b * n + end];
        for (run, shifts) in runs.iter().zip(&mut shifts) {
            for (quarter, four) in shifts.chunks_exact_mut(4).enumerate() {
                let rows = [0, 1, 2, 3].map(|b| of_resample(4 * quarter + b));
                for (shift, sum) in four.iter_mut().zip(dots(&run[begin..end], rows)) {
                    *shift += f64::from(sum);
                }
            }
        }
    }
    shifts
}

/// Four dot products with one read of `x`; all slices are of its length. Eight
/// partial sums each leave the compiler free to use vectors.
fn dots(x: &[f32], rows: [&[f32]; 4]) -> [f32; 4] {
    let mut sums = [[0.0f32; LANES]; 4];
    let whole = x.len() / LANES * LANES;
    let mut chunks = rows.map(|row| row[..whole].chunks_exact(LANES));
    for x in x[..whole].chunks_exact(LANES) {
        for (sums, row) in sums.iter_mut().zip(&mut chunks) {
            let Some(row) = row.next() else { continue };
            for lane in 0..LANES {
                sums[lane] += x[lane] * row[lane];
            }
        }
    }
    let rest = |row: &[f32]| -> f32 {
        x[whole..].iter().zip(&row[whole..]).map(|(x, count)| x * count).sum()
    };
    [0, 1, 2, 3].map(|b| sums[b].iter().sum::<f32>() + rest(rows[b]))
}

#[cfg(test)]
mod tests {
    use super::super::distribution::Method;
    use super::super::draw::Strata;
    use super::super::hierarchical::{CaseDraw, hierarchical};
    use super::*;
    use crate::stats::contributions::{Units, of_mean};
    use crate::stats::describe::mean;

    const CASES: usize = 2500;

    /// Two models of three runs: one value per case each.
    fn values() -> Vec<Vec<Vec<f64>>> {
        let value = |model: usize, run: usize, case: usize| {
            ((case * 7919 + run * 31 + model * 104_729) % 997) as f64 / 997.0 + 0.1 * model as f64
        };
        let run = |model, run| (0..CASES).map(|case| value(model, run, case)).collect();
        (0..2).map(|model| (0..3).map(|r| run(model, r)).collect()).collect()
    }

    fn design(levels: Levels) -> Design {
        Design {
            runs: vec![3; 2],
            paired_runs: true,
            cases: Strata::whole(CASES),
            case_draw: CaseDraw::Shared,
            levels,
        }
    }

    /// With the unscaled contributions, those that resamples have exactly.
    fn parts(values: &[Vec<Vec<f64>>]) -> Vec<Vec<(f64, Vec<f32>)>> {
        let n = CASES as f64;
        let unscaled = ((n - 1.0) / n).sqrt();
        let of = |values: &Vec<f64>| {
            let found = of_mean(values, &Units::each(CASES));
            let found = found.value().expect("contributions");
            (found.value, found.parts.iter().map(|p| (p * unscaled) as f32).collect())
        };
        values.iter().map(|runs| runs.iter().map(of).collect()).collect()
    }

    fn linear(parts: &[Vec<(f64, Vec<f32>)>]) -> Vec<Vec<LinearRun<'_>>> {
        parts
            .iter()
            .map(|runs| {
                runs.iter().map(|(value, parts)| LinearRun { value: *value, parts }).collect()
            })
            .collect()
    }

    #[test]
    fn linear_scores_have_the_resamples_of_the_exact_bootstrap() {
        let values = values();
        let parts = parts(&values);
        for levels in [Levels::Both, Levels::Cases, Levels::Runs] {
            let exact = hierarchical(&design(levels), 21, 5, |model, run, cases| {
                mean(&cases.iter().map(|i| values[model][run][*i]).collect::<Vec<_>>())
            });
            let got = hierarchical_linear(&design(levels), &linear(&parts), 21, 5);
            let (got, exact) = (got.difference(1, 0), exact.difference(1, 0));
            assert_eq!(got.resampled().len(), 21);
            for (got, exact) in got.resampled().iter().zip(exact.resampled()) {
                assert!((got - exact).abs() < 1e-6, "{levels:?} {got} {exact}");
            }
        }
    }

    #[test]
    fn results_do_not_depend_on_threads() {
        let parts = parts(&values());
        let on = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("pool");
            pool.install(|| hierarchical_linear(&design(Levels::Both), &linear(&parts), 50, 9))
        };
        assert_eq!(on(1), on(3));
    }

    #[test]
    fn what_does_not_fit_the_design_is_undefined() {
        let parts = parts(&values());
        let models = linear(&parts);
        let few = Design { cases: Strata::whole(7), ..design(Levels::Both) };
        for (design, models) in [(&few, &models[..]), (&design(Levels::Both), &models[..1])] {
            let got = hierarchical_linear(design, models, 10, 1).difference(0, 1);
            assert!(got.interval(Method::Percentile, 0.9).any().is_none());
        }
    }
}
