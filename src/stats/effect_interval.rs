//! Intervals of standardised mean differences.
//!
//! For normal values with one variance, `t = d sqrt(n m / (n + m))` follows a
//! noncentral t distribution with `n + m - 2` degrees of freedom and
//! noncentrality `delta sqrt(n m / (n + m))`: the ends of the interval are the
//! `delta` under which the observed `t` has the tails `alpha / 2` (Steiger and
//! Fouladi 1997; Cumming and Finch 2001). Exact, and not symmetric. Hedges' g:
//! both ends times the correction. Glass's delta: `m - 1` degrees of freedom,
//! still for equal variances (Hedges and Olkin 1985). `d_z`: `t = d_z sqrt(n)`
//! with `n - 1`. Reference: R `MBESS::ci.smd`, checked against scipy 1.17 `nct`.
//!
//! *From a table*: mean, standard deviation and n of each side give the same
//! interval of g as the values would.
//!
//! *Paired g*: the mean difference in standard deviations of the values, not of
//! the differences: `d = mean(x - y) / sqrt((s_x^2 + s_y^2) / 2)`. It is
//! comparable with g of independent samples, which `d_z` is not: that one grows
//! with the correlation of the pairs. Its interval takes the pairing into
//! account: the ends for `t = mean(x - y) / (s_d / sqrt(n))`, `n - 1` degrees of
//! freedom, times `sqrt(2 s_d^2 / (n (s_x^2 + s_y^2)))` (Algina and Keselman
//! 2003); approximate, the correlation being estimated. Estimate and ends times
//! `J(2 (n - 1) / (1 + r^2))`, the degrees of freedom of the mean of two
//! correlated variances (Cousineau 2020). Three pairs or more: with two, r is 1
//! or -1 and J is 0.
//!
//! Undefined wherever the effect size is; degenerate effects (no spread) have
//! no interval. Cost O(n) plus some twenty evaluations of the noncentral t.

use serde::{Deserialize, Serialize};

use super::bounds::confidence_error;
use super::describe::{mean, sd};
use super::distributions::noncentral_t;
use super::effect_size::{cohen_d, cohen_dz, correction, glass_delta};
use super::t_summary::Summary;
use super::{Bounds, Outcome, root};
use super::{pearson, ranks};

/// An effect size with its interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct EffectInterval {
    /// The effect size.
    pub estimate: f64,
    /// Its interval.
    pub bounds: Bounds,
}

/// Cohen's d.
pub fn cohen_d_interval(x: &[f64], y: &[f64], confidence: f64) -> Outcome<EffectInterval> {
    let (n, m) = (x.len() as f64, y.len() as f64);
    invert(cohen_d(x, y), (n * m / (n + m)).sqrt(), n + m - 2.0, confidence)
}

/// Hedges' g with the exact correction.
pub fn hedges_g_interval(x: &[f64], y: &[f64], confidence: f64) -> Outcome<EffectInterval> {
    let df = (x.len() + y.len()) as f64 - 2.0;
    corrected(cohen_d_interval(x, y, confidence), correction(df))
}

/// Hedges' g of two independent samples, from what a table prints of them.
pub fn hedges_g_of_summaries(x: Summary, y: Summary, confidence: f64) -> Outcome<EffectInterval> {
    if x.n < 2 || y.n < 2 {
        let reason = format!("needs two values on each side, got {} and {}", x.n, y.n);
        return Outcome::undefined(reason);
    }
    for side in [x, y] {
        if !(side.mean.is_finite() && side.sd.is_finite() && side.sd >= 0.0) {
            let Summary { mean, sd, .. } = side;
            let reason = format!("no sample has mean {mean} and standard deviation {sd}");
            return Outcome::undefined(reason);
        }
    }
    let (n, m) = (x.n as f64, y.n as f64);
    let df = n + m - 2.0;
    let pooled = ((n - 1.0) / df * x.sd * x.sd + (m - 1.0) / df * y.sd * y.sd).sqrt();
    let effect = standardised(x.mean - y.mean, pooled);
    corrected(invert(effect, (n * m / (n + m)).sqrt(), df, confidence), correction(df))
}

/// Paired g: the mean difference in standard deviations of the values, with an
/// interval that accounts for the pairing.
pub fn hedges_g_paired_interval(x: &[f64], y: &[f64], confidence: f64) -> Outcome<EffectInterval> {
    if x.len() != y.len() || x.len() < 3 {
        return Outcome::undefined(format!(
            "needs three pairs, got {} and {} values",
            x.len(),
            y.len()
        ));
    }
    if x.iter().chain(y).any(|v| !v.is_finite()) {
        return Outcome::undefined("a value is not finite");
    }
    let (n, d) = (x.len() as f64, ranks::differences(x, y));
    let (of_x, of_y, of_d) = (sd(x), sd(y), sd(&d));
    let within = of_x.hypot(of_y) / 2.0f64.sqrt();
    if of_d == 0.0 {
        return Outcome::undefined("the differences have no spread: no interval");
    }
    let effect = standardised(mean(&d), within);
    // No correlation where a side is constant.
    let r = pearson::pearson(x, y).any().map_or(0.0, |found| found.coefficient);
    let df = 2.0 * (n - 1.0) / (1.0 + r * r);
    let scale = n.sqrt() * within / of_d;
    corrected(invert(effect, scale, n - 1.0, confidence), correction(df))
}

fn standardised(difference: f64, spread: f64) -> Outcome<f64> {
    let effect = difference / spread;
    if effect.is_finite() {
        Outcome::of(effect)
    } else {
        Outcome::undefined(format!("a difference of {difference} over a spread of {spread}"))
    }
}

fn corrected(interval: Outcome<EffectInterval>, by: f64) -> Outcome<EffectInterval> {
    interval.map(|d| EffectInterval {
        estimate: d.estimate * by,
        bounds: Bounds { low: d.bounds.low * by, high: d.bounds.high * by },
    })
}

/// Glass's delta, in standard deviations of `y`.
pub fn glass_delta_interval(x: &[f64], y: &[f64], confidence: f64) -> Outcome<EffectInterval> {
    let (n, m) = (x.len() as f64, y.len() as f64);
    invert(glass_delta(x, y), (n * m / (n + m)).sqrt(), m - 1.0, confidence)
}

/// `d_z` of paired samples.
pub fn cohen_dz_interval(x: &[f64], y: &[f64], confidence: f64) -> Outcome<EffectInterval> {
    let n = x.len() as f64;
    invert(cohen_dz(x, y), n.sqrt(), n - 1.0, confidence)
}

/// `scale` turns the effect into t.
fn invert(effect: Outcome<f64>, scale: f64, df: f64, confidence: f64) -> Outcome<EffectInterval> {
    if let Some(error) = confidence_error(confidence) {
        return Outcome::undefined(error);
    }
    let estimate = match effect {
        Outcome::Value { value } if value.is_finite() => value,
        Outcome::Undefined { reason } => return Outcome::undefined(reason),
        _ => return Outcome::undefined("no spread: an infinite effect has no interval"),
    };
    let t = estimate * scale;
    let alpha = (1.0 - confidence) / 2.0;
    // The tail beyond the observed t grows with the noncentrality.
    let low = root::rising(|delta| noncentral_t::sf(t, df, delta) - alpha, t - 2.0, 1.0);
    let high = root::rising(|delta| alpha - noncentral_t::cdf(t, df, delta), t + 2.0, 1.0);
    match (low, high) {
        (Some(low), Some(high)) => Outcome::of(EffectInterval {
            estimate,
            bounds: Bounds { low: low / scale, high: high / scale },
        }),
        _ => Outcome::undefined("the noncentral t distribution could not be inverted"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::effect_size::hedges_g;
    use proptest::prelude::*;

    const X: [f64; 6] = [5.1, 4.8, 5.6, 5.3, 4.9, 5.2];
    const Y: [f64; 5] = [4.6, 4.9, 4.4, 5.0, 4.7];

    /// scipy 1.17.1: `brentq(lambda d: nct.sf(t, df, d) - 0.025, ...)` on each side.
    #[test]
    fn agrees_with_scipy() {
        let check = |got: Outcome<EffectInterval>, want: [f64; 3]| {
            let got = *got.value().expect("an interval");
            for (got, want) in [got.estimate, got.bounds.low, got.bounds.high].iter().zip(want) {
                assert!((got / want - 1.0).abs() < 1e-8, "{got} {want}");
            }
        };
        check(
            cohen_d_interval(&X, &Y, 0.95),
            [1.608_733_938_026_810_9, 0.182_655_843_907_038_7, 2.971_527_653_501_6],
        );
        check(
            glass_delta_interval(&X, &Y, 0.95),
            [1.801_071_805_654_289_6, 0.065_045_975_137_062_76, 3.443_011_462_385_345_4],
        );
        check(
            cohen_dz_interval(&X[..5], &Y, 0.95),
            [0.862_730_431_518_648_8, -0.220_986_161_186_055_32, 1.877_459_522_034_934_8],
        );
    }

    #[test]
    fn hedges_is_the_corrected_interval() {
        let (d, g) = (cohen_d_interval(&X, &Y, 0.9), hedges_g_interval(&X, &Y, 0.9));
        let (d, g) = (d.value().expect("d"), g.value().expect("g"));
        let ratio = g.estimate / d.estimate;
        assert!(ratio < 1.0 && (g.bounds.high / d.bounds.high - ratio).abs() < 1e-12);
        let none = hedges_g_interval(&X, &X, 0.9);
        let none = none.value().expect("an interval around 0");
        assert!(none.bounds.low < 0.0 && (none.bounds.low + none.bounds.high).abs() < 1e-9);
        let estimate = hedges_g(&X, &Y);
        assert!((g.estimate / estimate.value().expect("g") - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_table_gives_the_interval_of_the_values() {
        let of = |v: &[f64]| Summary { n: v.len(), mean: mean(v), sd: sd(v) };
        let (table, values) =
            (hedges_g_of_summaries(of(&X), of(&Y), 0.95), hedges_g_interval(&X, &Y, 0.95));
        let (table, values) = (table.value().expect("g"), values.value().expect("g"));
        assert!((table.estimate - values.estimate).abs() < 1e-9);
        assert!((table.bounds.low - values.bounds.low).abs() < 1e-7);
        let one = hedges_g_of_summaries(Summary { n: 1, mean: 1.0, sd: 0.1 }, of(&Y), 0.95);
        let flat = Summary { n: 4, mean: 1.0, sd: 0.0 };
        assert!(one.any().is_none() && hedges_g_of_summaries(flat, flat, 0.95).any().is_none());
    }

    /// pitfall: an interval of paired runs as wide as if they were not paired.
    #[test]
    fn pairing_shortens_the_interval_of_g() {
        let y: Vec<f64> =
            X.iter().enumerate().map(|(i, v)| v - 0.2 - 0.01 * (i % 3) as f64).collect();
        let (paired, apart) =
            (hedges_g_paired_interval(&X, &y, 0.95), hedges_g_interval(&X, &y, 0.95));
        let (paired, apart) = (paired.value().expect("g"), apart.value().expect("g"));
        assert!((paired.estimate / apart.estimate - 1.0).abs() < 0.15);
        let length = |g: &EffectInterval| g.bounds.high - g.bounds.low;
        assert!(length(paired) < 0.6 * length(apart), "{paired:?} {apart:?}");
        assert!(hedges_g_paired_interval(&X[..2], &Y[..2], 0.95).any().is_none());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn swapping_the_sides_mirrors(
            x in prop::collection::vec(-9.0..9.0f64, 2..8), y in prop::collection::vec(-9.0..9.0f64, 2..8),
        ) {
            if let (Some(a), Some(b)) = (cohen_d_interval(&x, &y, 0.95).value(), cohen_d_interval(&y, &x, 0.95).value()) {
                let scale = 1.0 + a.estimate.abs();
                prop_assert!((a.bounds.low + b.bounds.high).abs() < 1e-7 * scale, "{a:?} {b:?}");
                prop_assert!(a.bounds.low <= a.estimate && a.estimate <= a.bounds.high);
            }
        }

        #[test]
        fn nothing_panics(x in prop::collection::vec(any::<f64>(), 0..5),
                          y in prop::collection::vec(any::<f64>(), 0..5), c: f64) {
            for f in [
                cohen_d_interval, hedges_g_interval, glass_delta_interval, cohen_dz_interval,
                hedges_g_paired_interval,
            ] {
                let _ = f(&x, &y, c);
                let _ = f(&x, &y, 0.95);
            }
        }
    }
}
