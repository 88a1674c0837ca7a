//! Student's, Welch's and the paired t test.
//!
//! *Student* (1908): two independent samples of normal values with one
//! variance; `t = (mean x - mean y) / (s_p sqrt(1/n + 1/m))`, `s_p` pooled,
//! `n + m - 2` degrees of freedom. *Welch* (1947): variances may differ;
//! `t = (mean x - mean y) / sqrt(s_x^2/n + s_y^2/m)`, degrees of freedom after
//! Welch and Satterthwaite. *Paired*: the one-sample test on `x_i - y_i`,
//! `n - 1` degrees of freedom.
//!
//! Ties and zeros mean nothing to these tests. A non-finite value, or fewer
//! than two values on a side, leaves the test undefined (Student's allows one
//! value on one side: the pooled variance is then the other side's). Zero variance:
//! undefined when the means are equal (0/0), degenerate (`t` infinite, `p` 0)
//! when they differ, as scipy 1.17 has it; R refuses both. Cost O(n + m).

use serde::{Deserialize, Serialize};

use super::Outcome;
use super::describe::{mean, variance};
use super::distributions::student_t;

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
    /// `mean x - mean y`, or the mean of the differences.
    pub estimate: f64,
    /// Lower end of the two-sided interval of the estimate.
    pub ci_low: f64,
    /// Upper end of the two-sided interval of the estimate.
    pub ci_high: f64,
}

/// Student's t test of two independent samples.
pub fn student(x: &[f64], y: &[f64], alternative: Alternative, confidence: f64) -> Outcome<TTest> {
    // One value on a side adds nothing to the pooled variance, and is allowed.
    let needed = if x.len().min(y.len()) == 1 && x.len() + y.len() > 2 { 1 } else { 2 };
    if let Some(reason) = unusable(x, y, confidence, needed) {
        return Outcome::undefined(reason);
    }
    let (n, m) = (x.len() as f64, y.len() as f64);
    let df = n + m - 2.0;
    let squares = |v: &[f64]| if v.len() < 2 { 0.0 } else { (v.len() - 1) as f64 * variance(v) };
    let pooled = (squares(x) + squares(y)) / df;
    finish(mean(x) - mean(y), (pooled * (1.0 / n + 1.0 / m)).sqrt(), df, alternative, confidence)
}

/// Welch's t test of two independent samples.
pub fn welch(x: &[f64], y: &[f64], alternative: Alternative, confidence: f64) -> Outcome<TTest> {
    if let Some(reason) = unusable(x, y, confidence, 2) {
        return Outcome::undefined(reason);
    }
    let (n, m) = (x.len() as f64, y.len() as f64);
    let (a, b) = (variance(x) / n, variance(y) / m);
    // Shares instead of squares of tiny variances, which would underflow.
    let share = a / (a + b);
    let satterthwaite =
        1.0 / (share * share / (n - 1.0) + (1.0 - share) * (1.0 - share) / (m - 1.0));
    let df = if satterthwaite.is_nan() { n + m - 2.0 } else { satterthwaite };
    finish(mean(x) - mean(y), (a + b).sqrt(), df, alternative, confidence)
}

/// The paired t test; `x` and `y` hold the same cases in the same order.
pub fn paired(x: &[f64], y: &[f64], alternative: Alternative, confidence: f64) -> Outcome<TTest> {
    if x.len() != y.len() {
        return Outcome::undefined(format!(
            "a paired test needs as many values on each side, got {} and {}",
            x.len(),
            y.len()
        ));
    }
    if let Some(reason) = unusable(x, y, confidence, 2) {
        return Outcome::undefined(reason);
    }
    let differences: Vec<f64> = x.iter().zip(y).map(|(a, b)| a - b).collect();
    let n = differences.len() as f64;
    // Differences of the same two decimals can differ in their last bit
    // (0.3 - 0.1, 0.5 - 0.3); what is equal to that precision is constant.
    let scale = x.iter().chain(y).fold(0.0f64, |a, v| a.max(v.abs()));
    let m = mean(&differences);
    let constant = differences.iter().all(|d| (d - m).abs() <= 4.0 * f64::EPSILON * scale);
    let se = if constant { 0.0 } else { (variance(&differences) / n).sqrt() };
    let estimate = if constant && m.abs() <= 4.0 * f64::EPSILON * scale { 0.0 } else { m };
    finish(estimate, se, n - 1.0, alternative, confidence)
}

fn unusable(x: &[f64], y: &[f64], confidence: f64, needed: usize) -> Option<String> {
    if x.len() < needed || y.len() < needed {
        return Some(format!(
            "a t test needs at least two values on each side, got {} and {}",
            x.len(),
            y.len()
        ));
    }
    if x.iter().chain(y).any(|v| !v.is_finite()) {
        return Some("a value is not finite".into());
    }
    if !(confidence > 0.0 && confidence < 1.0) {
        return Some(format!("the confidence level is {confidence}, expected in (0, 1)"));
    }
    None
}

fn finish(
    estimate: f64,
    se: f64,
    df: f64,
    alternative: Alternative,
    confidence: f64,
) -> Outcome<TTest> {
    if !estimate.is_finite() || !se.is_finite() {
        return Outcome::undefined("the values are too large for their variance to be finite");
    }
    if se == 0.0 {
        if estimate == 0.0 {
            return Outcome::undefined("all values are equal: t would be 0/0");
        }
        let t = f64::INFINITY.copysign(estimate);
        let p = p_of(t, 1.0, alternative);
        let result = TTest { t, df, p, estimate, ci_low: estimate, ci_high: estimate };
        return Outcome::degenerate(result, "zero variance and unequal means: t is infinite");
    }
    let t = estimate / se;
    let half = student_t::critical(1.0 - confidence, df) * se;
    Outcome::of(TTest {
        t,
        df,
        p: p_of(t, df, alternative),
        estimate,
        ci_low: estimate - half,
        ci_high: estimate + half,
    })
}

fn p_of(t: f64, df: f64, alternative: Alternative) -> f64 {
    match alternative {
        Alternative::TwoSided => student_t::two_sided(t, df),
        Alternative::Less => student_t::sf(-t, df),
        Alternative::Greater => student_t::sf(t, df),
    }
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
