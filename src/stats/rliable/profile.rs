//! Performance profile: the share of runs and tasks that score above each level.
//!
//! `P(tau) = #{score > tau} / N`, strictly above, over all scores of all runs
//! and tasks (the run-score distribution of Agarwal et al. 2021). The band is a
//! pointwise percentile interval of the stratified bootstrap: each level is
//! covered with the stated confidence, not the whole curve at once.
//!
//! Ties with a level do not count as above it. NaN among the levels: its share
//! is NaN, its band undefined. Where all resamples agree (a level below or
//! above every score) the band is a degenerate point. Cost O(N log N) per
//! resample of N scores.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::scores::Scores;
use crate::stats::bootstrap::{Bootstrap, Draws, Method, redraw};
use crate::stats::{Bounds, Outcome};

/// A profile with its pointwise band.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// Levels.
    pub taus: Vec<f64>,
    /// Share of scores above each level.
    pub shares: Vec<f64>,
    /// Interval of each share.
    pub band: Vec<Outcome<Bounds>>,
}

/// Share of scores strictly above each of `taus`.
pub fn profile(scores: &Scores, taus: &[f64]) -> Vec<f64> {
    shares(&mut scores.tasks().concat(), taus)
}

/// The profile with a pointwise band.
pub fn profile_band(
    scores: &Scores,
    taus: &[f64],
    resamples: usize,
    seed: u64,
    confidence: f64,
) -> Profile {
    let groups = scores.groups();
    let one = |drawn: &mut Vec<Vec<f64>>, b: usize| {
        redraw(&groups, &mut Draws::of(seed, b), drawn);
        shares(&mut drawn.concat(), taus)
    };
    let empty = || vec![Vec::new(); groups.len()];
    let drawn: Vec<Vec<f64>> = (0..resamples).into_par_iter().map_init(empty, one).collect();
    let observed = profile(scores, taus);
    let band = observed
        .iter()
        .enumerate()
        .map(|(level, share)| {
            Bootstrap::from_resamples(*share, drawn.iter().map(|d| d[level]).collect())
                .interval(Method::Percentile, confidence)
        })
        .collect();
    Profile { taus: taus.to_vec(), shares: observed, band }
}

fn shares(scores: &mut [f64], taus: &[f64]) -> Vec<f64> {
    scores.sort_unstable_by(f64::total_cmp);
    let n = scores.len();
    let share = |tau: &f64| {
        if tau.is_nan() {
            return f64::NAN;
        }
        (n - scores.partition_point(|s| s <= tau)) as f64 / n as f64
    };
    taus.iter().map(share).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_score_at_the_level_is_not_above_it() {
        let scores = Scores::of_tasks(vec![vec![0.5, 1.0], vec![0.5, 0.0]]);
        let scores = scores.any().expect("scores");
        assert_eq!(profile(scores, &[-1.0, 0.0, 0.5, 1.0]), [1.0, 0.75, 0.25, 0.0]);
        let drawn = profile_band(scores, &[0.4, 2.0], 400, 1, 0.9);
        assert!(drawn.band[0].value().is_some_and(|b| b.contains(0.75)));
        assert!(matches!(drawn.band[1], Outcome::Degenerate { .. }));
    }

    proptest! {
        #[test]
        fn a_profile_falls_and_nothing_panics(
            tasks in prop::collection::vec(prop::collection::vec(any::<f64>(), 0..4), 0..4),
            taus in prop::collection::vec(any::<f64>(), 0..4),
        ) {
            if let Some(scores) = Scores::of_tasks(tasks).any() {
                let mut sorted: Vec<f64> = taus.iter().copied().filter(|t| !t.is_nan()).collect();
                sorted.sort_by(f64::total_cmp);
                prop_assert!(profile(scores, &sorted).windows(2).all(|p| p[0] >= p[1]));
                let _ = profile_band(scores, &taus, 10, 1, 0.9);
            }
        }
    }
}
