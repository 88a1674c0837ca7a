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
//! Undefined wherever the effect size is; degenerate effects (no spread) have
//! no interval. Cost O(n) plus some twenty evaluations of the noncentral t.

use serde::{Deserialize, Serialize};

use super::bounds::confidence_error;
use super::distributions::noncentral_t;
use super::effect_size::{cohen_d, cohen_dz, glass_delta, hedges_g};
use super::{Bounds, Outcome, root};

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
    let correction = match (hedges_g(x, y).value(), cohen_d(x, y).value()) {
        (Some(g), Some(d)) if *d != 0.0 => g / d,
        // An effect of 0 says nothing of the correction: shift one side by 1.
        _ => {
            let shifted: Vec<f64> = x.iter().map(|v| v + 1.0).collect();
            match (hedges_g(&shifted, y).value(), cohen_d(&shifted, y).value()) {
                (Some(g), Some(d)) => g / d,
                _ => f64::NAN,
            }
        }
    };
    cohen_d_interval(x, y, confidence).map(|d| EffectInterval {
        estimate: d.estimate * correction,
        bounds: Bounds { low: d.bounds.low * correction, high: d.bounds.high * correction },
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
            for f in [cohen_d_interval, hedges_g_interval, glass_delta_interval, cohen_dz_interval] {
                let _ = f(&x, &y, c);
                let _ = f(&x, &y, 0.95);
            }
        }
    }
}
