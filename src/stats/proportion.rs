//! Intervals of a proportion (accuracy, sensitivity, specificity).
//!
//! With `k` hits in `n` trials, `p = k / n` and the normal quantile `z`:
//! *Wilson* (1927) inverts the score test, `(p + z^2/2n +- z sqrt(p(1-p)/n +
//! z^2/4n^2)) / (1 + z^2/n)`, the default to use; *Clopper-Pearson* (1934)
//! inverts the exact binomial tails by beta quantiles: never under-covers, and
//! is wide; *Agresti-Coull* (1998) is Wald's after adding `z^2/2` hits and
//! misses; *Jeffreys* takes the beta(k + 1/2, n - k + 1/2) quantiles. *Wald*,
//! `p +- z sqrt(p(1-p)/n)`, is poor: it under-covers for all but large `n`
//! (Brown, Cai and DasGupta 2001) and is a point at `k = 0` and `k = n`,
//! degenerate; it is here to recompute what others report.
//!
//! Ends are kept in 0..=1. At `k = 0` Wilson and Clopper-Pearson begin at
//! exactly 0, at `k = n` they end at exactly 1. Undefined for `n = 0`, `k > n`,
//! or `n` above 10^12 (which bounds the cost of a beta quantile, O(sqrt n)).

use serde::{Deserialize, Serialize};

use super::Outcome;
use super::bounds::{Bounds, confidence_error};
use super::distributions::{beta, normal};

/// How the interval is formed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProportionMethod {
    /// Inverts the score test.
    #[default]
    Wilson,
    /// Exact tails; conservative.
    ClopperPearson,
    /// Wald after adding hits and misses.
    AgrestiCoull,
    /// Bayesian, equal tails, Jeffreys' prior.
    Jeffreys,
    /// Normal approximation; poor coverage.
    Wald,
}

const MOST: u64 = 1_000_000_000_000;

/// Interval of a proportion of `hits` among `trials`.
pub fn proportion_interval(
    hits: u64,
    trials: u64,
    method: ProportionMethod,
    confidence: f64,
) -> Outcome<Bounds> {
    if trials == 0 || hits > trials || trials > MOST {
        return Outcome::undefined(format!("{hits} hits in {trials} trials (at most {MOST})"));
    }
    if let Some(error) = confidence_error(confidence) {
        return Outcome::undefined(error);
    }
    let tail = (1.0 - confidence) / 2.0;
    let (k, n) = (hits as f64, trials as f64);
    let z = -normal::quantile(tail);
    let bounds = match method {
        ProportionMethod::Wilson => wilson(k, n, z),
        ProportionMethod::ClopperPearson => clopper_pearson(k, n, tail),
        ProportionMethod::AgrestiCoull => wald((k + z * z / 2.0) / (n + z * z), n + z * z, z),
        ProportionMethod::Jeffreys => {
            let quantile = |tail, a, b| beta::quantile(tail, a + 0.5, b + 0.5);
            Bounds { low: quantile(tail, k, n - k), high: 1.0 - quantile(tail, n - k, k) }
        }
        ProportionMethod::Wald => wald(k / n, n, z),
    };
    let bounds = Bounds { low: bounds.low.clamp(0.0, 1.0), high: bounds.high.clamp(0.0, 1.0) };
    if method == ProportionMethod::Wald && (hits == 0 || hits == trials) {
        return Outcome::degenerate(bounds, "Wald's interval is a point without hits or misses");
    }
    Outcome::of(bounds)
}

fn wald(p: f64, n: f64, z: f64) -> Bounds {
    let half = z * (p * (1.0 - p) / n).sqrt();
    Bounds { low: p - half, high: p + half }
}

fn wilson(k: f64, n: f64, z: f64) -> Bounds {
    let p = k / n;
    let square = z * z / n;
    let centre = (p + square / 2.0) / (1.0 + square);
    let half = z * (p * (1.0 - p) / n + square / (4.0 * n)).sqrt() / (1.0 + square);
    Bounds {
        low: if k == 0.0 { 0.0 } else { centre - half },
        high: if k == n { 1.0 } else { centre + half },
    }
}

fn clopper_pearson(k: f64, n: f64, tail: f64) -> Bounds {
    // The upper end as the complement of a lower one: accurate near 1.
    let low = |k: f64| if k == 0.0 { 0.0 } else { beta::quantile(tail, k, n - k + 1.0) };
    Bounds { low: low(k), high: 1.0 - low(n - k) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::distributions::binomial;
    use proptest::prelude::*;

    const ALL: [ProportionMethod; 5] = [
        ProportionMethod::Wilson,
        ProportionMethod::ClopperPearson,
        ProportionMethod::AgrestiCoull,
        ProportionMethod::Jeffreys,
        ProportionMethod::Wald,
    ];

    /// Probability that the interval of a binomial count holds the true `p`.
    fn coverage(method: ProportionMethod, n: u64, p: f64) -> f64 {
        let holds = |k: &u64| {
            let bounds = proportion_interval(*k, n, method, 0.95);
            bounds.any().is_some_and(|b| b.contains(p))
        };
        (0..=n).filter(holds).map(|k| binomial::pmf(k, n, p)).sum()
    }

    #[test]
    fn clopper_pearson_covers_and_wald_does_not() {
        for p in [0.02, 0.1, 0.3, 0.5, 0.9] {
            assert!(coverage(ProportionMethod::ClopperPearson, 25, p) >= 0.95, "{p}");
            assert!(coverage(ProportionMethod::Wilson, 25, p) > 0.9, "{p}");
        }
        assert!(coverage(ProportionMethod::Wald, 25, 0.02) < 0.45);
    }

    proptest! {
        #[test]
        fn hits_and_misses_mirror_and_the_estimate_is_inside(n in 1u64..200, part in 0.0..=1.0f64) {
            let k = (part * n as f64) as u64;
            for method in ALL {
                let of = |k| *proportion_interval(k, n, method, 0.9).any().unwrap();
                let (here, there) = (of(k), of(n - k));
                prop_assert!((here.low - (1.0 - there.high)).abs() < 1e-12, "{method:?}");
                let jeffreys_at_an_end = method == ProportionMethod::Jeffreys && (k == 0 || k == n);
                prop_assert!(jeffreys_at_an_end || here.contains(k as f64 / n as f64), "{method:?}");
                let wider = *proportion_interval(k, n, method, 0.99).any().unwrap();
                prop_assert!(wider.low <= here.low && here.high <= wider.high);
            }
        }

        #[test]
        fn nothing_panics(k in any::<u64>(), n in any::<u64>(), confidence in any::<f64>(), small in 0u64..9) {
            for method in ALL {
                let _ = proportion_interval(k, n, method, 0.95);
                let _ = proportion_interval(small, small + 1, method, confidence);
            }
        }
    }
}
