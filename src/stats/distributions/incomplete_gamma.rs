//! The regularised incomplete gamma function, both tails.
//!
//! Power series below `a + 1`, continued fraction (DLMF 8.9.2) above, both
//! O(sqrt a) steps; above `a = 1e8` Temme's uniform expansion (DLMF 8.12.3-4)
//! to its second term, relative error below 1e-12.

use super::deviance::{phi, stirling};

const STEPS: u32 = 200_000;
const LARGE: f64 = 1e8;

/// `(P(a, x), Q(a, x))`, for `a > 0` and `x >= 0`.
pub(super) fn tails(a: f64, x: f64) -> (f64, f64) {
    if !(a > 0.0 && a.is_finite() && x >= 0.0) {
        return (f64::NAN, f64::NAN);
    }
    if x == 0.0 {
        return (0.0, 1.0);
    }
    if x.is_infinite() {
        return (1.0, 0.0);
    }
    if a > LARGE {
        return uniform(a, x);
    }
    // A small shape has most of its mass below a + 1: there the fraction is
    // worth its slower convergence, or the upper tail would be a complement.
    if x < a + 1.0 && !(a < 1.0 && x > 0.4) {
        let lower = series(a, x);
        (lower, 1.0 - lower)
    } else {
        let upper = fraction(a, x);
        (1.0 - upper, upper)
    }
}

/// `x^a e^-x / Gamma(a + 1)`.
pub(super) fn leading(a: f64, x: f64) -> f64 {
    let distance = if x.is_finite() { a * phi((x - a) / a, x / a) } else { f64::INFINITY };
    (-stirling(a) - distance).exp() / (2.0 * std::f64::consts::PI * a).sqrt()
}

fn series(a: f64, x: f64) -> f64 {
    let (mut sum, mut term) = (1.0, 1.0);
    for step in 1..=STEPS {
        term *= x / (a + f64::from(step));
        sum += term;
        if term <= sum * f64::EPSILON / 4.0 {
            break;
        }
    }
    (leading(a, x) * sum).clamp(0.0, 1.0)
}

fn fraction(a: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let away = |v: f64| if v.abs() < TINY { TINY } else { v };
    let mut b = x + 1.0 - a;
    let mut c = 1.0 / TINY;
    let mut d = 1.0 / away(b);
    let mut value = d;
    for step in 1..=STEPS {
        let i = f64::from(step);
        let factor = -i * (i - a);
        b += 2.0;
        d = 1.0 / away(factor * d + b);
        c = away(b + factor / c);
        let change = d * c;
        value *= change;
        if (change - 1.0).abs() <= f64::EPSILON {
            break;
        }
    }
    (leading(a, x) * a * value).clamp(0.0, 1.0)
}

fn uniform(a: f64, x: f64) -> (f64, f64) {
    let mu = (x - a) / a;
    let half_square = phi(mu, x / a);
    let eta = (2.0 * half_square).sqrt().copysign(mu);
    let first = if eta.abs() < 1e-7 { -1.0 / 3.0 } else { 1.0 / mu - 1.0 / eta };
    let correction = first * (-a * half_square).exp() / (2.0 * std::f64::consts::PI * a).sqrt();
    let z = eta * (a / 2.0).sqrt();
    (
        (libm::erfc(-z) / 2.0 - correction).clamp(0.0, 1.0),
        (libm::erfc(z) / 2.0 + correction).clamp(0.0, 1.0),
    )
}
