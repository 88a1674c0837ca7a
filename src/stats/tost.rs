//! Equivalence by two one-sided t tests (TOST), and non-inferiority as one half.
//!
//! Schuirmann (1987). Two means are equivalent when their difference `d` is
//! shown to lie within `low..upp`: `t_lower = (d - low) / se` against `d <=
//! low`, `t_upper = (d - upp) / se` against `d >= upp`, and `p` is the larger of
//! the two one-sided p. Equivalent at level `alpha` exactly when the interval of
//! confidence `1 - 2 alpha` lies within the bounds. *Non-inferiority*: the lower
//! test alone, with `low = -margin`. Reference: statsmodels 0.15 `ttost_ind`,
//! `ttost_paired`.
//!
//! Estimates, standard errors and degrees of freedom are those of the t tests,
//! with their assumptions and their treatment of few and of non-finite values.
//! Bounds that are not finite or not in order: undefined. Zero variance:
//! degenerate, `t` infinite; undefined when the difference is at a bound. Cost
//! O(n + m).

use serde::{Deserialize, Serialize};

use super::t_estimate::TEstimate;
use super::t_test::{Alternative, TTest};
use super::{Bounds, Outcome};

/// The kind of t test under an equivalence test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Differences of pairs.
    Paired,
    /// Two independent samples of one variance.
    Student,
    /// Two independent samples.
    Welch,
}

/// Result of an equivalence test.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tost {
    /// Estimated difference.
    pub estimate: f64,
    /// Degrees of freedom.
    pub df: f64,
    /// Statistic against a difference of at most the lower bound.
    pub t_lower: f64,
    /// Its upper tail.
    pub p_lower: f64,
    /// Statistic against a difference of at least the upper bound.
    pub t_upper: f64,
    /// Its lower tail.
    pub p_upper: f64,
    /// The larger of the two.
    pub p: f64,
}

/// Result of a non-inferiority test.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct NonInferiority {
    /// Estimated difference.
    pub estimate: f64,
    /// Degrees of freedom.
    pub df: f64,
    /// Statistic against a difference of at most `-margin`.
    pub t: f64,
    /// Its upper tail.
    pub p: f64,
    /// Lower end of the one-sided interval: non-inferior when above `-margin`.
    pub lower_bound: f64,
}

/// Equivalence of two samples within `within`.
pub fn tost(x: &[f64], y: &[f64], kind: Kind, within: Bounds) -> Outcome<Tost> {
    both(&estimate(x, y, kind), within)
}

/// Equivalence of the mean of one sample with a value within `within`.
pub fn tost_one_sample(x: &[f64], within: Bounds) -> Outcome<Tost> {
    both(&TEstimate::one_sample(x), within)
}

/// `x` is worse than `y` by no more than `margin` (higher is better), with a
/// one-sided interval of the given confidence.
pub fn non_inferiority(
    x: &[f64],
    y: &[f64],
    kind: Kind,
    margin: f64,
    confidence: f64,
) -> Outcome<NonInferiority> {
    if !(margin >= 0.0 && margin.is_finite()) {
        return Outcome::undefined(format!("the margin is {margin}, expected at least 0"));
    }
    // A two-sided interval of 2c - 1 has its lower end where a one-sided one of
    // c has it; below one half that level is negative.
    let two_sided = 2.0 * confidence - 1.0;
    estimate(x, y, kind).test(-margin, Alternative::Greater, two_sided).map(|test| NonInferiority {
        estimate: test.estimate,
        df: test.df,
        t: test.t,
        p: test.p,
        lower_bound: test.ci_low,
    })
}

fn estimate(x: &[f64], y: &[f64], kind: Kind) -> TEstimate {
    match kind {
        Kind::Paired => TEstimate::paired(x, y),
        Kind::Student => TEstimate::student(x, y),
        Kind::Welch => TEstimate::welch(x, y),
    }
}

/// Confidence of the tests' own intervals, which are not used.
const ANY: f64 = 0.95;

fn both(estimate: &TEstimate, within: Bounds) -> Outcome<Tost> {
    if !(within.low.is_finite() && within.high.is_finite() && within.low <= within.high) {
        return Outcome::undefined(format!(
            "the bounds of equivalence are {} and {}",
            within.low, within.high
        ));
    }
    let lower = estimate.test(within.low, Alternative::Greater, ANY);
    let upper = estimate.test(within.high, Alternative::Less, ANY);
    match (&lower, &upper) {
        (Outcome::Undefined { reason }, _) | (_, Outcome::Undefined { reason }) => {
            Outcome::undefined(reason.clone())
        }
        (Outcome::Degenerate { value: lower, convention }, upper) => match upper.any() {
            Some(upper) => Outcome::degenerate(joined(lower, upper), convention.clone()),
            None => Outcome::undefined(convention.clone()),
        },
        (Outcome::Value { value: lower }, upper) => match upper.any() {
            Some(upper) => Outcome::of(joined(lower, upper)),
            None => Outcome::undefined("the upper test has no value"),
        },
    }
}

fn joined(lower: &TTest, upper: &TTest) -> Tost {
    Tost {
        estimate: lower.estimate,
        df: lower.df,
        t_lower: lower.t,
        p_lower: lower.p,
        t_upper: upper.t,
        p_upper: upper.p,
        p: lower.p.max(upper.p),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::t_test;
    use proptest::prelude::*;

    #[test]
    fn constant_differences_are_degenerate() {
        let (x, y) = ([0.3, 0.5, 0.7], [0.1, 0.3, 0.5]);
        let within = |low, high| tost(&x, &y, Kind::Paired, Bounds { low, high });
        let Outcome::Degenerate { value, .. } = within(-1.0, 1.0) else { panic!("not degenerate") };
        assert_eq!(
            (value.p, value.t_lower, value.t_upper),
            (0.0, f64::INFINITY, f64::NEG_INFINITY)
        );
        assert_eq!(within(-0.1, 0.1).any().map(|t| t.p), Some(1.0));
        assert!(within(1.0, -1.0).any().is_none());
    }

    proptest! {
        #[test]
        fn equivalent_exactly_when_the_interval_lies_within(
            x in prop::collection::vec(-2.0..2.0f64, 2..12),
            y in prop::collection::vec(-2.0..2.0f64, 2..12), margin in 0.01..3.0f64,
        ) {
            let within = Bounds { low: -margin, high: margin };
            for (kind, test) in [(Kind::Student, t_test::student as fn(&[f64], &[f64], Alternative, f64) -> Outcome<TTest>), (Kind::Welch, t_test::welch)] {
                let (Some(tost), Some(t)) = (tost(&x, &y, kind, within).value().copied(),
                    test(&x, &y, Alternative::TwoSided, 0.9).value().copied()) else { continue };
                if (tost.p - 0.05).abs() > 1e-9 {
                    prop_assert_eq!(tost.p < 0.05, -margin < t.ci_low && t.ci_high < margin);
                }
                let half = *non_inferiority(&x, &y, kind, margin, 0.95).value().unwrap();
                prop_assert_eq!((half.t, half.p), (tost.t_lower, tost.p_lower));
                if (half.p - 0.05).abs() > 1e-9 { prop_assert_eq!(half.p < 0.05, half.lower_bound > -margin); }
            }
        }

        #[test]
        fn nothing_panics(x in prop::collection::vec(any::<f64>(), 0..6),
                          y in prop::collection::vec(any::<f64>(), 0..6), low: f64, high: f64) {
            for kind in [Kind::Paired, Kind::Student, Kind::Welch] {
                if let Some(t) = tost(&x, &y, kind, Bounds { low, high }).any() {
                    prop_assert!((0.0..=1.0).contains(&t.p));
                }
                let _ = non_inferiority(&x, &y, kind, low, high);
            }
            let _ = tost_one_sample(&x, Bounds { low, high });
        }
    }
}
