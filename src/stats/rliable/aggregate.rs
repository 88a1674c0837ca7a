//! Mean, median, interquartile mean and optimality gap over runs and tasks.
//!
//! *Mean* and *median* are those of the tasks' mean scores. *Interquartile
//! mean*: the mean of all scores of all runs and tasks without the lowest and
//! highest `floor(N / 4)`, no fractional weights (as `scipy.stats.trim_mean`).
//! *Optimality gap*: `target - mean(min(score, target))` over all scores, the
//! amount by which they fall short of a target.
//!
//! Intervals: stratified percentile bootstrap, one set of resamples for all
//! four. With one run per task (or equal runs) every resample is the sample:
//! the interval is a degenerate point. A non-finite target leaves the
//! optimality gap not finite, and everything undefined. Ties do not matter.
//! Cost O(N) per resample of N scores.

use serde::{Deserialize, Serialize};

use super::scores::Scores;
use crate::stats::bootstrap::{Bootstrap, Draws, Method, redraw};
use crate::stats::describe::{mean, median};
use crate::stats::{Bounds, Outcome};
use rayon::prelude::*;

/// The four aggregates.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Aggregates {
    /// Mean of the tasks' means.
    pub mean: f64,
    /// Median of the tasks' means.
    pub median: f64,
    /// Interquartile mean of all scores.
    pub iqm: f64,
    /// Mean shortfall from the target.
    pub optimality_gap: f64,
}

/// Intervals of the four aggregates.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Intervals {
    /// Of the mean.
    pub mean: Outcome<Bounds>,
    /// Of the median.
    pub median: Outcome<Bounds>,
    /// Of the interquartile mean.
    pub iqm: Outcome<Bounds>,
    /// Of the optimality gap.
    pub optimality_gap: Outcome<Bounds>,
}

/// Aggregates of scores; `target` is the score beyond which more does not count.
pub fn aggregates(scores: &Scores, target: f64) -> Outcome<Aggregates> {
    let result = of_tasks(scores.tasks(), target);
    if [result.mean, result.median, result.iqm, result.optimality_gap].iter().all(|v| v.is_finite())
    {
        Outcome::of(result)
    } else {
        Outcome::undefined("an aggregate is not finite")
    }
}

/// Their stratified percentile bootstrap intervals.
pub fn intervals(
    scores: &Scores,
    target: f64,
    resamples: usize,
    seed: u64,
    confidence: f64,
) -> Intervals {
    let groups = scores.groups();
    let one = |drawn: &mut Vec<Vec<f64>>, b: usize| {
        redraw(&groups, &mut Draws::of(seed, b), drawn);
        of_tasks(drawn, target)
    };
    let empty = || vec![Vec::new(); groups.len()];
    let drawn: Vec<Aggregates> = (0..resamples).into_par_iter().map_init(empty, one).collect();
    let observed = of_tasks(scores.tasks(), target);
    let interval = |of: fn(&Aggregates) -> f64| {
        Bootstrap::from_resamples(of(&observed), drawn.iter().map(of).collect())
            .interval(Method::Percentile, confidence)
    };
    Intervals {
        mean: interval(|a| a.mean),
        median: interval(|a| a.median),
        iqm: interval(|a| a.iqm),
        optimality_gap: interval(|a| a.optimality_gap),
    }
}

fn of_tasks(tasks: &[Vec<f64>], target: f64) -> Aggregates {
    let means: Vec<f64> = tasks.iter().map(|task| mean(task)).collect();
    let mut all = tasks.concat();
    let capped: Vec<f64> = all.iter().map(|v| if *v > target { target } else { *v }).collect();
    Aggregates {
        mean: mean(&means),
        median: median(&means),
        iqm: interquartile_mean(&mut all),
        optimality_gap: target - mean(&capped),
    }
}

/// Leaves `scores` in another order.
fn interquartile_mean(scores: &mut [f64]) -> f64 {
    let (n, cut) = (scores.len(), scores.len() / 4);
    if cut == 0 {
        return mean(scores);
    }
    // Two selections put the middle where a full sort would.
    scores.select_nth_unstable_by(cut, f64::total_cmp);
    scores[cut..].select_nth_unstable_by(n - 2 * cut, f64::total_cmp);
    mean(&scores[cut..n - cut])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn scores(tasks: Vec<Vec<f64>>) -> Scores {
        Scores::of_tasks(tasks).any().expect("scores").clone()
    }

    #[test]
    fn known_values() {
        let scores = scores(vec![vec![1.0, 2.0, 3.0], vec![4.0, 5.0], vec![0.0]]);
        let got = *aggregates(&scores, 4.0).value().expect("aggregates");
        assert_eq!(got.median, 2.0);
        assert!((got.mean - 6.5 / 3.0).abs() < 1e-15);
        // Six scores: one off each end.
        assert_eq!(got.iqm, 2.5);
        assert!((got.optimality_gap - (4.0 - 14.0 / 6.0)).abs() < 1e-15);
    }

    #[test]
    fn one_run_per_task_has_no_spread() {
        let drawn = intervals(&scores(vec![vec![1.0], vec![2.0]]), 1.0, 50, 1, 0.95);
        assert!(matches!(drawn.iqm, Outcome::Degenerate { .. }));
    }

    proptest! {
        #[test]
        fn the_iqm_is_the_trimmed_mean(mut x in prop::collection::vec(-9.0..9.0f64, 1..40)) {
            let got = interquartile_mean(&mut x.clone());
            x.sort_by(f64::total_cmp);
            let cut = x.len() / 4;
            prop_assert!((got - mean(&x[cut..x.len() - cut])).abs() < 1e-12);
        }

        #[test]
        fn nothing_panics(tasks in prop::collection::vec(prop::collection::vec(any::<f64>(), 0..4), 0..4),
                          target in any::<f64>(), confidence in any::<f64>()) {
            if let Some(scores) = Scores::of_tasks(tasks).any() {
                let _ = aggregates(scores, target);
                let _ = intervals(scores, target, 20, 1, confidence);
            }
        }
    }
}
