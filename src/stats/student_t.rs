//! Student's t distribution: tails and quantiles.
//!
//! `statrs` gives the regularised incomplete beta function; its own t
//! distribution computes tails as `1 - cdf`, which loses the far ones, and its
//! quantile is a coarse search. Tails are taken here from the beta function
//! directly: `P(|T| > t) = I_x(df/2, 1/2)` with `x = df / (df + t^2)`
//! (Abramowitz and Stegun 26.7.1 with 26.5.27).

use statrs::function::beta::beta_reg;

/// `P(|T| >= |t|)`.
pub(super) fn two_sided(t: f64, df: f64) -> f64 {
    if t.is_nan() || df.is_nan() || df <= 0.0 {
        return f64::NAN;
    }
    if t.is_infinite() {
        return 0.0;
    }
    if t == 0.0 {
        return 1.0;
    }
    let x = df / (df + t * t);
    // Near x = 1 the complement is the accurate side.
    let y = t * t / (df + t * t);
    if y < 0.5 { 1.0 - beta_reg(0.5, df / 2.0, y) } else { beta_reg(df / 2.0, 0.5, x) }
}

/// `P(T >= t)`.
pub(super) fn upper(t: f64, df: f64) -> f64 {
    let both = two_sided(t, df);
    if t >= 0.0 { both / 2.0 } else { 1.0 - both / 2.0 }
}

/// The `t` with `P(|T| >= t) = alpha`, for `alpha` in (0, 1).
pub(super) fn critical(alpha: f64, df: f64) -> f64 {
    if !(alpha > 0.0 && alpha < 1.0 && df > 0.0) {
        return f64::NAN;
    }
    let (mut low, mut high) = (0.0, 1.0);
    while two_sided(high, df) > alpha {
        (low, high) = (high, high * 2.0);
        if high > 1e300 {
            return f64::INFINITY;
        }
    }
    // Bisection to the last bit: cheap, and nothing can go wrong.
    while high - low > f64::EPSILON * high {
        let middle = low + (high - low) / 2.0;
        if middle <= low || middle >= high {
            break;
        }
        if two_sided(middle, df) > alpha {
            low = middle;
        } else {
            high = middle;
        }
    }
    low + (high - low) / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// scipy 1.17.1: `t.sf(3.6216, 11.1297)`, `t.sf(3.2878, 56.0962)`,
    /// `-t.ppf(0.2164, 52.695)`.
    #[test]
    fn agrees_with_scipy() {
        let close = |got: f64, want: f64| assert!((got / want - 1.0).abs() < 1e-10, "{got} {want}");
        close(upper(3.6216, 11.1297), 0.001_970_760_278_527_423);
        close(upper(3.2878, 56.0962), 0.000_873_156_768_592_183_9);
        close(critical(2.0 * 0.2164, 52.695), 0.790_463_950_058_067_2);
    }
}
