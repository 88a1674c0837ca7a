//! Student's, Welch's, the paired and the one-sample t test.
//!
//! *Student* (1908): two independent samples of normal values with one
//! variance; `t = (mean x - mean y) / (s_p sqrt(1/n + 1/m))`, `s_p` pooled,
//! `n + m - 2` degrees of freedom. *Welch* (1947): variances may differ;
//! `t = (mean x - mean y) / sqrt(s_x^2/n + s_y^2/m)`, degrees of freedom after
//! Welch and Satterthwaite. *One-sample*: `t = (mean x - mu) / (s / sqrt(n))`,
//! `n - 1` degrees of freedom. *Paired*: the one-sample test on `x_i - y_i`.
//!
//! Ties and zeros mean nothing to these tests. A non-finite value, or fewer
//! than two values on a side, leaves the test undefined (Student's allows one
//! value on one side: the pooled variance is then the other side's). Zero variance:
//! undefined when the means are equal (0/0), degenerate (`t` infinite, `p` 0)
//! when they differ, as scipy 1.17 has it; R refuses both. Cost O(n + m).

use serde::{Deserialize, Serialize};

use super::Outcome;
use super::t_estimate::{Input, TEstimate};

/// The alternative hypothesis about `mean x - mean y`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Alternative {
    /// Not zero.
    #[default]
    TwoSided,
    /// Below zero.
    Less,
    /// Above zero.
    Greater,
}

/// Result of a t test.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct TTest {
    /// Test statistic.
    pub t: f64,
    /// Degrees of freedom.
    pub df: f64,
    /// p of the chosen alternative.
    pub p: f64,
    /// `mean x - mean y`, or the mean (of the differences).
    pub estimate: f64,
    /// Lower end of the two-sided interval of the estimate.
    pub ci_low: f64,
    /// Upper end of the two-sided interval of the estimate.
    pub ci_high: f64,
    /// What the test was computed from.
    #[serde(default)]
    pub input: Input,
}

/// Student's t test of two independent samples.
pub fn student(x: &[f64], y: &[f64], alternative: Alternative, confidence: f64) -> Outcome<TTest> {
    TEstimate::student(x, y).test(0.0, alternative, confidence)
}

/// Welch's t test of two independent samples.
pub fn welch(x: &[f64], y: &[f64], alternative: Alternative, confidence: f64) -> Outcome<TTest> {
    TEstimate::welch(x, y).test(0.0, alternative, confidence)
}

/// The paired t test; `x` and `y` hold the same cases in the same order.
pub fn paired(x: &[f64], y: &[f64], alternative: Alternative, confidence: f64) -> Outcome<TTest> {
    TEstimate::paired(x, y).test(0.0, alternative, confidence)
}

/// The t test of one sample against the mean `mu`.
pub fn one_sample(x: &[f64], mu: f64, alternative: Alternative, confidence: f64) -> Outcome<TTest> {
    TEstimate::one_sample(x).test(mu, alternative, confidence)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn equal_differences_in_decimals_are_constant() {
        let x = [0.3, 0.5, 0.7];
        let y = [0.1, 0.3, 0.5];
        assert!(matches!(paired(&x, &y, Alternative::TwoSided, 0.95), Outcome::Degenerate { .. }));
    }

    /// scipy 1.17.1: `ttest_1samp([5.1, 4.8, 5.6, 5.3, 4.9], 5.0)`.
    #[test]
    fn one_sample_agrees_with_scipy() {
        let x = [5.1, 4.8, 5.6, 5.3, 4.9];
        let got = *one_sample(&x, 5.0, Alternative::TwoSided, 0.95).value().expect("a test");
        assert!(
            (got.t - 0.975_426_220_008_256_7).abs() < 1e-12
                && (got.p - 0.384_581_147_662_99).abs() < 1e-12,
            "{got:?}"
        );
        assert!(
            (got.ci_low - 4.741_505_160_765_108).abs() < 1e-12
                && (got.ci_high - 5.538_494_839_234_89).abs() < 1e-12
        );
    }

    proptest! {
        #[test]
        fn swapping_the_sides_mirrors_the_test(
            x in prop::collection::vec(-1e3..1e3f64, 2..12),
            y in prop::collection::vec(-1e3..1e3f64, 2..12),
        ) {
            for test in [student, welch] {
                let a = test(&x, &y, Alternative::Less, 0.95);
                let b = test(&y, &x, Alternative::Greater, 0.95);
                if let (Some(a), Some(b)) = (a.value(), b.value()) {
                    prop_assert!((a.p - b.p).abs() < 1e-12);
                    prop_assert!((0.0..=1.0).contains(&a.p));
                    prop_assert!((a.ci_low + b.ci_high).abs() <= 1e-9 * a.ci_low.abs().max(1.0));
                    prop_assert!(a.ci_low <= a.estimate && a.estimate <= a.ci_high);
                }
            }
        }

        #[test]
        fn nothing_panics(x in prop::collection::vec(any::<f64>(), 0..6),
                          y in prop::collection::vec(any::<f64>(), 0..6), c in any::<f64>()) {
            for test in [student, welch, paired] {
                for alternative in [Alternative::TwoSided, Alternative::Less, Alternative::Greater] {
                    let result = test(&x, &y, alternative, c);
                    if let Some(t) = result.any() {
                        prop_assert!((0.0..=1.0).contains(&t.p), "{t:?}");
                    }
                }
            }
        }
    }
}
