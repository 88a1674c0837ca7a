//! Probability of improvement: how often a run of `x` beats a run of `y`.
//!
//! The mean over tasks of `P(x > y) + P(x = y) / 2`, each task's from all pairs
//! of runs (the Mann-Whitney U over `n_x n_y`; Vargha and Delaney's A12).
//! Identical scores give 0.5. The interval is a percentile interval of the
//! stratified bootstrap: in every task the runs of `x` and those of `y` are
//! redrawn independently, for runs of different models are not pairs.
//!
//! Different numbers of tasks: undefined. Equal resamples (one run on each
//! side): a degenerate point. Cost O(N log N) per resample of N scores.

use rayon::prelude::*;

use super::scores::Scores;
use crate::stats::bootstrap::{Bootstrap, Draws, Method, redraw};
use crate::stats::describe::mean;
use crate::stats::effect_size::a12;
use crate::stats::{Bounds, Outcome};

/// The probability that a run of `x` improves on one of `y`, averaged over tasks.
pub fn improvement(x: &Scores, y: &Scores) -> Outcome<f64> {
    match mismatch(x, y) {
        Some(reason) => Outcome::undefined(reason),
        None => Outcome::of(mean_a12(x.tasks(), y.tasks())),
    }
}

/// Its stratified percentile bootstrap interval.
pub fn improvement_interval(
    x: &Scores,
    y: &Scores,
    resamples: usize,
    seed: u64,
    confidence: f64,
) -> Outcome<Bounds> {
    if let Some(reason) = mismatch(x, y) {
        return Outcome::undefined(reason);
    }
    let (of_x, of_y) = (x.groups(), y.groups());
    let one = |(x, y): &mut (Vec<Vec<f64>>, Vec<Vec<f64>>), b: usize| {
        let mut draws = Draws::of(seed, b);
        redraw(&of_x, &mut draws, x);
        redraw(&of_y, &mut draws, y);
        mean_a12(x, y)
    };
    let empty = || (vec![Vec::new(); of_x.len()], vec![Vec::new(); of_y.len()]);
    let drawn = (0..resamples).into_par_iter().map_init(empty, one).collect();
    Bootstrap::from_resamples(mean_a12(x.tasks(), y.tasks()), drawn)
        .interval(Method::Percentile, confidence)
}

fn mismatch(x: &Scores, y: &Scores) -> Option<String> {
    let (of_x, of_y) = (x.tasks().len(), y.tasks().len());
    (of_x != of_y).then(|| format!("the sides have {of_x} and {of_y} tasks"))
}

fn mean_a12(x: &[Vec<f64>], y: &[Vec<f64>]) -> f64 {
    let of_task = |(x, y): (&Vec<f64>, &Vec<f64>)| a12(x, y).any().copied().unwrap_or(f64::NAN);
    mean(&x.iter().zip(y).map(of_task).collect::<Vec<_>>())
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
        let x = scores(vec![vec![1.0, 3.0], vec![2.0, 2.0]]);
        let y = scores(vec![vec![2.0], vec![2.0]]);
        assert_eq!(improvement(&x, &y).value(), Some(&0.5));
        assert_eq!(improvement(&x, &x).value(), Some(&0.5));
        assert!(improvement(&x, &scores(vec![vec![1.0]])).any().is_none());
    }

    proptest! {
        #[test]
        fn swapping_the_sides_gives_the_complement(
            x in prop::collection::vec(prop::collection::vec(-3i8..3, 1..4), 2),
            y in prop::collection::vec(prop::collection::vec(-3i8..3, 1..4), 2),
        ) {
            let of = |t: Vec<Vec<i8>>| scores(t.into_iter().map(|v| v.into_iter().map(f64::from).collect()).collect());
            let (x, y) = (of(x), of(y));
            let sum = improvement(&x, &y).value().unwrap() + improvement(&y, &x).value().unwrap();
            prop_assert!((sum - 1.0).abs() < 1e-12);
            if let Some(b) = improvement_interval(&x, &y, 20, 1, 0.9).any() {
                prop_assert!(0.0 <= b.low && b.low <= b.high && b.high <= 1.0);
            }
        }
    }
}
