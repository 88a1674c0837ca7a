//! The beta distribution: the regularised incomplete beta function itself.
//!
//! Quantile by Newton's method in logarithms, from the nearer end of `0..=1`.
//! Cost O(sqrt(max(a, b))), a dozen times that for the quantile.

use super::{incomplete_beta, log_newton};

/// `P(X <= x)`.
pub fn cdf(x: f64, a: f64, b: f64) -> f64 {
    if x.is_nan() {
        return f64::NAN;
    }
    let x = x.clamp(0.0, 1.0);
    incomplete_beta::tails(a, b, x, 1.0 - x).0
}

/// `P(X > x)`.
pub fn sf(x: f64, a: f64, b: f64) -> f64 {
    if x.is_nan() {
        return f64::NAN;
    }
    let x = x.clamp(0.0, 1.0);
    incomplete_beta::tails(a, b, x, 1.0 - x).1
}

/// The `x` with `P(X <= x) = p`.
pub fn quantile(p: f64, a: f64, b: f64) -> f64 {
    let shapes = a > 0.0 && b > 0.0 && a.is_finite() && b.is_finite();
    if !shapes || !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    if p == 0.0 || p == 1.0 {
        return p;
    }
    let mean = a / (a + b);
    if p <= cdf(mean, a, b) {
        lower(p, a, b, mean)
    } else {
        1.0 - lower(1.0 - p, b, a, b / (a + b))
    }
}

/// Quantile below the mean.
fn lower(p: f64, a: f64, b: f64, mean: f64) -> f64 {
    log_newton::solve(p, true, mean.min(1.0), mean, |x| {
        let (value, _) = incomplete_beta::tails(a, b, x, 1.0 - x);
        (value, incomplete_beta::leading(a, b, x, 1.0 - x) / (1.0 - x))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// scipy 1.17.1: `beta.ppf(0.025, 1, 1000)`, `beta.ppf(0.2626, 7.1415, 8.2793)`.
    #[test]
    fn agrees_with_scipy() {
        let close = |got: f64, want: f64| assert!((got / want - 1.0).abs() < 1e-12, "{got} {want}");
        close(quantile(0.025, 1.0, 1000.0), 2.531_748_749_129_404e-5);
        close(quantile(0.2626, 7.1415, 8.2793), 0.380_751_002_811_734_5);
        close(cdf(0.3, 1.0, 1.0), 0.3);
    }

    proptest! {
        #[test]
        fn the_quantile_inverts(p in 1e-9..1.0f64, a in 0.3..500.0f64, b in 0.3..500.0f64) {
            let x = quantile(p, a, b);
            // Close to 1 the grid of doubles is coarser than p.
            prop_assert!((cdf(x, a, b) - p).abs() < 1e-12 * p.max(1e-3) || x > 0.999, "{x}");
        }

        #[test]
        fn nothing_panics(x in any::<f64>(), a in any::<f64>(), b in any::<f64>()) {
            for p in [sf(x, a, b), cdf(x, a, b), quantile(x, a, b)] {
                prop_assert!(p.is_nan() || (0.0..=1.0).contains(&p));
            }
        }
    }
}
