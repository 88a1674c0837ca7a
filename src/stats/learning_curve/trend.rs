//! Trend of the score over label fractions, and its interaction with another factor.
//!
//! Each run gives one number, the least-squares slope of its scores over
//! `log10(fraction)` (score per tenfold labels), and the runs are the sample:
//! [`trend`] is the t test of their mean slope, [`trend_interaction`] that of
//! the difference in slope between two curves (the fraction-by-initialisation
//! interaction along the trend). Scores of one run at several fractions are
//! dependent; summarising each run first keeps the run the unit of replication
//! (Matthews et al. 1990, "summary measures"). For an interaction of any shape
//! see [`crate::stats::two_way_anova`], for a trend in ranks Page's test.
//!
//! Assumes slopes of runs near normal, not that curves are straight. One
//! fraction, fewer than two runs (on a side), or a failed assumption of the t
//! test: undefined. Equal slopes: degenerate or undefined as in the t test.
//! Cost O(runs fractions).

use super::curve::Curve;
use crate::stats::Outcome;
use crate::stats::describe::mean;
use crate::stats::t_test::{Alternative, TTest, one_sample, paired, welch};

/// Slope of each run: score per tenfold labels.
pub fn slopes(curve: &Curve) -> Outcome<Vec<f64>> {
    let x: Vec<f64> = curve.fractions().iter().map(|f| f.log10()).collect();
    let centre = mean(&x);
    let spread: f64 = x.iter().map(|x| (x - centre) * (x - centre)).sum();
    if spread <= 0.0 {
        return Outcome::undefined("a trend needs two fractions");
    }
    let slope = |run: &Vec<f64>| {
        let level = mean(run);
        x.iter().zip(run).map(|(x, y)| (x - centre) * (y - level)).sum::<f64>() / spread
    };
    Outcome::of(curve.runs().iter().map(slope).collect())
}

/// Whether the mean slope over runs is zero, with its interval.
pub fn trend(curve: &Curve, alternative: Alternative, confidence: f64) -> Outcome<TTest> {
    match slopes(curve) {
        Outcome::Undefined { reason } => Outcome::undefined(reason),
        Outcome::Value { value } | Outcome::Degenerate { value, .. } => {
            one_sample(&value, 0.0, alternative, confidence)
        }
    }
}

/// Whether the mean slopes of `a` and `b` differ; with `paired_runs` by pairs
/// of runs of one seed, else by Welch's test.
pub fn trend_interaction(
    a: &Curve,
    b: &Curve,
    paired_runs: bool,
    alternative: Alternative,
    confidence: f64,
) -> Outcome<TTest> {
    match (slopes(a), slopes(b)) {
        (Outcome::Undefined { reason }, _) | (_, Outcome::Undefined { reason }) => {
            Outcome::undefined(reason)
        }
        (a, b) => {
            let slopes = |side: Outcome<Vec<f64>>| side.any().cloned().unwrap_or_default();
            let test = if paired_runs { paired } else { welch };
            test(&slopes(a), &slopes(b), alternative, confidence)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn curve(runs: &[Vec<f64>]) -> Curve {
        Curve::of(&[0.01, 0.1, 1.0], runs).any().expect("a curve").clone()
    }

    #[test]
    fn known_slopes() {
        let a = curve(&[vec![0.5, 0.6, 0.7], vec![0.5, 0.7, 0.9], vec![0.4, 0.55, 0.7]]);
        let got = slopes(&a);
        for (got, want) in got.value().expect("slopes").iter().zip([0.1, 0.2, 0.15]) {
            assert!((got - want).abs() < 1e-14);
        }
        let test = *trend(&a, Alternative::TwoSided, 0.95).value().expect("a test");
        assert!((test.estimate - 0.15).abs() < 1e-14 && test.df == 2.0 && test.p < 0.05);
        let flat = curve(&[vec![0.5, 0.5, 0.5], vec![0.5, 0.6, 0.52], vec![0.6, 0.6, 0.6]]);
        let test = trend_interaction(&a, &flat, false, Alternative::Greater, 0.95);
        assert!(test.value().is_some_and(|t| t.estimate > 0.1 && t.p < 0.05));
    }

    proptest! {
        #[test]
        fn nothing_panics(runs in prop::collection::vec(prop::collection::vec(any::<f64>(), 3), 0..4),
                          paired: bool, c: f64) {
            if let Some(curve) = Curve::of(&[0.01, 0.1, 1.0], &runs).any() {
                let _ = trend(curve, Alternative::Less, c);
                let _ = trend_interaction(curve, curve, paired, Alternative::TwoSided, 0.9);
            }
        }
    }
}
