//! The root of a monotone function.

/// Where the rising function `f` is zero, from `start` outwards in steps that
/// double; `None` when no sign change is found or a value is NaN.
///
/// False position with the Illinois change (Dowell and Jarratt 1971), which
/// keeps the bracket: some ten evaluations, 200 at most.
pub(super) fn rising(f: impl Fn(f64) -> f64, start: f64, step: f64) -> Option<f64> {
    let (mut low, mut high) = (start, start);
    let (mut at_low, mut at_high) = (f(start), f(start));
    let mut step = step;
    while at_low > 0.0 {
        (high, at_high) = (low, at_low);
        low -= step;
        at_low = f(low);
        step *= 2.0;
        if !low.is_finite() {
            return None;
        }
    }
    while at_high < 0.0 {
        (low, at_low) = (high, at_high);
        high += step;
        at_high = f(high);
        step *= 2.0;
        if !high.is_finite() {
            return None;
        }
    }
    if at_low.is_nan() || at_high.is_nan() {
        return None;
    }
    shrink(f, (low, at_low), (high, at_high))
}

fn shrink(f: impl Fn(f64) -> f64, mut a: (f64, f64), mut b: (f64, f64)) -> Option<f64> {
    /// Relative width at which the bracket is narrow enough.
    const NARROW: f64 = 1e-13;
    // Weights of the ends, halved for an end that stays.
    let (mut of_a, mut of_b) = (a.1, b.1);
    for round in 0..200 {
        if a.1 == 0.0 {
            return Some(a.0);
        }
        if b.1 == 0.0 {
            return Some(b.0);
        }
        let width = b.0 - a.0;
        if width <= NARROW * (a.0.abs() + b.0.abs()) {
            break;
        }
        let secant = a.0 + width * of_a / (of_a - of_b);
        // Every third step halves the bracket, whatever the function does.
        let middle = a.0 + width / 2.0;
        let inside = secant > a.0 && secant < b.0 && round % 3 != 2;
        let x = if inside { secant } else { middle };
        let y = f(x);
        if y.is_nan() {
            return None;
        }
        if y < 0.0 {
            a = (x, y);
            of_a = y;
            of_b /= 2.0;
        } else {
            b = (x, y);
            of_b = y;
            of_a /= 2.0;
        }
    }
    Some(a.0 + (b.0 - a.0) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_roots_from_either_side() {
        for start in [-50.0, 0.0, 2.0, 300.0] {
            let cube = rising(|x| x * x * x - 8.0, start, 1.0).expect("a root");
            assert!((cube - 2.0).abs() < 1e-12, "{cube}");
            let step = rising(|x| f64::tanh(20.0 * (x - 1.0)), start, 0.5).expect("a root");
            assert!((step - 1.0).abs() < 1e-12, "{step}");
        }
        assert!(rising(|_| 1.0, 0.0, 1.0).is_none());
        assert!(rising(|_| f64::NAN, 0.0, 1.0).is_none());
    }
}
