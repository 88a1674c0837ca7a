//! The standard normal distribution.
//!
//! `libm::erfc` is exact to an ulp or so; statrs' own error function is good
//! to about 5e-11, which is too coarse for tails and for its inverse. The
//! quantile starts from statrs and takes two Newton steps.

use statrs::distribution::{ContinuousCDF, Normal};

/// `P(Z <= z)`.
pub(super) fn cdf(z: f64) -> f64 {
    libm::erfc(-z / std::f64::consts::SQRT_2) / 2.0
}

/// The `z` with `P(Z <= z) = p`; infinite at 0 and 1.
pub(super) fn quantile(p: f64) -> f64 {
    if !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    let mut z = Normal::standard().inverse_cdf(p);
    for _ in 0..2 {
        let density = (-z * z / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
        if !z.is_finite() || density == 0.0 {
            break;
        }
        z -= (cdf(z) - p) / density;
    }
    z
}

#[cfg(test)]
mod tests {
    use super::*;

    /// scipy 1.17.1: `norm.ppf(0.975)`, `norm.sf(9)`.
    #[test]
    fn agrees_with_scipy() {
        assert!((quantile(0.975) - 1.959_963_984_540_054).abs() < 1e-14);
        assert!((cdf(-9.0) / 1.128_588_405_953_840_6e-19 - 1.0).abs() < 1e-12);
        assert_eq!(quantile(0.5), 0.0);
    }
}
