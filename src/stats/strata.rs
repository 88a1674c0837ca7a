//! The mean of independent differences that each have a standard error.
//!
//! Strata (tasks, centres) each give a difference `d_i` with variance `v_i` of
//! `f_i` degrees of freedom. Taken as they are, not as a sample of strata, their
//! mean `sum d_i / k` has the variance `sum v_i / k^2`, with degrees of freedom
//! after Welch (1947) and Satterthwaite (1946): `(sum v_i)^2 / sum (v_i^2 /
//! f_i)`. Strata weigh alike, whatever their size.
//!
//! Assumes normal differences and independent strata. Fewer than two strata, a
//! variance or degrees of freedom that are not positive and finite, a
//! confidence outside of (0, 1): undefined. Cost O(k).

use super::bounds::confidence_error;
use super::distributions::student_t;
use super::t_test::TTest;
use super::{Outcome, t_estimate};

/// A difference with its variance and the degrees of freedom of that.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stratum {
    /// The difference.
    pub difference: f64,
    /// Its variance: the squared standard error.
    pub variance: f64,
    /// Degrees of freedom of the variance.
    pub df: f64,
}

/// Tests the mean of the differences against 0, two-sided.
pub fn mean_of_strata(strata: &[Stratum], confidence: f64) -> Outcome<TTest> {
    if let Some(error) = confidence_error(confidence) {
        return Outcome::undefined(error);
    }
    if strata.len() < 2 {
        return Outcome::undefined(format!(
            "{} differences have a standard error, and a mean over strata needs two",
            strata.len()
        ));
    }
    let positive = |v: f64| v > 0.0 && v.is_finite();
    let usable = |s: &Stratum| s.difference.is_finite() && positive(s.variance) && positive(s.df);
    if !strata.iter().all(usable) {
        return Outcome::undefined("a difference has no spread, or none that is finite");
    }
    let k = strata.len() as f64;
    let estimate = strata.iter().map(|s| s.difference / k).sum::<f64>();
    let variance = strata.iter().map(|s| s.variance).sum::<f64>();
    let squares = strata.iter().map(|s| s.variance * (s.variance / s.df)).sum::<f64>();
    let df = variance * (variance / squares);
    let error = variance.sqrt() / k;
    let (t, half) = (estimate / error, student_t::quantile(0.5 + confidence / 2.0, df) * error);
    if !(t.is_finite() && half.is_finite()) {
        return Outcome::undefined("the differences are too large for their mean to be finite");
    }
    Outcome::of(TTest {
        t,
        df,
        p: student_t::two_sided(t, df),
        estimate,
        ci_low: estimate - half,
        ci_high: estimate + half,
        input: t_estimate::Input::Summary,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::describe::{mean, variance};
    use crate::stats::t_test::{Alternative, welch};

    /// Welch's test is the case of two strata: half of its difference, with the
    /// sides as strata of which one is turned.
    #[test]
    fn two_strata_are_welchs_test() {
        let (x, y) = ([0.71, 0.74, 0.69, 0.77], [0.62, 0.66, 0.70]);
        let of = |v: &[f64], sign: f64| Stratum {
            difference: sign * mean(v),
            variance: variance(v) / v.len() as f64,
            df: v.len() as f64 - 1.0,
        };
        let got = mean_of_strata(&[of(&x, 1.0), of(&y, -1.0)], 0.95);
        let want = welch(&x, &y, Alternative::TwoSided, 0.95);
        let (got, want) = (got.value().expect("a test"), want.value().expect("a test"));
        assert!((got.p - want.p).abs() < 1e-12 && (got.df - want.df).abs() < 1e-9);
        assert!((2.0 * got.ci_low - want.ci_low).abs() < 1e-12);
    }

    #[test]
    fn one_stratum_or_none_with_spread_says_why() {
        let flat = Stratum { difference: 0.1, variance: 0.0, df: 2.0 };
        assert!(mean_of_strata(&[flat], 0.95).note().is_some_and(|n| n.contains("needs two")));
        assert!(mean_of_strata(&[flat, flat], 0.95).note().is_some_and(|n| n.contains("spread")));
    }
}
