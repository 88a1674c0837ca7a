//! Bartlett's test of equal variances.
//!
//! `T = [(N-k) ln s_p^2 - sum (n_i - 1) ln s_i^2] / [1 + (sum 1/(n_i - 1) -
//! 1/(N-k)) / (3(k-1))]`, chi-squared with `k - 1` degrees of freedom (Bartlett
//! 1937). Assumes independent normal values; it takes long tails for unequal
//! variances, where Brown and Forsythe's test does not.
//!
//! Some groups constant: degenerate (T infinite, p 0); all: undefined. Fewer
//! than two groups or two values in a group, a non-finite value: undefined.
//! Cost O(N).

use serde::{Deserialize, Serialize};

use super::Outcome;
use super::describe::variance;
use super::distributions::chi_squared;
use super::one_way_anova::unusable;

/// Result of Bartlett's test.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bartlett {
    /// Test statistic.
    pub t: f64,
    /// Degrees of freedom.
    pub df: f64,
    /// p of T.
    pub p: f64,
}

/// Tests whether the groups have one variance.
pub fn bartlett(groups: &[Vec<f64>]) -> Outcome<Bartlett> {
    if let Some(reason) = unusable(groups, 2) {
        return Outcome::undefined(reason);
    }
    let parts: Vec<(f64, f64)> =
        groups.iter().map(|g| ((g.len() - 1) as f64, variance(g))).collect();
    let rest: f64 = parts.iter().map(|(df, _)| df).sum();
    let pooled = parts.iter().map(|(df, v)| df / rest * v).sum::<f64>();
    if !pooled.is_finite() {
        return Outcome::undefined("the values are too large for their squares");
    }
    if pooled == 0.0 {
        return Outcome::undefined("all groups are constant");
    }
    let df = (groups.len() - 1) as f64;
    let reciprocals: f64 = parts.iter().map(|(df, _)| 1.0 / df).sum();
    let correction = 1.0 + (reciprocals - 1.0 / rest) / (3.0 * df);
    // Ratios, so that equal variances give exactly zero.
    let sum: f64 = parts.iter().map(|(df, v)| df * (pooled / v).ln()).sum();
    let t = (sum / correction).max(0.0);
    let result = Bartlett { t, df, p: chi_squared::sf(t, df) };
    if t.is_infinite() {
        return Outcome::degenerate(result, "a group is constant: T is infinite");
    }
    Outcome::of(result)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn equal_variances_and_a_constant_group() {
        let same = bartlett(&[vec![1.0, 2.0, 3.0], vec![4.0, 5.0, 6.0]]);
        assert_eq!(same.value().map(|r| (r.t, r.p)), Some((0.0, 1.0)));
        let constant = bartlett(&[vec![1.0, 2.0], vec![4.0, 4.0]]);
        assert!(matches!(constant, Outcome::Degenerate { value, .. } if value.p == 0.0));
    }

    proptest! {
        #[test]
        fn nothing_panics(groups in prop::collection::vec(prop::collection::vec(any::<f64>(), 0..4), 0..4)) {
            if let Some(r) = bartlett(&groups).any() {
                prop_assert!((0.0..=1.0).contains(&r.p), "{:?}", r);
            }
        }
    }
}
