//! The Shapiro-Wilk test of normality.
//!
//! `W = (sum a_i x_(i))^2 / sum (x_i - mean)^2` with weights and the distribution
//! of W by Royston (1995), algorithm AS R94, as in scipy and R; p is exact for n
//! = 3. Assumes independent values; with many ties it rejects for the ties.
//! Above 5,000 values p is an extrapolation: degenerate, and says so.
//!
//! All values equal: degenerate, W = 1 and p = 1 (scipy's convention), which is no
//! evidence for normality. Fewer than three values, or a non-finite one:
//! undefined. Cost O(n log n).

use serde::{Deserialize, Serialize};

use super::Outcome;
use super::distributions::normal;

/// Result of a Shapiro-Wilk test.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShapiroWilk {
    /// Test statistic, at most 1.
    pub w: f64,
    /// p of a W as small.
    pub p: f64,
}

/// Tests whether the values come from a normal distribution.
pub fn shapiro_wilk(x: &[f64]) -> Outcome<ShapiroWilk> {
    if x.len() < 3 {
        return Outcome::undefined(format!("needs three values, got {}", x.len()));
    }
    if x.iter().any(|v| !v.is_finite()) {
        return Outcome::undefined("a value is not finite");
    }
    let mut sorted = x.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (low, high) = (sorted[0], sorted[sorted.len() - 1]);
    if low == high {
        let result = ShapiroWilk { w: 1.0, p: 1.0 };
        return Outcome::degenerate(result, "all values are equal: W and p are 1 by convention");
    }
    // Centred and scaled, or squares of far values would swallow the spread;
    // halved first, as the range itself may be no double.
    let (middle, range) = (sorted[sorted.len() / 2] / 2.0, high / 2.0 - low / 2.0);
    let scaled: Vec<f64> = sorted.iter().map(|v| (v / 2.0 - middle) / range).collect();
    let one_minus_w = distance_from_one(&scaled, &weights(x.len()));
    let w = 1.0 - one_minus_w;
    let result = ShapiroWilk { w, p: p_value(x.len(), w, one_minus_w) };
    if x.len() > 5_000 {
        return Outcome::degenerate(result, "p is extrapolated beyond 5,000 values");
    }
    Outcome::of(result)
}

/// The upper half of the antisymmetric weights, largest first.
fn weights(n: usize) -> Vec<f64> {
    if n == 3 {
        return vec![std::f64::consts::FRAC_1_SQRT_2];
    }
    let size = n as f64;
    let m: Vec<f64> =
        (1..=n / 2).map(|i| lower_quantile((i as f64 - 0.375) / (size + 0.25))).collect();
    let squares = 2.0 * m.iter().map(|v| v * v).sum::<f64>();
    let (length, root) = (squares.sqrt(), 1.0 / size.sqrt());
    let first = polynomial(&C1, root) - m[0] / length;
    let mut a: Vec<f64> = Vec::with_capacity(m.len());
    a.push(first);
    let factor = if n > 5 {
        let second = polynomial(&C2, root) - m[1] / length;
        a.push(second);
        ((squares - 2.0 * m[0] * m[0] - 2.0 * m[1] * m[1])
            / (1.0 - 2.0 * first * first - 2.0 * second * second))
            .sqrt()
    } else {
        ((squares - 2.0 * m[0] * m[0]) / (1.0 - 2.0 * first * first)).sqrt()
    };
    let own = a.len();
    a.extend(m.iter().skip(own).map(|v| -v / factor));
    a
}

/// The normal quantile of AS 111 for `p <= 1/2`, as the published algorithm and
/// scipy call it; R has the exact one. They differ by 1e-9, which moves W by
/// 1e-10 and p by up to 1e-7 at thousands of values.
fn lower_quantile(p: f64) -> f64 {
    let q = p - 0.5;
    if q.abs() <= 0.42 {
        return q * polynomial(&CENTRE.0, q * q) / polynomial(&CENTRE.1, q * q);
    }
    let r = (-p.ln()).sqrt();
    -polynomial(&TAIL.0, r) / polynomial(&TAIL.1, r)
}

/// `1 - W` for ascending values, without the cancellation near W = 1.
fn distance_from_one(x: &[f64], a: &[f64]) -> f64 {
    let n = x.len();
    let weight = |i: usize| {
        let from_end = i.min(n - 1 - i);
        match i.cmp(&(n - 1 - i)) {
            std::cmp::Ordering::Less => -a[from_end],
            std::cmp::Ordering::Equal => 0.0,
            std::cmp::Ordering::Greater => a[from_end],
        }
    };
    let mean = x.iter().sum::<f64>() / n as f64;
    // The weights are antisymmetric: their mean is zero.
    let (mut aa, mut xx, mut ax) = (0.0, 0.0, 0.0);
    for (i, value) in x.iter().enumerate() {
        let (w, d) = (weight(i), value - mean);
        aa += w * w;
        xx += d * d;
        ax += w * d;
    }
    let norm = (aa * xx).sqrt();
    ((norm - ax) * (norm + ax) / (aa * xx)).clamp(0.0, 1.0)
}

fn p_value(n: usize, w: f64, one_minus_w: f64) -> f64 {
    if n == 3 {
        let p = 6.0 / std::f64::consts::PI * (w.sqrt().asin() - 0.75f64.sqrt().asin());
        return p.clamp(0.0, 1.0);
    }
    if one_minus_w == 0.0 {
        return 1.0;
    }
    let (size, y) = (n as f64, one_minus_w.ln());
    let (y, m, s) = if n <= 11 {
        let gamma = polynomial(&G, size);
        if y >= gamma {
            return 1e-99;
        }
        (-(gamma - y).ln(), polynomial(&C3, size), polynomial(&C4, size).exp())
    } else {
        let log = size.ln();
        (y, polynomial(&C5, log), polynomial(&C6, log).exp())
    };
    normal::sf((y - m) / s)
}

fn polynomial(coefficients: &[f64], x: f64) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, c| sum * x + c)
}

// Numerators and denominators of AS 111, lowest power first.
const CENTRE: ([f64; 4], [f64; 5]) = (
    [2.506_628_238_84, -18.615_000_625_29, 41.391_197_735_34, -25.441_060_496_37],
    [1.0, -8.473_510_930_90, 23.083_367_437_43, -21.062_241_018_26, 3.130_829_098_33],
);
const TAIL: ([f64; 4], [f64; 3]) = (
    [-2.787_189_311_38, -2.297_964_791_34, 4.850_141_271_35, 2.321_212_768_58],
    [1.0, 3.543_889_247_62, 1.637_067_818_97],
);

// The polynomials of AS R94, lowest power first.
const C1: [f64; 6] = [0.0, 0.221_157, -0.147_981, -2.071_19, 4.434_685, -2.706_056];
const C2: [f64; 6] = [0.0, 0.042_981, -0.293_762, -1.752_461, 5.682_633, -3.582_633];
const C3: [f64; 4] = [0.544, -0.399_78, 0.025_054, -6.714e-4];
const C4: [f64; 4] = [1.3822, -0.778_57, 0.062_767, -0.002_032_2];
const C5: [f64; 4] = [-1.5861, -0.310_82, -0.083_751, 0.003_891_5];
const C6: [f64; 3] = [-0.4803, -0.082_676, 0.003_030_2];
const G: [f64; 2] = [-2.273, 0.459];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// pitfall: constant data pass a test of normality with W = 1 and p = 1.
    #[test]
    fn constants_are_flagged() {
        let result = shapiro_wilk(&[0.4; 5]);
        assert!(matches!(result, Outcome::Degenerate { value, .. } if value.p == 1.0));
    }

    proptest! {
        #[test]
        fn place_and_scale_do_not_matter(x in prop::collection::vec(-9.0..9.0f64, 4..30)) {
            let moved: Vec<f64> = x.iter().map(|v| 3.0 * v + 100.0).collect();
            if let (Some(a), Some(b)) = (shapiro_wilk(&x).value(), shapiro_wilk(&moved).value()) {
                prop_assert!((a.w - b.w).abs() < 1e-9 && (a.p - b.p).abs() < 1e-6);
            }
        }

        #[test]
        fn nothing_panics(x in prop::collection::vec(any::<f64>(), 0..14)) {
            if let Some(r) = shapiro_wilk(&x).any() {
                prop_assert!((0.0..=1.0).contains(&r.w) && (0.0..=1.0).contains(&r.p), "{:?}", r);
            }
        }
    }
}
