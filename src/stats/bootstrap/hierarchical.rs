//! Bootstrap over two sources of variance: runs (seeds) and test cases.
//!
//! A score of one run on some test cases (its AUC on them, say) is averaged
//! over the runs of a model. A resample redraws the runs with replacement and,
//! for each, the test cases. Several models are resampled together: all see the
//! same redrawn cases, and with [`Design::paired_runs`] the same redrawn seeds,
//! so differences between models keep their pairs.
//!
//! *Which cases a run sees.* When all runs are tested on one test set (the
//! usual design: runs and cases are crossed), the error that the choice of test
//! cases brings is common to all runs, and does not shrink with more of them.
//! [`CaseDraw::Shared`] therefore redraws the cases once per resample for all
//! runs (the pigeonhole bootstrap of Owen 2007). [`CaseDraw::PerRun`] redraws
//! them anew for each run: right when each run has its own test cases (cross
//! validation), and far too narrow when it has not. [`Levels`] keeps the
//! sources apart: runs only, cases only, or both.
//!
//! Assumes runs exchangeable within a model and cases independent within
//! strata. Redrawing `k` runs understates their variance by the factor
//! `(k - 1) / k`: with 3 seeds a third is missing; the interval then
//! under-covers. No model, a model without runs, or no cases: undefined
//! intervals. Percentile and basic intervals only. Cost O(B) times one
//! statistic per model and distinct run in the resample.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::distribution::Bootstrap;
use super::draw::{Draws, Strata};

/// Whether the runs of a resample see the same redrawn cases.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CaseDraw {
    /// All runs are tested on one test set.
    #[default]
    Shared,
    /// Each run has test cases of its own.
    PerRun,
}

/// What is redrawn; the rest stays as it was observed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Levels {
    /// Runs and test cases.
    #[default]
    Both,
    /// Runs: what another set of seeds would have given on these cases.
    Runs,
    /// Test cases: what these runs would have given on another test set.
    Cases,
}

/// Models, their runs and the test cases.
#[derive(Clone, Debug, PartialEq)]
pub struct Design {
    /// Number of runs of each model.
    pub runs: Vec<usize>,
    /// Run `r` of every model has the same seed; the first model's number of
    /// runs counts for all, and models must have as many.
    pub paired_runs: bool,
    /// The test cases, all models' and runs' alike.
    pub cases: Strata,
    /// Whether runs share the redrawn cases.
    pub case_draw: CaseDraw,
    /// What is redrawn.
    pub levels: Levels,
}

/// Resampled mean scores of several models, resample by resample.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hierarchical {
    estimates: Vec<f64>,
    /// Per resample, one value per model.
    resampled: Vec<Vec<f64>>,
}

/// Resamples `score(model, run, cases)`, averaged over runs.
pub fn hierarchical(
    design: &Design,
    resamples: usize,
    seed: u64,
    score: impl Fn(usize, usize, &[usize]) -> f64 + Sync,
) -> Hierarchical {
    if !usable(design) {
        return Hierarchical { estimates: Vec::new(), resampled: Vec::new() };
    }
    let all: Vec<usize> = (0..design.cases.len()).collect();
    let observed = |model: usize| {
        let sum: f64 = (0..design.runs[model]).map(|run| score(model, run, &all)).sum();
        sum / design.runs[model] as f64
    };
    let estimates = (0..design.runs.len()).map(observed).collect();
    let resampled = (0..resamples)
        .into_par_iter()
        .map(|b| resample(design, &all, &mut Draws::of(seed, b), &score))
        .collect();
    Hierarchical { estimates, resampled }
}

pub(super) fn usable(design: &Design) -> bool {
    let first = design.runs.first().copied().unwrap_or(0);
    first > 0
        && !design.cases.is_empty()
        && design.runs.iter().all(|n| *n > 0 && (!design.paired_runs || *n == first))
}

fn resample(
    design: &Design,
    all: &[usize],
    draws: &mut Draws,
    score: &(impl Fn(usize, usize, &[usize]) -> f64 + Sync),
) -> Vec<f64> {
    let runs = drawn_runs(design, draws);
    let draw_sets = match design.case_draw {
        CaseDraw::Shared => 1,
        CaseDraw::PerRun => design.runs.iter().copied().max().unwrap_or(1),
    };
    let cases: Vec<Vec<usize>> = (0..draw_sets)
        .map(|_| {
            let mut drawn = Vec::new();
            match design.levels {
                Levels::Runs => drawn.extend_from_slice(all),
                Levels::Both | Levels::Cases => design.cases.resample(draws, &mut drawn),
            }
            drawn
        })
        .collect();
    runs.iter().enumerate().map(|(model, runs)| mean_score(model, runs, &cases, score)).collect()
}

/// The runs of each model in a resample; drawn before its cases.
pub(super) fn drawn_runs(design: &Design, draws: &mut Draws) -> Vec<Vec<usize>> {
    let mut runs: Vec<Vec<usize>> = Vec::with_capacity(design.runs.len());
    for n in &design.runs {
        let drawn = match runs.first() {
            Some(first) if design.paired_runs => first.clone(),
            _ if design.levels == Levels::Cases => (0..*n).collect(),
            _ => {
                let mut drawn = Vec::with_capacity(*n);
                draws.indices(*n, *n, |run| drawn.push(run));
                drawn
            }
        };
        runs.push(drawn);
    }
    runs
}

/// Mean over the drawn runs; a run drawn twice on the same cases is scored once.
fn mean_score(
    model: usize,
    runs: &[usize],
    cases: &[Vec<usize>],
    score: &(impl Fn(usize, usize, &[usize]) -> f64 + Sync),
) -> f64 {
    let sum: f64 = if let [shared] = cases {
        let mut sorted = runs.to_vec();
        sorted.sort_unstable();
        sorted
            .chunk_by(|a, b| a == b)
            .map(|same| same.len() as f64 * score(model, same[0], shared))
            .sum()
    } else {
        runs.iter().zip(cases).map(|(run, cases)| score(model, *run, cases)).sum()
    };
    sum / runs.len() as f64
}

impl Hierarchical {
    /// Of estimates per model, and of resamples of them.
    pub(super) fn new(estimates: Vec<f64>, resampled: Vec<Vec<f64>>) -> Self {
        Self { estimates, resampled }
    }

    /// The mean score of one model.
    pub fn model(&self, model: usize) -> Bootstrap {
        self.contrast(|means| means.get(model).copied().unwrap_or(f64::NAN))
    }

    /// The mean score of model `a` minus that of `b`, in the same resamples.
    pub fn difference(&self, a: usize, b: usize) -> Bootstrap {
        self.contrast(|means| match (means.get(a), means.get(b)) {
            (Some(a), Some(b)) => a - b,
            _ => f64::NAN,
        })
    }

    /// Any function of the models' mean scores.
    pub fn contrast(&self, of: impl Fn(&[f64]) -> f64) -> Bootstrap {
        let resampled = self.resampled.iter().map(|means| of(means)).collect();
        Bootstrap::from_resamples(of(&self.estimates), resampled)
    }
}

#[cfg(test)]
mod tests {
    use super::super::distribution::Method;
    use super::*;
    use proptest::prelude::*;

    const RUNS: usize = 6;
    const CASES: usize = 40;

    /// Two models on the same runs and cases; model 1 is better by 1 everywhere.
    fn score(model: usize, run: usize, cases: &[usize]) -> f64 {
        let case = |i: usize| (i * 7 % 11) as f64 / 10.0;
        let mean = cases.iter().map(|i| case(*i)).sum::<f64>() / cases.len() as f64;
        model as f64 + mean + (run * 3 % 5) as f64
    }

    fn design(levels: Levels, case_draw: CaseDraw) -> Design {
        Design {
            runs: vec![RUNS; 2],
            paired_runs: true,
            cases: Strata::whole(CASES),
            case_draw,
            levels,
        }
    }

    fn variance(design: &Design) -> f64 {
        hierarchical(design, 3000, 1, score).model(0).standard_error().powi(2)
    }

    #[test]
    fn the_variances_of_runs_and_cases_add_up() {
        let runs = variance(&design(Levels::Runs, CaseDraw::Shared));
        let cases = variance(&design(Levels::Cases, CaseDraw::Shared));
        let both = variance(&design(Levels::Both, CaseDraw::Shared));
        assert!((both / (runs + cases) - 1.0).abs() < 0.1, "{both} {runs} {cases}");
    }

    /// pitfall: test cases counted as runs, and intervals far too short.
    #[test]
    fn cases_of_each_run_are_averaged_out_and_shared_ones_are_not() {
        let shared = variance(&design(Levels::Cases, CaseDraw::Shared));
        let own = variance(&design(Levels::Cases, CaseDraw::PerRun));
        assert!((shared / own / RUNS as f64 - 1.0).abs() < 0.15, "{shared} {own}");
    }

    #[test]
    fn pairs_stay_pairs() {
        let drawn = hierarchical(&design(Levels::Both, CaseDraw::Shared), 200, 1, score);
        let difference = drawn.difference(1, 0);
        assert!((difference.estimate() - 1.0).abs() < 1e-12);
        assert!(difference.standard_error() < 1e-12);
        let unpaired = Design { paired_runs: false, ..design(Levels::Both, CaseDraw::Shared) };
        assert!(hierarchical(&unpaired, 200, 1, score).difference(1, 0).standard_error() > 0.1);
    }

    #[test]
    fn results_do_not_depend_on_threads() {
        let on = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("pool");
            pool.install(|| hierarchical(&design(Levels::Both, CaseDraw::Shared), 100, 9, score))
        };
        assert_eq!(on(1), on(3));
    }

    #[test]
    fn what_cannot_be_drawn_is_undefined() {
        for (runs, n) in [(vec![], 3), (vec![0, 2], 3), (vec![2, 3], 3), (vec![2, 2], 0)] {
            let design = Design {
                runs,
                paired_runs: true,
                cases: Strata::whole(n),
                case_draw: CaseDraw::Shared,
                levels: Levels::Both,
            };
            let drawn = hierarchical(&design, 10, 1, score).difference(0, 1);
            assert!(drawn.interval(Method::Percentile, 0.9).any().is_none());
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(values in prop::collection::vec(any::<f64>(), 1..5),
                          runs in prop::collection::vec(0usize..4, 0..3), paired: bool) {
            let design = Design {
                runs,
                paired_runs: paired,
                cases: Strata::whole(values.len()),
                case_draw: CaseDraw::PerRun,
                levels: Levels::Both,
            };
            let drawn = hierarchical(&design, 10, 1, |_, _, at| at.iter().map(|i| values[*i]).sum());
            for method in [Method::Percentile, Method::Basic, Method::Bca] {
                let _ = drawn.difference(0, 1).interval(method, 0.9);
                let _ = drawn.model(0).interval(method, 0.9);
            }
        }
    }
}
