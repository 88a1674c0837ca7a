//! The corrected resampled t test.
//!
//! Scores of two models over `J` resampled train/test splits (or the folds of
//! repeated cross validation) are dependent, for the training sets overlap; the
//! plain paired t test rejects far too often. Nadeau and Bengio (2003) widen
//! the variance: `t = mean d / sqrt((1/J + n_test/n_train) var d)` on `J - 1`
//! degrees of freedom, `d = y - x`. For `k`-fold cross validation `n_test /
//! n_train = 1 / (k - 1)`.
//!
//! The correction is a heuristic for one data set and near-normal differences.
//! Non-finite values, unequal lengths, fewer than two values, or a ratio that
//! is negative or not finite: undefined. Zero variance: degenerate, `t` infinite
//! and `p` 0, or both NaN (0/0) when the mean is zero as well. Differences
//! equal up to rounding count as equal. Cost O(J).

use serde::{Deserialize, Serialize};

use super::Outcome;
use super::describe::{mean, variance};
use super::distributions::student_t;
use super::t_estimate::differences;

/// Result of a corrected resampled t test.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CorrectedTTest {
    /// Mean of `y - x`.
    pub mean: f64,
    /// Corrected variance of the mean: `(1/J + n_test/n_train) var d`.
    pub variance: f64,
    /// Degrees of freedom.
    pub df: f64,
    /// Test statistic.
    pub t: f64,
    /// Two-sided p.
    pub p: f64,
}

/// Tests `y - x` over resampled splits; `ratio` is `n_test / n_train`.
pub fn corrected_t_test(x: &[f64], y: &[f64], ratio: f64) -> Outcome<CorrectedTTest> {
    if x.len() != y.len() || x.len() < 2 {
        return Outcome::undefined(format!(
            "needs as many values on each side and at least two, got {} and {}",
            x.len(),
            y.len()
        ));
    }
    if x.iter().chain(y).any(|v| !v.is_finite()) {
        return Outcome::undefined("a value is not finite");
    }
    if !(ratio >= 0.0 && ratio.is_finite()) {
        return Outcome::undefined(format!("the ratio of test to training size is {ratio}"));
    }
    let d = differences(y, x);
    let (n, df) = (d.len() as f64, d.len() as f64 - 1.0);
    let (mean, variance) = (mean(&d), (1.0 / n + ratio) * variance(&d));
    if !mean.is_finite() || !variance.is_finite() {
        return Outcome::undefined("the values are too large for their variance to be finite");
    }
    if variance > 0.0 {
        let t = mean / variance.sqrt();
        return Outcome::of(CorrectedTTest {
            mean,
            variance,
            df,
            t,
            p: student_t::two_sided(t, df),
        });
    }
    let (t, p) =
        if mean == 0.0 { (f64::NAN, f64::NAN) } else { (f64::INFINITY.copysign(mean), 0.0) };
    let result = CorrectedTTest { mean, variance, df, t, p };
    Outcome::degenerate(result, "zero variance: t is infinite, or 0/0 for a mean of zero")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::t_test::{Alternative, paired};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn without_test_cases_it_is_the_paired_test(
            pairs in prop::collection::vec((-9.0..9.0f64, -9.0..9.0f64), 2..12),
        ) {
            let (x, y): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
            let plain = paired(&y, &x, Alternative::TwoSided, 0.95);
            let corrected = corrected_t_test(&x, &y, 0.0);
            if let (Some(a), Some(b)) = (plain.value(), corrected.value()) {
                prop_assert!((a.t - b.t).abs() <= 1e-12 * a.t.abs() && (a.p - b.p).abs() < 1e-12);
                let wider = *corrected_t_test(&x, &y, 0.25).value().unwrap();
                prop_assert!(wider.p >= b.p && wider.t.abs() <= b.t.abs());
            }
        }

        #[test]
        fn nothing_panics(x in prop::collection::vec(any::<f64>(), 0..5),
                          y in prop::collection::vec(any::<f64>(), 0..5), ratio: f64) {
            let _ = corrected_t_test(&x, &y, ratio);
        }
    }
}
