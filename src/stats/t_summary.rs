//! t tests from mean, standard deviation and n, for rows of published tables.
//!
//! The tests of [`super::t_test`] with the same arithmetic: the same numbers as
//! from raw values, to the rounding of the summary. Results are marked
//! [`super::Input::Summary`], for a table rounded to two decimals
//! gives a p that is only that good. The paired test needs the differences'
//! mean and standard deviation, which tables seldom print: with
//! [`one_sample`] on them it is the paired test.
//!
//! Tables disagree on what they print: [`Summary::of_population_sd`] takes a
//! standard deviation with `n` (numpy's default), [`Summary::of_standard_error`]
//! that of the mean. Negative or non-finite entries: undefined. Cost O(1).

use serde::{Deserialize, Serialize};

use super::Outcome;
use super::t_estimate::{Input, Moments, TEstimate};
use super::t_test::{Alternative, TTest};

/// A sample as a table prints it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Number of values.
    pub n: usize,
    /// Mean.
    pub mean: f64,
    /// Sample standard deviation, with `n - 1`; not read for one value.
    pub sd: f64,
}

impl Summary {
    /// From a standard deviation that was divided by `n`.
    pub fn of_population_sd(n: usize, mean: f64, sd: f64) -> Self {
        let n_values = n as f64;
        Self { n, mean, sd: sd * (n_values / (n_values - 1.0)).sqrt() }
    }

    /// From a standard error of the mean.
    pub fn of_standard_error(n: usize, mean: f64, standard_error: f64) -> Self {
        Self { n, mean, sd: standard_error * (n as f64).sqrt() }
    }

    fn moments(self) -> Result<Moments, String> {
        let Self { n, mean, sd } = self;
        if !mean.is_finite() || (n > 1 && !(sd.is_finite() && sd >= 0.0)) {
            return Err(format!("no sample has mean {mean} and standard deviation {sd}"));
        }
        Ok(Moments { n: n as f64, mean, variance: sd * sd })
    }
}

/// Student's t test of two summaries.
pub fn student(
    x: Summary,
    y: Summary,
    alternative: Alternative,
    confidence: f64,
) -> Outcome<TTest> {
    two_samples(x, y, TEstimate::student_of, alternative, confidence)
}

/// Welch's t test of two summaries.
pub fn welch(x: Summary, y: Summary, alternative: Alternative, confidence: f64) -> Outcome<TTest> {
    two_samples(x, y, TEstimate::welch_of, alternative, confidence)
}

/// The t test of one summary against the mean `mu`.
pub fn one_sample(
    x: Summary,
    mu: f64,
    alternative: Alternative,
    confidence: f64,
) -> Outcome<TTest> {
    match x.moments() {
        Ok(x) => TEstimate::one_sample_of(x, Input::Summary).test(mu, alternative, confidence),
        Err(reason) => Outcome::undefined(reason),
    }
}

fn two_samples(
    x: Summary,
    y: Summary,
    estimate: fn(Moments, Moments, Input) -> TEstimate,
    alternative: Alternative,
    confidence: f64,
) -> Outcome<TTest> {
    match x.moments().and_then(|x| Ok((x, y.moments()?))) {
        Ok((x, y)) => estimate(x, y, Input::Summary).test(0.0, alternative, confidence),
        Err(reason) => Outcome::undefined(reason),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::describe::{mean, sd};
    use crate::stats::t_test;
    use proptest::prelude::*;

    fn summary(x: &[f64]) -> Summary {
        Summary { n: x.len(), mean: mean(x), sd: sd(x) }
    }

    /// scipy 1.17.1: `ttest_ind_from_stats(67.93, 1.45, 10, 68.42, 0.9, 10)`.
    #[test]
    fn a_published_row() {
        let x = Summary { n: 10, mean: 67.93, sd: 1.45 };
        let y = Summary { n: 10, mean: 68.42, sd: 0.9 };
        let got = *student(x, y, Alternative::TwoSided, 0.95).value().expect("a test");
        assert!(
            (got.t - -0.907_952_467_039_666_4).abs() < 1e-12
                && (got.p - 0.375_899_438_177_969_3).abs() < 1e-12,
            "{got:?}"
        );
        assert_eq!(got.input, Input::Summary);
    }

    #[test]
    fn readings_of_a_standard_deviation() {
        assert_eq!(Summary::of_population_sd(5, 1.0, 2.0).sd, 5.0f64.sqrt());
        assert_eq!(Summary::of_standard_error(4, 1.0, 2.0).sd, 4.0);
        let one = Summary::of_population_sd(1, 1.0, 0.0);
        let many = Summary { n: 4, mean: 0.0, sd: 1.0 };
        assert!(student(one, many, Alternative::Less, 0.9).value().is_some());
        assert!(welch(one, many, Alternative::Less, 0.9).any().is_none());
    }

    proptest! {
        #[test]
        fn the_same_numbers_as_from_values(
            x in prop::collection::vec(-1e3..1e3f64, 2..12),
            y in prop::collection::vec(-1e3..1e3f64, 2..12),
        ) {
            let same = |a: Outcome<TTest>, b: Outcome<TTest>| {
                let (Some(a), Some(b)) = (a.value(), b.value()) else { return true };
                let close = |a: f64, b: f64| (a - b).abs() <= 1e-12 * a.abs().max(1.0);
                close(a.t, b.t) && close(a.df, b.df) && close(a.p, b.p)
                    && close(a.ci_low, b.ci_low) && close(a.ci_high, b.ci_high)
            };
            let two = Alternative::TwoSided;
            let (sx, sy) = (summary(&x), summary(&y));
            prop_assert!(same(t_test::student(&x, &y, two, 0.95), student(sx, sy, two, 0.95)));
            prop_assert!(same(t_test::welch(&x, &y, two, 0.95), welch(sx, sy, two, 0.95)));
            prop_assert!(same(t_test::one_sample(&x, 1.0, two, 0.95), one_sample(sx, 1.0, two, 0.95)));
        }

        #[test]
        fn nothing_panics(n in any::<usize>(), m in 0usize..3, mean: f64, sd: f64, c: f64) {
            let (x, y) = (Summary { n, mean, sd }, Summary::of_population_sd(m, sd, mean));
            for test in [student, welch] {
                if let Some(t) = test(x, y, Alternative::Greater, c).any() {
                    prop_assert!((0.0..=1.0).contains(&t.p));
                }
            }
            let _ = one_sample(y, mean, Alternative::Less, 0.9);
        }
    }
}
