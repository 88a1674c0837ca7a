//! Effect sizes of `x` against `y`.
//!
//! Cohen's d `(mean x - mean y) / s_pooled`; Hedges' g `d J(m)` with
//! `m = n_x + n_y - 2` and the exact `J(m) = Gamma(m/2) / (sqrt(m/2)
//! Gamma((m-1)/2))` or its approximation `1 - 3/(4m - 1)` (Hedges 1981);
//! Glass's delta over the standard deviation of `y`; `d_z` and `d_av` of paired
//! samples (Lakens 2013); Vargha and Delaney's A12 `P(x > y) + P(x = y)/2` and
//! Cliff's delta `2 A12 - 1`.
//!
//! Zero standard deviation: degenerate, infinite when the means differ,
//! undefined when they do not. Fewer than two values on a side, or a
//! non-finite one: undefined. Cost O(n); A12 O(n log n).

use super::Outcome;
use super::describe::{mean, sd, variance};

/// Cohen's d with the pooled standard deviation.
pub fn cohen_d(x: &[f64], y: &[f64]) -> Outcome<f64> {
    if let Some(reason) = unusable(x, y) {
        return Outcome::undefined(reason);
    }
    let (n, m) = (x.len() as f64, y.len() as f64);
    let pooled = ((n - 1.0) * variance(x) + (m - 1.0) * variance(y)) / (n + m - 2.0);
    ratio(mean(x) - mean(y), pooled.sqrt())
}

/// Hedges' g with the exact correction.
pub fn hedges_g(x: &[f64], y: &[f64]) -> Outcome<f64> {
    let m = (x.len() + y.len()) as f64 - 2.0;
    cohen_d(x, y).map(|d| d * exact_correction(m))
}

/// Hedges' g with the correction `1 - 3/(4m - 1)`.
pub fn hedges_g_approximate(x: &[f64], y: &[f64]) -> Outcome<f64> {
    let m = (x.len() + y.len()) as f64 - 2.0;
    cohen_d(x, y).map(|d| d * (1.0 - 3.0 / (4.0 * m - 1.0)))
}

/// `J(m)` for any `m` above 1, by the logarithms of Gamma where `m` is not whole.
pub(super) fn correction(m: f64) -> f64 {
    if m.fract() == 0.0 || m > 300.0 {
        return exact_correction(m);
    }
    let gamma = |z: f64| statrs::function::gamma::ln_gamma(z);
    (gamma(m / 2.0) - gamma((m - 1.0) / 2.0) - (m / 2.0).ln() / 2.0).exp()
}

/// `J(m)`, for `m` of at least 2.
fn exact_correction(m: f64) -> f64 {
    // Even m up to 300: a product, exact to the last bits, where differences
    // of large logarithms of Gamma would not be.
    if m <= 300.0 {
        let (mut j, mut k) = if (m as u64).is_multiple_of(2) {
            // J(2) = Gamma(1) / (1 Gamma(1/2)) = 1/sqrt(pi)
            (1.0 / std::f64::consts::PI.sqrt(), 2.0)
        } else {
            // J(3) = Gamma(3/2) / (sqrt(3/2) Gamma(1)) = sqrt(pi)/2 / sqrt(3/2)
            (std::f64::consts::PI.sqrt() / 2.0 / 1.5f64.sqrt(), 3.0)
        };
        while k < m {
            // Gamma((k+2)/2) = k/2 Gamma(k/2), Gamma((k+1)/2) = (k-1)/2 Gamma((k-1)/2)
            j *= k / (k - 1.0) * (k / (k + 2.0)).sqrt();
            k += 2.0;
        }
        return j;
    }
    // Gamma(z + 1/2) / (sqrt(z) Gamma(z)) for large z (Abramowitz and Stegun
    // 6.1.47), with z = (m - 1)/2; the next term is below 1e-13 here.
    let z = (m - 1.0) / 2.0;
    let ratio = 1.0 - 1.0 / (8.0 * z) + 1.0 / (128.0 * z * z) + 5.0 / (1024.0 * z.powi(3))
        - 21.0 / (32768.0 * z.powi(4));
    ratio * ((m - 1.0) / m).sqrt()
}

/// Glass's delta: the difference in standard deviations of `y`.
pub fn glass_delta(x: &[f64], y: &[f64]) -> Outcome<f64> {
    match unusable(x, y) {
        Some(reason) => Outcome::undefined(reason),
        None => ratio(mean(x) - mean(y), sd(y)),
    }
}

/// `d_z`: the mean of paired differences over their standard deviation.
pub fn cohen_dz(x: &[f64], y: &[f64]) -> Outcome<f64> {
    if let Some(reason) = unpaired(x, y) {
        Outcome::undefined(reason)
    } else {
        let d: Vec<f64> = x.iter().zip(y).map(|(a, b)| a - b).collect();
        ratio(mean(&d), sd(&d))
    }
}

/// `d_av`: the mean of paired differences over the mean standard deviation.
pub fn cohen_dav(x: &[f64], y: &[f64]) -> Outcome<f64> {
    match unpaired(x, y) {
        Some(reason) => Outcome::undefined(reason),
        None => ratio(mean(x) - mean(y), f64::midpoint(sd(x), sd(y))),
    }
}

/// Vargha and Delaney's A12; undefined for an empty side.
pub fn a12(x: &[f64], y: &[f64]) -> Outcome<f64> {
    if x.is_empty() || y.is_empty() {
        return Outcome::undefined("one side has no values");
    }
    if x.iter().chain(y).any(|v| v.is_nan()) {
        return Outcome::undefined("a value is not a number");
    }
    let mut sorted = y.to_vec();
    sorted.sort_by(f64::total_cmp);
    let wins: f64 = x
        .iter()
        .map(|v| {
            let below = sorted.partition_point(|w| w < v);
            let not_above = sorted.partition_point(|w| w <= v);
            below as f64 + (not_above - below) as f64 / 2.0
        })
        .sum();
    Outcome::of(wins / (x.len() as f64 * y.len() as f64))
}

/// Cliff's delta.
pub fn cliffs_delta(x: &[f64], y: &[f64]) -> Outcome<f64> {
    a12(x, y).map(|a| 2.0 * a - 1.0)
}

fn unusable(x: &[f64], y: &[f64]) -> Option<String> {
    if x.len() < 2 || y.len() < 2 {
        return Some(format!("needs two values on each side, got {} and {}", x.len(), y.len()));
    }
    (x.iter().chain(y).any(|v| !v.is_finite())).then(|| "a value is not finite".into())
}

fn unpaired(x: &[f64], y: &[f64]) -> Option<String> {
    if x.len() != y.len() {
        return Some(format!("paired samples differ in size: {} and {}", x.len(), y.len()));
    }
    unusable(x, y)
}

fn ratio(difference: f64, spread: f64) -> Outcome<f64> {
    if spread > 0.0 {
        return Outcome::of(difference / spread);
    }
    if difference == 0.0 || !difference.is_finite() || !spread.is_finite() {
        return Outcome::undefined("no spread and no difference: 0/0");
    }
    let value = f64::INFINITY.copysign(difference);
    Outcome::degenerate(value, "no spread and unequal means: the effect is infinite")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_product_meets_the_gamma_functions() {
        use statrs::function::gamma::ln_gamma;
        for m in [2.0, 3.0, 4.0, 9.0, 40.0, 299.0, 300.0, 301.0, 402.0f64] {
            let gamma =
                (ln_gamma(m / 2.0) - ln_gamma((m - 1.0) / 2.0) - (m / 2.0).ln() / 2.0).exp();
            assert!((exact_correction(m) / gamma - 1.0).abs() < 1e-11, "m = {m}");
        }
        // Between whole numbers it lies between theirs.
        assert!(correction(2.0) < correction(2.5) && correction(2.5) < correction(3.0));
    }

    proptest! {
        #[test]
        fn delta_is_antisymmetric_and_nothing_panics(
            x in prop::collection::vec(any::<f64>(), 0..8),
            y in prop::collection::vec(any::<f64>(), 0..8),
        ) {
            for f in [cohen_d, hedges_g, hedges_g_approximate, glass_delta, cohen_dz, cohen_dav] {
                let _ = f(&x, &y);
            }
            if let (Some(a), Some(b)) = (cliffs_delta(&x, &y).any(), cliffs_delta(&y, &x).any()) {
                prop_assert!((a + b).abs() < 1e-12 && a.abs() <= 1.0);
            }
        }
    }
}
