//! Student's t distribution; infinite degrees of freedom are the normal.
//!
//! `P(|T| >= |t|) = I_x(df/2, 1/2)` with `x = df/(df + t^2)` (DLMF 8.17,
//! Abramowitz and Stegun 26.7.1). Quantiles by Newton's method in logarithms on
//! the smaller of the two areas. Cost O(1) up to a continued fraction.

use super::{incomplete_beta, log_newton, normal};
use crate::stats::memo::Memo;

thread_local! {
    /// The intervals of a table mostly have one level and few degrees of freedom.
    static CRITICAL: Memo<2, f64> = Memo::new();
}

/// `P(|T| >= |t|)`.
pub fn two_sided(t: f64, df: f64) -> f64 {
    areas(t, df).0
}

/// `P(T > t)`.
pub fn sf(t: f64, df: f64) -> f64 {
    let both = two_sided(t, df);
    if t >= 0.0 { both / 2.0 } else { 1.0 - both / 2.0 }
}

/// `P(T <= t)`.
pub fn cdf(t: f64, df: f64) -> f64 {
    sf(-t, df)
}

/// The `t` with `P(T <= t) = p`; infinite at 0 and 1.
pub fn quantile(p: f64, df: f64) -> f64 {
    if !((0.0..=1.0).contains(&p) && df > 0.0) {
        return f64::NAN;
    }
    let tail = if p < 0.5 { p } else { 1.0 - p };
    // 2p - 1 is exact near one half, where 1 - 2 tail would round.
    magnitude(2.0 * tail, (2.0 * p - 1.0).abs(), df).copysign(p - 0.5)
}

/// The `t` with `P(|T| >= t) = alpha`, for `alpha` in (0, 1).
pub fn critical(alpha: f64, df: f64) -> f64 {
    if !(alpha > 0.0 && alpha < 1.0 && df > 0.0) {
        return f64::NAN;
    }
    CRITICAL.with(|known| known.get([alpha, df], || magnitude(alpha, 1.0 - alpha, df)))
}

/// Probabilities outside and inside of `-|t|..|t|`.
fn areas(t: f64, df: f64) -> (f64, f64) {
    if t.is_nan() || df.is_nan() || df <= 0.0 {
        return (f64::NAN, f64::NAN);
    }
    let t = t.abs();
    if df.is_infinite() {
        let z = t / std::f64::consts::SQRT_2;
        return (libm::erfc(z), libm::erf(z));
    }
    if t == 0.0 || t.is_infinite() {
        return if t == 0.0 { (1.0, 0.0) } else { (0.0, 1.0) };
    }
    let ratio = t / df.sqrt();
    if ratio > 1e10 {
        return (power_tail(t, df), 1.0);
    }
    let square = ratio * ratio;
    let (x, y) = (1.0 / (1.0 + square), square / (1.0 + square));
    incomplete_beta::tails(df / 2.0, 0.5, x, y)
}

/// The far tail, a power of t: squaring t would leave the range of a double.
fn power_tail(t: f64, df: f64) -> f64 {
    // x^a / (a B(a, 1/2)); the factor without x, at a place where x^a y^b is known.
    let a = df / 2.0;
    let factor = incomplete_beta::leading(a, 0.5, 0.5, 0.5).ln() + (a + 0.5) * 2.0f64.ln();
    (factor - a.ln() - df * (t.ln() - df.ln() / 2.0)).exp().min(1.0)
}

/// The `t >= 0` with the given area outside, and its complement inside.
fn magnitude(outside: f64, inside: f64, df: f64) -> f64 {
    if inside == 0.0 || outside == 0.0 {
        return if inside == 0.0 { 0.0 } else { f64::INFINITY };
    }
    if df.is_infinite() {
        return if inside < 0.5 {
            normal::quantile(0.5 + inside / 2.0)
        } else {
            -normal::quantile(outside / 2.0)
        };
    }
    let slope = |t: f64| 2.0 * t * density(t, df);
    let start = -normal::quantile(outside / 2.0);
    if inside < outside {
        log_newton::solve(inside, true, f64::MAX, start, |t| (areas(t, df).1, slope(t)))
    } else {
        log_newton::solve(outside, false, f64::MAX, start, |t| (areas(t, df).0, slope(t)))
    }
}

/// Density at `t > 0`; where it underflows the solver bisects.
fn density(t: f64, df: f64) -> f64 {
    let ratio = t / df.sqrt();
    let square = ratio * ratio;
    let (x, y) = (1.0 / (1.0 + square), square / (1.0 + square));
    incomplete_beta::leading(df / 2.0, 0.5, x, y) / t
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// scipy 1.17.1: `t.sf(3.6216, 11.1297)`, `t.sf(3.2878, 56.0962)`,
    /// `-t.ppf(0.2164, 52.695)`, `-t.ppf(1e-10, 4)`; the last two are
    /// the Cauchy tail in closed form and `norm.sf(10)`.
    #[test]
    fn agrees_with_scipy() {
        let close = |got: f64, want: f64| assert!((got / want - 1.0).abs() < 1e-12, "{got} {want}");
        close(sf(3.6216, 11.1297), 0.001_970_760_278_527_423);
        close(sf(3.2878, 56.0962), 0.000_873_156_768_592_183_9);
        close(critical(2.0 * 0.2164, 52.695), 0.790_463_950_058_067_2);
        close(quantile(1e-10, 4.0), -416.175_140_329_604_1);
        close(sf(1e200, 1.0), 1e-200 / std::f64::consts::PI);
        close(sf(10.0, f64::INFINITY), 7.619_853_024_160_527e-24);
    }

    proptest! {
        #[test]
        fn the_quantile_inverts(p in 1e-12..1.0f64, df in 0.5..1e6f64) {
            let t = quantile(p, df);
            prop_assert!((cdf(t, df) / p - 1.0).abs() < 1e-11, "{t}");
        }

        #[test]
        fn nothing_panics(t in any::<f64>(), df in any::<f64>()) {
            let p = two_sided(t, df);
            prop_assert!(p.is_nan() || (0.0..=1.0).contains(&p));
            let _ = (sf(t, df), cdf(t, df), quantile(t, df), critical(t, df));
        }
    }
}
