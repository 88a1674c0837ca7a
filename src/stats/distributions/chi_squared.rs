//! The chi-squared distribution: `P(df/2, x/2)` and `Q(df/2, x/2)`, the
//! regularised incomplete gamma functions. Cost O(sqrt df).

use super::incomplete_gamma;

/// `P(X > x)`; 1 below zero.
pub fn sf(x: f64, df: f64) -> f64 {
    tails(x, df).1
}

/// `P(X <= x)`; 0 below zero.
pub fn cdf(x: f64, df: f64) -> f64 {
    tails(x, df).0
}

fn tails(x: f64, df: f64) -> (f64, f64) {
    if x.is_nan() {
        return (f64::NAN, f64::NAN);
    }
    incomplete_gamma::tails(df / 2.0, x.max(0.0) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// scipy 1.17.1: `chi2.sf(300, 4)`, `chi2.cdf(1e-8, 7)`, `chi2.sf(1.2, 1)`.
    #[test]
    fn agrees_with_scipy() {
        let close = |got: f64, want: f64| assert!((got / want - 1.0).abs() < 1e-13, "{got} {want}");
        close(sf(300.0, 4.0), 1.083_439_491_947_837e-63);
        close(sf(2.0, 2.0), (-1.0f64).exp());
        close(cdf(2.0, 2.0), -(-1.0f64).exp_m1());
    }

    proptest! {
        #[test]
        fn nothing_panics(x in any::<f64>(), df in any::<f64>()) {
            for p in [sf(x, df), cdf(x, df)] {
                prop_assert!(p.is_nan() || (0.0..=1.0).contains(&p));
            }
        }

        #[test]
        fn two_degrees_are_exponential(x in 0.0..1400.0f64) {
            prop_assert!((sf(x, 2.0) / (-x / 2.0).exp() - 1.0).abs() < 1e-12);
        }
    }
}
