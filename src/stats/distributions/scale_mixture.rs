//! Mean of a function of the scale `S = chi_df / sqrt(df)`.
//!
//! A studentised statistic `X / S` has the distribution of `X` mixed over `S`:
//! `E g(S)` with `g` the tail of `X` at a multiple of the scale. The integral
//! is taken over `ln s` by the trapezoid rule, which converges exponentially
//! for smooth integrands that vanish at both ends. `g` must be positive: then
//! nothing cancels, and far tails keep their relative accuracy.

use super::deviance::stirling;

/// Most evaluations of `g` on each side of the start.
const POINTS: u32 = 20_000;

/// Coarsest step. To the right the density falls as `exp(-e^(2u))`, which is
/// tame within pi/4 of the real line: the rule errs by `exp(-2 pi (pi/4) / step)`,
/// here 1e-16, however wide the density is.
const COARSEST: f64 = 0.13;

/// `E g(S)` for `df >= 1/10`. The sum starts at `start`, a scale near the peak
/// of the integrand; `finest` is the width in `ln s` within which `g` may turn.
pub(super) fn mean(df: f64, start: f64, finest: f64, g: impl Fn(f64) -> f64) -> f64 {
    let a = df / 2.0;
    let width = 1.0 / (2.0 * df).sqrt();
    // To the left the density falls as exp(df u), which sets the finest step that
    // gets there in time.
    let step =
        (0.4 * width).min(finest).min(COARSEST).max((45.0 / df + 9.0 * width) / f64::from(POINTS));
    let peak = (2.0 * a / std::f64::consts::PI).sqrt() * (-stirling(a)).exp();
    let at = |u: f64| {
        let v = 2.0 * u;
        peak * (-a * (v.exp_m1() - v)).exp() * g(u.exp())
    };
    let origin = start.ln();
    let mut sum = at(origin);
    for side in [-step, step] {
        // Go on while it rises, stop where nothing is to come.
        let (mut largest, mut previous) = (sum, sum);
        for i in 1..=POINTS {
            let value = at(origin + f64::from(i) * side);
            sum += value;
            largest = largest.max(value);
            if value <= previous && value <= 1e-18 * largest {
                break;
            }
            previous = value;
        }
    }
    sum * step
}
