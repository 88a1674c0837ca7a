//! Stirling's remainder and the deviance function: the parts of Loader's
//! saddle-point form of binomial, Poisson and beta densities.
//!
//! `ln Gamma(x + 1) = (x + 1/2) ln x - x + ln sqrt(2 pi) + stirling(x)`, and
//! `phi(e) = e - ln(1 + e)`. A density is then a square root times the
//! exponential of small terms, where differences of logarithms of Gamma would
//! lose as many digits as they have before the point. Source: C. Loader (2000),
//! "Fast and accurate computation of binomial probabilities". Cost O(1).

/// Stirling's remainder for `x > 0`.
pub(super) fn stirling(x: f64) -> f64 {
    let (mut x, mut shift) = (x, 0.0);
    while x < 16.0 {
        shift += (x + 0.5) * (1.0 / x).ln_1p() - 1.0;
        x += 1.0;
    }
    let s = 1.0 / (x * x);
    let series = 1.0 / 12.0
        - s * (1.0 / 360.0
            - s * (1.0 / 1260.0 - s * (1.0 / 1680.0 - s * (1.0 / 1188.0 - s * 691.0 / 360_360.0))));
    series / x + shift
}

/// `e - ln(1 + e)` for `e >= -1`, with `1 + e` given too: close to zero `e`
/// alone has lost it.
pub(super) fn phi(e: f64, one_plus_e: f64) -> f64 {
    if e.abs() > 0.4 {
        return e - one_plus_e.ln();
    }
    // ln(1 + e) = 2 atanh(r); e - 2 r = e r.
    let r = e / (2.0 + e);
    let square = r * r;
    // Below 0.25^2 per term: 24 terms leave nothing.
    let tail = (1..24).rev().fold(0.0, |sum, j| sum * square + 1.0 / f64::from(2 * j + 1));
    r * (e - 2.0 * square * tail)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// mpmath 1.4: `loggamma(x+1) - (x+.5)*log(x) + x - log(sqrt(2*pi))`.
    #[test]
    fn agrees_with_mpmath() {
        for (x, want) in [
            (0.5, 0.153_426_409_720_027_34),
            (1.0, 0.081_061_466_795_327_26),
            (7.3, 0.011_408_422_368_027_265),
            (15.5, 0.005_375_599_032_926_834),
            (100.0, 8.333_305_556_349_147e-4),
        ] {
            assert!((stirling(x) - want).abs() < 1e-15, "{x}: {} {want}", stirling(x));
        }
        assert!((phi(1e-8, 1.0 + 1e-8) / 4.999_999_966_666_667e-17 - 1.0).abs() < 1e-15);
        assert!((phi(0.4, 1.4) / 0.063_527_763_378_787_07 - 1.0).abs() < 1e-14);
    }
}
