//! One-way analysis of variance of k independent groups.
//!
//! `F = (between / (k-1)) / (within / (N-k))` with the sums of squares of group
//! means about the grand mean and of values about their group means; `k - 1` and
//! `N - k` degrees of freedom (Fisher 1925). Assumes independent normal values
//! with one variance. `eta^2 = between / (between + within)`, `omega^2` its less
//! biased form.
//!
//! No spread within groups: degenerate (F infinite, p 0) if the means differ,
//! undefined (0/0) if not. Fewer than two groups, an empty group, no degrees of
//! freedom within, a non-finite value: undefined. Cost O(N).

use serde::{Deserialize, Serialize};

use super::Outcome;
use super::describe::{mean, variance};
use super::distributions::fisher_f;

/// Result of a one-way analysis of variance.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct OneWayAnova {
    /// Test statistic.
    pub f: f64,
    /// Degrees of freedom between groups.
    pub df1: f64,
    /// Degrees of freedom within groups.
    pub df2: f64,
    /// p of F.
    pub p: f64,
    /// Share of the sum of squares between groups.
    pub eta2: f64,
    /// Its bias-reduced estimate in the population; may be negative.
    pub omega2: f64,
}

/// Tests whether the groups have one mean.
pub fn one_way_anova(groups: &[Vec<f64>]) -> Outcome<OneWayAnova> {
    if let Some(reason) = unusable(groups, 1) {
        return Outcome::undefined(reason);
    }
    let n: usize = groups.iter().map(Vec::len).sum();
    let (df1, df2) = ((groups.len() - 1) as f64, (n - groups.len()) as f64);
    if df2 == 0.0 {
        return Outcome::undefined("every group has one value: no spread within groups");
    }
    let squares = |g: &Vec<f64>| if g.len() < 2 { 0.0 } else { (g.len() - 1) as f64 * variance(g) };
    let within: f64 = groups.iter().map(squares).sum();
    let means: Vec<f64> = groups.iter().map(|g| mean(g)).collect();
    let equal = means.iter().all(|m| *m == means[0]);
    let sizes = || groups.iter().map(|g| g.len() as f64);
    let grand = sizes().zip(&means).map(|(size, m)| size / n as f64 * m).sum::<f64>();
    let between: f64 = if equal {
        0.0
    } else {
        sizes().zip(&means).map(|(size, m)| size * (m - grand) * (m - grand)).sum()
    };
    if !within.is_finite() || !between.is_finite() {
        return Outcome::undefined("the values are too large for their squares");
    }
    if within == 0.0 && between == 0.0 {
        return Outcome::undefined("all values are equal: 0/0");
    }
    let f = (between / df1) / (within / df2);
    let error = within / df2;
    let result = OneWayAnova {
        f,
        df1,
        df2,
        p: fisher_f::sf(f, df1, df2),
        eta2: between / (between + within),
        omega2: (between - df1 * error) / (between + within + error),
    };
    if f.is_infinite() {
        return Outcome::degenerate(result, "no spread within groups: F is infinite");
    }
    Outcome::of(result)
}

/// Why groups cannot be compared at all.
pub(super) fn unusable(groups: &[Vec<f64>], needed: usize) -> Option<String> {
    if groups.len() < 2 {
        return Some(format!("a comparison needs two groups, got {}", groups.len()));
    }
    if let Some(group) = groups.iter().find(|g| g.len() < needed) {
        return Some(format!("each group needs {needed} values, one has {}", group.len()));
    }
    groups.iter().flatten().any(|v| !v.is_finite()).then(|| "a value is not finite".into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::t_test::{Alternative, student};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn of_two_groups_it_is_students_t_squared(
            x in prop::collection::vec(-1e3..1e3f64, 2..9),
            y in prop::collection::vec(-1e3..1e3f64, 2..9),
        ) {
            let t = student(&x, &y, Alternative::TwoSided, 0.95);
            let f = one_way_anova(&[x, y]);
            if let (Some(t), Some(f)) = (t.value(), f.value()) {
                prop_assert!((f.f - t.t * t.t).abs() <= 1e-9 * f.f.max(1e-9));
                prop_assert!((f.p - t.p).abs() < 1e-9);
            }
        }

        #[test]
        fn nothing_panics(groups in prop::collection::vec(prop::collection::vec(any::<f64>(), 0..4), 0..4)) {
            if let Some(r) = one_way_anova(&groups).any() {
                prop_assert!((0.0..=1.0).contains(&r.p), "{:?}", r);
            }
        }
    }
}
