//! Root of a tail probability, in logarithms.
//!
//! Quantiles solve `tail(x) = p`. In `ln x` against `ln tail` a tail is nearly
//! a line, so that Newton's method needs a handful of steps even at 1e-300;
//! every step outside the bracket is a bisection, so it cannot diverge.

/// The `x` in `(0, limit]` with `tail(x) = p`, where `tail(x)` gives the
/// probability, monotone in `x`, and `|x tail'(x)|`. A limit that has become 0 by
/// underflow is the answer.
pub(super) fn solve(
    p: f64,
    rising: bool,
    limit: f64,
    start: f64,
    tail: impl Fn(f64) -> (f64, f64),
) -> f64 {
    if limit <= 0.0 {
        return 0.0;
    }
    // exp(-745) is the smallest positive double.
    let (mut low, mut high) = (-745.0, limit.ln().min(709.0));
    let mut u = start.ln().clamp(low, high);
    for _ in 0..200 {
        let x = u.exp();
        let (value, slope) = tail(x);
        if value.is_nan() {
            return f64::NAN;
        }
        if value == p {
            return x;
        }
        if (value < p) == rising {
            low = u;
        } else {
            high = u;
        }
        let step = (p / value).ln() * value / if rising { slope } else { -slope };
        let newton = u + step;
        let next = if newton > low && newton < high { newton } else { f64::midpoint(low, high) };
        if (next - u).abs() <= 2e-16 * u.abs().max(1.0) || high - low <= 2e-16 {
            return next.exp();
        }
        u = next;
    }
    u.exp()
}
