//! The regularised incomplete beta function, both tails.
//!
//! `I_x(a, b)` by the continued fraction of DiDonato and Morris (1992, TOMS 708,
//! equation 9; the even part of DLMF 8.17.22, and unlike it free of cancellation
//! for large shapes) on the side of the mean where it converges in
//! O(sqrt(max(a, b))) steps. Above 1e8 in both
//! shapes: Temme's uniform expansion (DLMF 8.18.9) to its second term, whose
//! relative error is then below 1e-12; one shape above 1e20: the gamma limit.
//! `x` and `y = 1 - x` are both given, so that neither end loses digits.

use super::deviance::{phi, stirling};
use super::incomplete_gamma;

/// Steps of the continued fraction; reached only close to the limits above.
const STEPS: u32 = 200_000;
const LARGE: f64 = 1e8;
const HUGE: f64 = 1e20;

/// `(I_x(a, b), 1 - I_x(a, b))`, for `a, b > 0` and `x + y = 1`.
pub(super) fn tails(a: f64, b: f64, x: f64, y: f64) -> (f64, f64) {
    if !(a > 0.0 && b > 0.0 && x >= 0.0 && y >= 0.0 && a.is_finite() && b.is_finite()) {
        return (f64::NAN, f64::NAN);
    }
    if x == 0.0 {
        return (0.0, 1.0);
    }
    if y == 0.0 {
        return (1.0, 0.0);
    }
    if a.min(b) > LARGE {
        return uniform(a, b, x, y);
    }
    if a.max(b) > HUGE {
        return gamma_limit(a, b, x, y);
    }
    if x * (a + b + 2.0) < a + 1.0 {
        let lower = fraction(a, b, x, y);
        (lower, complement(lower, || fraction(b, a, y, x)))
    } else {
        let upper = fraction(b, a, y, x);
        (complement(upper, || fraction(a, b, x, y)), upper)
    }
}

/// `1 - p`; close to 1 (shapes far below 1) the other side is computed itself,
/// as long as its slower fraction agrees.
fn complement(p: f64, other: impl Fn() -> f64) -> f64 {
    let rest = (1.0 - p).max(0.0);
    if p < 0.9 {
        return rest;
    }
    let direct = other();
    if (direct - rest).abs() < 1e-10 { direct } else { rest }
}

/// `x^a y^b / B(a, b)`.
pub(super) fn leading(a: f64, b: f64, x: f64, y: f64) -> f64 {
    let (distance, n) = (deviances(a, b, x, y), a + b);
    let stirlings = stirling(n) - stirling(a) - stirling(b);
    (a / n * b / (2.0 * std::f64::consts::PI)).sqrt() * (stirlings - distance).exp()
}

/// `a phi(n x/a - 1) + b phi(n y/b - 1)` with `n = a + b`: the deviance of
/// `(x, y)` from the mean `(a/n, b/n)`.
fn deviances(a: f64, b: f64, x: f64, y: f64) -> f64 {
    // n x - a = b x - a y: without the cancellation against a large shape.
    let d = b * x - a * y;
    let n = a + b;
    a * phi(d / a, n * (x / a)) + b * phi(-d / b, n * (y / b))
}

/// Lower tail by the continued fraction, from the front.
fn fraction(a: f64, b: f64, x: f64, y: f64) -> f64 {
    // The distance from the mean, without the cancellation of a - (a + b) x.
    let distance = 1.0 + (a * y - b * x);
    let (mut above, mut below) = ((0.0, 1.0), (1.0, distance / (1.0 + 1.0 / a)));
    let mut value = 1.0 / below.1;
    for step in 1..=STEPS {
        let n = f64::from(step);
        let (t, s) = (n / a, a + 2.0 * n - 1.0);
        let w = n * (b - n) * x;
        let (p, e) = (1.0 + (n - 1.0) / a, a / s);
        let alpha = p * (p + b / a) * e * e * (w * x);
        let e = (1.0 + t) / (1.0 + 1.0 / a + 2.0 * t);
        let beta = n + w / s + e * (distance + n * (1.0 + y));
        above = (above.1, alpha * above.0 + beta * above.1);
        below = (below.1, alpha * below.0 + beta * below.1);
        let next = above.1 / below.1;
        let settled = (next - value).abs() <= f64::EPSILON / 2.0 * next.abs();
        value = next;
        if settled {
            break;
        }
        // Scaled to 1, or both would overflow.
        above = (above.0 / below.1, value);
        below = (below.0 / below.1, 1.0);
    }
    (leading(a, b, x, y) * value).clamp(0.0, 1.0)
}

/// Temme's expansion for two large shapes.
fn uniform(a: f64, b: f64, x: f64, y: f64) -> (f64, f64) {
    let r = a + b;
    // x - a/r, without the cancellation.
    let gap = b / r * x - a / r * y;
    let half_square = deviances(a / r, b / r, x, y);
    let eta = (2.0 * half_square).sqrt().copysign(gap);
    let (p, q) = (a / r, b / r);
    let root = (p * q).sqrt();
    let first = if eta.abs() < 1e-7 { (q - p) / (3.0 * root) } else { 1.0 / eta - root / gap };
    let correction =
        first * (-r * half_square).exp() / (2.0 * std::f64::consts::PI).sqrt() / r.sqrt();
    let z = eta * (r / 2.0).sqrt();
    (
        (libm::erfc(-z) / 2.0 + correction).clamp(0.0, 1.0),
        (libm::erfc(z) / 2.0 - correction).clamp(0.0, 1.0),
    )
}

/// With one shape without bound the other tail is a gamma distribution's.
fn gamma_limit(a: f64, b: f64, x: f64, y: f64) -> (f64, f64) {
    if a > b {
        let (lower, upper) = incomplete_gamma::tails(b, -a * (-y).ln_1p());
        (upper, lower)
    } else {
        incomplete_gamma::tails(a, -b * (-x).ln_1p())
    }
}
