//! Minimum detectable effect, and how many further runs would decide.
//!
//! *Minimum detectable effect*: the difference that a two-sided t test at level
//! `alpha` finds with the given power, by the noncentral t distribution (Cohen
//! 1988; exact for the paired and one-sample test, for Welch's with the
//! Satterthwaite degrees of freedom an approximation, Moser, Stevens and Watts
//! 1989). Reference: R `power.t.test(strict = TRUE)`, checked against scipy 1.17
//! `nct`.
//!
//! *Further runs*: the smallest number of runs (per side) with which the t
//! interval would give another verdict than inconclusive ([`super::verdict`]),
//! if estimate and standard deviations stayed as they are. They will not: for
//! an effect of exactly the estimated size it decides about every second time,
//! so it is a lower limit for planning, not a promise.
//!
//! Fewer than two runs, a standard deviation that is negative or not finite,
//! levels outside (0, 1): undefined. Zero standard deviation: the detectable
//! effect is a degenerate 0. Cost O(1): some tens of evaluations, once for each
//! number of degrees of freedom.

use super::bounds::confidence_error;
use super::distributions::{noncentral_t, student_t};
use super::memo::Memo;
use super::{Outcome, root};

thread_local! {
    /// By degrees of freedom, alpha and power: paired tests of one number of seeds
    /// differ in their standard error alone.
    static DETECTABLE: Memo<3, Option<f64>> = Memo::new();
}

/// Most further runs that are looked for.
pub const MOST_FURTHER: usize = 100_000;

/// Smallest mean difference of `n` pairs (of standard deviation `sd`) that the
/// paired test finds.
pub fn detectable_paired(n: usize, sd: f64, alpha: f64, power: f64) -> Outcome<f64> {
    if n < 2 {
        return Outcome::undefined(format!("needs two pairs, got {n}"));
    }
    let n = n as f64;
    detectable(sd / n.sqrt(), n - 1.0, alpha, power)
}

/// Smallest difference of means that Welch's test finds; sides as (n, standard
/// deviation).
pub fn detectable_welch(x: (usize, f64), y: (usize, f64), alpha: f64, power: f64) -> Outcome<f64> {
    match welch(x, y) {
        Ok((standard_error, df)) => detectable(standard_error, df, alpha, power),
        Err(reason) => Outcome::undefined(reason),
    }
}

/// Power of the two-sided t test at `alpha` for a true difference of
/// `delta` standard errors.
pub fn power_of(delta: f64, df: f64, alpha: f64) -> f64 {
    let critical = student_t::critical(alpha, df);
    noncentral_t::sf(critical, df, delta) + noncentral_t::cdf(-critical, df, delta)
}

/// Further pairs with which the paired test would decide; 0 when it has.
pub fn further_pairs(
    n: usize,
    estimate: f64,
    sd: f64,
    margin: f64,
    confidence: f64,
) -> Outcome<usize> {
    if n < 2 {
        return Outcome::undefined(format!("needs two pairs, got {n}"));
    }
    further(estimate, margin, confidence, |k| {
        let n = n.saturating_add(k) as f64;
        Ok((sd / n.sqrt(), n - 1.0))
    })
}

/// Further runs on each side with which Welch's test would decide; 0 when it
/// has. Sides as (n, standard deviation).
pub fn further_runs(
    x: (usize, f64),
    y: (usize, f64),
    estimate: f64,
    margin: f64,
    confidence: f64,
) -> Outcome<usize> {
    further(estimate, margin, confidence, |k| {
        welch((x.0.saturating_add(k), x.1), (y.0.saturating_add(k), y.1))
    })
}

/// Standard error and degrees of freedom.
fn welch(x: (usize, f64), y: (usize, f64)) -> Result<(f64, f64), String> {
    if x.0 < 2 || y.0 < 2 {
        return Err(format!("needs two runs on each side, got {} and {}", x.0, y.0));
    }
    if !(x.1 >= 0.0 && y.1 >= 0.0) {
        return Err(format!("the standard deviations are {} and {}", x.1, y.1));
    }
    let (n, m) = (x.0 as f64, y.0 as f64);
    let (a, b) = (x.1 * x.1 / n, y.1 * y.1 / m);
    let share = a / (a + b);
    let df = 1.0 / (share * share / (n - 1.0) + (1.0 - share) * (1.0 - share) / (m - 1.0));
    Ok(((a + b).sqrt(), if df.is_nan() { n + m - 2.0 } else { df }))
}

fn detectable(standard_error: f64, df: f64, alpha: f64, power: f64) -> Outcome<f64> {
    if !(standard_error >= 0.0 && standard_error.is_finite()) {
        return Outcome::undefined(format!("the standard error is {standard_error}"));
    }
    if !(alpha > 0.0 && alpha < 1.0 && power > alpha && power < 1.0) {
        return Outcome::undefined(format!(
            "alpha is {alpha} and power {power}, expected 0 < alpha < power < 1"
        ));
    }
    if standard_error == 0.0 {
        return Outcome::degenerate(0.0, "no spread: any difference is detectable");
    }
    match DETECTABLE
        .with(|known| known.get([df, alpha, power], || standard_errors(df, alpha, power)))
    {
        Some(delta) => Outcome::of(delta * standard_error),
        None => Outcome::undefined("the noncentral t distribution could not be inverted"),
    }
}

/// The difference, in standard errors, that is found with this power.
fn standard_errors(df: f64, alpha: f64, power: f64) -> Option<f64> {
    // Power grows with the size of the effect; below 0 it would grow again.
    let rising =
        |delta: f64| if delta <= 0.0 { alpha - power } else { power_of(delta, df, alpha) - power };
    root::rising(rising, student_t::critical(alpha, df), 1.0)
}

/// `at(k)` gives standard error and degrees of freedom with `k` further runs.
fn further(
    estimate: f64,
    margin: f64,
    confidence: f64,
    at: impl Fn(usize) -> Result<(f64, f64), String>,
) -> Outcome<usize> {
    if let Some(error) = confidence_error(confidence) {
        return Outcome::undefined(error);
    }
    if !(estimate.is_finite() && margin >= 0.0 && margin.is_finite()) {
        return Outcome::undefined(format!("the estimate is {estimate} and the margin {margin}"));
    }
    // The interval excludes 0, or lies within the margin, when it is shorter than this.
    let enough = estimate.abs().max(margin - estimate.abs());
    let half = |k: usize| {
        at(k).map(
            |(se, df)| {
                if se == 0.0 { 0.0 } else { student_t::critical(1.0 - confidence, df) * se }
            },
        )
    };
    let decides = |k: usize| half(k).is_ok_and(|half| half < enough);
    match half(0) {
        Err(reason) => return Outcome::undefined(reason),
        Ok(half) if !half.is_finite() => {
            return Outcome::undefined("the standard deviation is not finite");
        }
        Ok(_) => {}
    }
    if !decides(MOST_FURTHER) {
        return Outcome::undefined(format!(
            "{MOST_FURTHER} further runs would not decide, the estimate being {estimate}"
        ));
    }
    // The half width falls with the number of runs.
    let (mut too_few, mut enough_runs) = (None, MOST_FURTHER);
    while too_few.map_or(0, |k: usize| k + 1) < enough_runs {
        let from = too_few.map_or(0, |k| k + 1);
        let middle = from + (enough_runs - from) / 2;
        if decides(middle) {
            enough_runs = middle;
        } else {
            too_few = Some(middle);
        }
    }
    Outcome::of(enough_runs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::Bounds;
    use crate::stats::verdict::{Verdict, verdict};
    use proptest::prelude::*;

    /// scipy 1.17.1: `brentq` on `nct.sf(c, df, d) + nct.cdf(-c, df, d) - 0.8`.
    #[test]
    fn agrees_with_scipy() {
        let check = |got: Outcome<f64>, want: f64| {
            let got = *got.value().expect("an effect");
            assert!((got / want - 1.0).abs() < 1e-8, "{got} {want}");
        };
        check(detectable_paired(5, 0.02, 0.05, 0.8), 0.033_639_939_319_111_106);
        check(detectable_welch((5, 0.02), (10, 0.03), 0.05, 0.8), 0.039_941_417_065_902_526);
    }

    #[test]
    fn further_pairs_decide_and_one_fewer_does_not() {
        let (n, estimate, sd, margin) = (5, 0.01, 0.02, 0.005);
        let k = *further_pairs(n, estimate, sd, margin, 0.95).value().expect("a number");
        let at = |n: usize| {
            let half = student_t::critical(0.05, n as f64 - 1.0) * sd / (n as f64).sqrt();
            *verdict(Bounds { low: estimate - half, high: estimate + half }, margin)
                .value()
                .unwrap()
        };
        assert_eq!(at(n + k), Verdict::Better);
        assert_eq!(at(n + k - 1), Verdict::Inconclusive);
        assert_eq!(further_pairs(5, 1.0, 0.02, 0.0, 0.95).value(), Some(&0));
        assert!(further_pairs(5, 0.0, 0.02, 0.0, 0.95).any().is_none());
        assert!(further_runs((5, 0.1), (5, 0.1), 0.0, 0.05, 0.95).value().is_some());
    }

    #[test]
    fn no_spread_detects_anything() {
        assert!(matches!(detectable_paired(3, 0.0, 0.05, 0.8), Outcome::Degenerate { .. }));
        assert_eq!(further_pairs(3, 0.1, 0.0, 0.0, 0.95).value(), Some(&0));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn nothing_panics(n in 0usize..6, m in 0usize..6, sd: f64, other: f64, alpha: f64, power: f64) {
            let _ = detectable_paired(n, sd, alpha, power);
            let _ = detectable_welch((n, sd), (m, other), 0.05, power);
            let _ = detectable_welch((n, sd), (m, other), 0.05, 0.8);
            let _ = further_pairs(n, sd, other, alpha, power);
            let _ = further_pairs(n, sd, other, alpha, 0.95);
            let _ = further_runs((n, sd), (m, other), alpha, power, 0.95);
        }
    }
}
