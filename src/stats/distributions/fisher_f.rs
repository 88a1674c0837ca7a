//! Fisher's F distribution: `P(F > f) = I_x(d2/2, d1/2)` with `x = d2/(d2 +
//! d1 f)`. Infinite degrees of freedom on one side are the chi-squared limit.
//! Cost O(sqrt(max(d1, d2))).

use super::{chi_squared, incomplete_beta};

/// `P(F > f)`; 1 below zero.
pub fn sf(f: f64, d1: f64, d2: f64) -> f64 {
    tails(f, d1, d2).1
}

/// `P(F <= f)`; 0 below zero.
pub fn cdf(f: f64, d1: f64, d2: f64) -> f64 {
    tails(f, d1, d2).0
}

fn tails(f: f64, d1: f64, d2: f64) -> (f64, f64) {
    if f.is_nan() || !(d1 > 0.0 && d2 > 0.0) || (d1.is_infinite() && d2.is_infinite()) {
        return (f64::NAN, f64::NAN);
    }
    let f = f.max(0.0);
    if f.is_infinite() {
        return (1.0, 0.0);
    }
    if d2.is_infinite() {
        return (chi_squared::cdf(d1 * f, d1), chi_squared::sf(d1 * f, d1));
    }
    if d1.is_infinite() {
        return (chi_squared::sf(d2 / f, d2), chi_squared::cdf(d2 / f, d2));
    }
    let ratio = f * (d1 / d2);
    if ratio.is_infinite() {
        return (1.0, 0.0);
    }
    incomplete_beta::tails(d1 / 2.0, d2 / 2.0, ratio / (1.0 + ratio), 1.0 / (1.0 + ratio))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::distributions::student_t;
    use proptest::prelude::*;

    /// scipy 1.17.1: `f.sf(150, 3, 120)`.
    #[test]
    fn agrees_with_scipy() {
        let got = sf(150.0, 3.0, 120.0);
        assert!((got / 1.959_875_608_824_362_7e-40 - 1.0).abs() < 1e-12, "{got}");
    }

    proptest! {
        #[test]
        fn one_numerator_degree_is_t_squared(t in 0.01..30.0f64, df in 1.0..1e4f64) {
            let (f, t) = (sf(t * t, 1.0, df), student_t::two_sided(t, df));
            prop_assert!((f / t - 1.0).abs() < 1e-11);
        }

        #[test]
        fn the_reciprocal_swaps_the_sides(f in 0.01..50.0f64, a in 1.0..90.0f64, b in 1.0..90.0f64) {
            prop_assert!((sf(f, a, b) / cdf(1.0 / f, b, a) - 1.0).abs() < 1e-11);
        }

        #[test]
        fn nothing_panics(f in any::<f64>(), a in any::<f64>(), b in any::<f64>()) {
            for p in [sf(f, a, b), cdf(f, a, b)] {
                prop_assert!(p.is_nan() || (0.0..=1.0).contains(&p));
            }
        }
    }
}
