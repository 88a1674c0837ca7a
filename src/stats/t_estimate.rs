//! An estimate with its standard error and degrees of freedom.
//!
//! The common half of the t tests, of the equivalence tests and of the
//! intervals: what is estimated (a mean, a difference of means), how far it may
//! be off, and from what it was computed. From raw values or from mean,
//! standard deviation and n, the arithmetic after the variances is the same.

use serde::{Deserialize, Serialize};

use super::Outcome;
use super::bounds::confidence_error;
use super::describe::{mean, variance};
use super::distributions::student_t;
use super::t_test::{Alternative, TTest};

/// What a t test was computed from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Input {
    /// Raw values.
    #[default]
    Values,
    /// Mean, standard deviation and n, as tables print them.
    Summary,
}

/// Size, mean and variance of a sample.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moments {
    pub(super) n: f64,
    pub(super) mean: f64,
    /// With `n - 1`; of no meaning for one value.
    pub(super) variance: f64,
}

impl Moments {
    fn of(x: &[f64]) -> Result<Self, String> {
        if x.iter().any(|v| !v.is_finite()) {
            return Err("a value is not finite".into());
        }
        Ok(Self { n: x.len() as f64, mean: mean(x), variance: variance(x) })
    }
}

/// Estimate, standard error and degrees of freedom; or why there are none.
#[derive(Clone, Debug)]
pub(super) struct TEstimate(Result<Parts, String>);

#[derive(Clone, Copy, Debug)]
struct Parts {
    estimate: f64,
    standard_error: f64,
    df: f64,
    input: Input,
}

impl TEstimate {
    pub(super) fn student(x: &[f64], y: &[f64]) -> Self {
        Self::of_values(x, y, Self::student_of)
    }

    pub(super) fn welch(x: &[f64], y: &[f64]) -> Self {
        Self::of_values(x, y, Self::welch_of)
    }

    fn of_values(x: &[f64], y: &[f64], of: fn(Moments, Moments, Input) -> Self) -> Self {
        match Moments::of(x).and_then(|x| Ok((x, Moments::of(y)?))) {
            Ok((x, y)) => of(x, y, Input::Values),
            Err(reason) => Self(Err(reason)),
        }
    }

    pub(super) fn student_of(x: Moments, y: Moments, input: Input) -> Self {
        let (n, m) = (x.n, y.n);
        // One value on a side adds nothing to the pooled variance, and is allowed.
        let needed = if n.min(m) == 1.0 && n + m > 2.0 { 1.0 } else { 2.0 };
        if let Some(reason) = too_few(n, m, needed) {
            return Self(Err(reason));
        }
        let df = n + m - 2.0;
        let squares =
            |side: Moments| if side.n < 2.0 { 0.0 } else { (side.n - 1.0) * side.variance };
        let pooled = (squares(x) + squares(y)) / df;
        let standard_error = (pooled * (1.0 / n + 1.0 / m)).sqrt();
        Self(Ok(Parts { estimate: x.mean - y.mean, standard_error, df, input }))
    }

    pub(super) fn welch_of(x: Moments, y: Moments, input: Input) -> Self {
        if let Some(reason) = too_few(x.n, y.n, 2.0) {
            return Self(Err(reason));
        }
        let (a, b) = (x.variance / x.n, y.variance / y.n);
        let df = welch_df((a, x.n), (b, y.n));
        Self(Ok(Parts { estimate: x.mean - y.mean, standard_error: (a + b).sqrt(), df, input }))
    }

    /// Of values, computed elsewhere.
    pub(super) fn of_parts(estimate: f64, standard_error: f64, df: f64) -> Self {
        Self(Ok(Parts { estimate, standard_error, df, input: Input::Values }))
    }

    pub(super) fn one_sample(x: &[f64]) -> Self {
        match Moments::of(x) {
            Ok(moments) => Self::one_sample_of(moments, Input::Values),
            Err(reason) => Self(Err(reason)),
        }
    }

    pub(super) fn one_sample_of(x: Moments, input: Input) -> Self {
        if x.n < 2.0 {
            return Self(Err(format!("a t test needs at least two values, got {}", x.n)));
        }
        let standard_error = (x.variance / x.n).sqrt();
        Self(Ok(Parts { estimate: x.mean, standard_error, df: x.n - 1.0, input }))
    }

    pub(super) fn paired(x: &[f64], y: &[f64]) -> Self {
        if x.len() != y.len() {
            return Self(Err(format!(
                "a paired test needs as many values on each side, got {} and {}",
                x.len(),
                y.len()
            )));
        }
        if x.iter().chain(y).any(|v| !v.is_finite()) {
            return Self(Err("a value is not finite".into()));
        }
        Self::one_sample(&differences(x, y))
    }

    /// The test that the estimate is `null`.
    pub(super) fn test(
        &self,
        null: f64,
        alternative: Alternative,
        confidence: f64,
    ) -> Outcome<TTest> {
        if let Some(error) = confidence_error(confidence) {
            return Outcome::undefined(error);
        }
        let parts = match &self.0 {
            Ok(parts) => parts,
            Err(reason) => return Outcome::undefined(reason.clone()),
        };
        let Parts { estimate, standard_error, df, input } = *parts;
        if !null.is_finite() {
            return Outcome::undefined(format!("the hypothesis is a mean of {null}"));
        }
        let difference = estimate - null;
        if !difference.is_finite() || !standard_error.is_finite() {
            return Outcome::undefined("the values are too large for their variance to be finite");
        }
        if standard_error == 0.0 {
            if difference == 0.0 {
                return Outcome::undefined("all values are equal: t would be 0/0");
            }
            let t = f64::INFINITY.copysign(difference);
            let p = tail(t, 1.0, alternative);
            let result = TTest { t, df, p, estimate, ci_low: estimate, ci_high: estimate, input };
            return Outcome::degenerate(result, "zero variance and unequal means: t is infinite");
        }
        let t = difference / standard_error;
        let half = student_t::critical(1.0 - confidence, df) * standard_error;
        Outcome::of(TTest {
            t,
            df,
            p: tail(t, df, alternative),
            estimate,
            ci_low: estimate - half,
            ci_high: estimate + half,
            input,
        })
    }
}

/// Degrees of freedom after Welch and Satterthwaite; sides as (squared standard
/// error, n).
pub(super) fn welch_df((a, n): (f64, f64), (b, m): (f64, f64)) -> f64 {
    // Shares instead of squares of tiny variances, which would underflow.
    let share = a / (a + b);
    let df = 1.0 / (share * share / (n - 1.0) + (1.0 - share) * (1.0 - share) / (m - 1.0));
    if df.is_nan() { n + m - 2.0 } else { df }
}

/// Differences of pairs, those that differ by rounding only made equal.
///
/// Differences of the same two decimals can differ in their last bit (0.3 -
/// 0.1, 0.5 - 0.3); what is equal to that precision is constant.
pub(super) fn differences(x: &[f64], y: &[f64]) -> Vec<f64> {
    let mut differences: Vec<f64> = x.iter().zip(y).map(|(a, b)| a - b).collect();
    let scale = x.iter().chain(y).fold(0.0f64, |a, v| a.max(v.abs()));
    let centre = mean(&differences);
    let slack = 4.0 * f64::EPSILON * scale;
    if differences.iter().all(|d| (d - centre).abs() <= slack) {
        differences.fill(if centre.abs() <= slack { 0.0 } else { centre });
    }
    differences
}

fn too_few(n: f64, m: f64, needed: f64) -> Option<String> {
    (n < needed || m < needed)
        .then(|| format!("a t test needs at least two values on each side, got {n} and {m}"))
}

fn tail(t: f64, df: f64, alternative: Alternative) -> f64 {
    match alternative {
        Alternative::TwoSided => student_t::two_sided(t, df),
        Alternative::Less => student_t::sf(-t, df),
        Alternative::Greater => student_t::sf(t, df),
    }
}
