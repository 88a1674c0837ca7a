//! A learning curve: scores of several runs at several label fractions.
//!
//! Fractions are positive, finite and distinct, and are put in ascending order;
//! every run has a score at every fraction. Anything else, a non-finite score
//! included, is undefined. One run is a curve without a spread.

use serde::{Deserialize, Serialize};

use crate::stats::Outcome;
use crate::stats::describe::{mean, sd};
use crate::stats::distributions::student_t;

/// Scores of runs over fractions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// Ascending.
    fractions: Vec<f64>,
    /// Per run, one score per fraction.
    runs: Vec<Vec<f64>>,
}

/// Mean and spread of the runs at one fraction.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Fraction of the labels.
    pub fraction: f64,
    /// Mean score.
    pub mean: f64,
    /// Sample standard deviation; none with one run.
    pub sd: Option<f64>,
    /// Half width of the t interval of the mean; none with one run.
    pub half_width: Option<f64>,
}

impl Curve {
    /// From fractions and, per run, a score for each of them.
    pub fn of(fractions: &[f64], runs: &[Vec<f64>]) -> Outcome<Self> {
        if fractions.is_empty() || runs.is_empty() {
            return Outcome::undefined("a learning curve needs a fraction and a run");
        }
        if runs.iter().any(|run| run.len() != fractions.len()) {
            return Outcome::undefined("a run does not have one score per fraction");
        }
        if fractions.iter().any(|f| !(f.is_finite() && *f > 0.0)) {
            return Outcome::undefined("a fraction is not positive and finite");
        }
        if runs.iter().flatten().any(|v| !v.is_finite()) {
            return Outcome::undefined("a score is not finite");
        }
        let mut order: Vec<usize> = (0..fractions.len()).collect();
        order.sort_by(|a, b| fractions[*a].total_cmp(&fractions[*b]));
        let sorted = |row: &[f64]| order.iter().map(|i| row[*i]).collect::<Vec<f64>>();
        let fractions = sorted(fractions);
        if fractions.windows(2).any(|pair| pair[0] == pair[1]) {
            return Outcome::undefined("a fraction occurs twice");
        }
        Outcome::of(Self { fractions, runs: runs.iter().map(|run| sorted(run)).collect() })
    }

    /// The fractions, ascending.
    pub fn fractions(&self) -> &[f64] {
        &self.fractions
    }

    /// Scores of each run, one per fraction.
    pub fn runs(&self) -> &[Vec<f64>] {
        &self.runs
    }

    /// Mean score at each fraction.
    pub fn mean(&self) -> Vec<f64> {
        let scores = |at: usize| self.runs.iter().map(|run| run[at]).collect::<Vec<_>>();
        (0..self.fractions.len()).map(|at| mean(&scores(at))).collect()
    }

    /// Scores of all runs at the largest fraction.
    pub fn at_largest(&self) -> Vec<f64> {
        self.runs.iter().filter_map(|run| run.last().copied()).collect()
    }

    /// Mean, spread and t interval at each fraction.
    pub fn points(&self, confidence: f64) -> Vec<Point> {
        let n = self.runs.len();
        let critical = student_t::critical(1.0 - confidence, n as f64 - 1.0);
        self.fractions
            .iter()
            .enumerate()
            .map(|(at, fraction)| {
                let scores: Vec<f64> = self.runs.iter().map(|run| run[at]).collect();
                let spread = sd(&scores);
                Point {
                    fraction: *fraction,
                    mean: mean(&scores),
                    sd: (n > 1).then_some(spread),
                    half_width: (n > 1).then_some(critical * spread / (n as f64).sqrt()),
                }
            })
            .collect()
    }
}

/// Where the decadic logarithm of a fraction lies among those of a curve.
#[derive(Clone, Copy)]
pub(super) enum Place {
    /// At a fraction of the curve.
    At(usize),
    /// Between the fraction of this index and the next, this share of the way.
    After(usize, f64),
}

impl Place {
    /// Where `x`, within the curve's range, lies.
    pub(super) fn of(log_fractions: &[f64], x: f64) -> Self {
        let above = log_fractions.partition_point(|f| *f < x).min(log_fractions.len() - 1);
        let below = above.saturating_sub(1);
        if log_fractions[above] <= x || below == above {
            return Self::At(above);
        }
        let width = log_fractions[above] - log_fractions[below];
        Self::After(below, (x - log_fractions[below]) / width)
    }

    /// The score there, by scores at the curve's fractions.
    pub(super) fn score(self, scores: &[f64]) -> f64 {
        match self {
            Self::At(at) => scores[at],
            Self::After(below, share) => {
                scores[below] + share * (scores[below + 1] - scores[below])
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_are_put_in_order() {
        let curve = Curve::of(&[1.0, 0.1], &[vec![0.9, 0.5], vec![0.7, 0.5]]);
        let curve = curve.value().expect("a curve");
        assert_eq!(curve.fractions(), [0.1, 1.0]);
        assert_eq!(curve.mean(), [0.5, 0.8]);
        assert_eq!(curve.points(0.95)[0].sd, Some(0.0));
    }

    #[test]
    fn what_is_no_curve_is_undefined() {
        let undefined = |f: &[f64], runs: &[Vec<f64>]| Curve::of(f, runs).any().is_none();
        assert!(undefined(&[], &[vec![]]));
        assert!(undefined(&[0.1], &[]));
        assert!(undefined(&[0.1, 0.1], &[vec![1.0, 2.0]]));
        assert!(undefined(&[0.0, 0.1], &[vec![1.0, 2.0]]));
        assert!(undefined(&[0.1, 0.2], &[vec![1.0]]));
        assert!(undefined(&[0.1], &[vec![f64::INFINITY]]));
    }

    #[test]
    fn interpolation_meets_the_knots() {
        let (x, y) = ([-2.0, -1.0, 0.0], [1.0, 3.0, 4.0]);
        for (x, want) in [(-2.0, 1.0), (-1.5, 2.0), (-1.0, 3.0), (-0.5, 3.5), (0.0, 4.0)] {
            assert_eq!(Place::of(&[-2.0, -1.0, 0.0], x).score(&y), want);
        }
        assert_eq!(Place::of(&x[..1], -2.0).score(&y[..1]), 1.0);
    }
}
