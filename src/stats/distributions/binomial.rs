//! The binomial distribution: Loader's form of the probabilities, tails from
//! the incomplete beta function, `P(X <= k) = I_{1-p}(n - k, k + 1)`. Cost O(1)
//! for one probability, O(sqrt n) for a tail.

use super::incomplete_beta;

/// `P(X = k)`.
pub fn pmf(k: u64, n: u64, p: f64) -> f64 {
    if !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    if k > n {
        return 0.0;
    }
    let (hits, misses) = (k as f64, (n - k) as f64);
    if k == 0 || p == 0.0 {
        return if k > 0 { 0.0 } else { (misses * (-p).ln_1p()).exp().min(1.0) * unit(n, p) };
    }
    if k == n || p == 1.0 {
        return if k < n { 0.0 } else { (hits * p.ln()).exp() };
    }
    // x^a y^b / B(a, b) = a b / (a + b) times the probability.
    incomplete_beta::leading(hits, misses, p, 1.0 - p) / hits * (n as f64 / misses)
}

/// 0 ln 0 is 0 here: no trial has no hit for certain.
fn unit(n: u64, p: f64) -> f64 {
    if n > 0 && p == 1.0 { 0.0 } else { 1.0 }
}

/// `P(X <= k)`.
pub fn cdf(k: u64, n: u64, p: f64) -> f64 {
    tails(k, n, p).0
}

/// `P(X > k)`.
pub fn sf(k: u64, n: u64, p: f64) -> f64 {
    tails(k, n, p).1
}

fn tails(k: u64, n: u64, p: f64) -> (f64, f64) {
    if !(0.0..=1.0).contains(&p) {
        return (f64::NAN, f64::NAN);
    }
    if k >= n {
        return (1.0, 0.0);
    }
    let (above, below) = incomplete_beta::tails(k as f64 + 1.0, (n - k) as f64, p, 1.0 - p);
    (below, above)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// scipy 1.17.1: `binom.cdf(3, 40, 0.8649)`.
    #[test]
    fn agrees_with_scipy() {
        let got = cdf(3, 40, 0.8649);
        assert!((got / 4.418_429_995_951_014_3e-29 - 1.0).abs() < 1e-12, "{got}");
        assert_eq!((pmf(0, 0, 1.0), pmf(0, 3, 1.0), pmf(3, 3, 1.0)), (1.0, 0.0, 1.0));
        assert_eq!((pmf(0, 3, 0.0), pmf(2, 3, 0.0), pmf(4, 3, 0.5)), (1.0, 0.0, 0.0));
    }

    proptest! {
        #[test]
        fn tails_are_sums(n in 1u64..60, p in 0.0..=1.0f64, share in 0.0..1.0f64) {
            let k = (share * n as f64) as u64;
            let below: f64 = (0..=k).map(|i| pmf(i, n, p)).sum();
            let above: f64 = (k + 1..=n).map(|i| pmf(i, n, p)).sum();
            prop_assert!((cdf(k, n, p) - below).abs() < 1e-12 * below.max(1e-3));
            prop_assert!((sf(k, n, p) - above).abs() < 1e-12 * above.max(1e-3));
        }

        #[test]
        fn nothing_panics(k in any::<u64>(), n in any::<u64>(), p in any::<f64>()) {
            let _ = (pmf(k, n, p), cdf(k, n, p), sf(k, n, p));
        }
    }
}
