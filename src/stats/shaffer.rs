//! Shaffer's static adjustment (S1) for all pairs of k methods.
//!
//! Among all pairs of k means only certain numbers of hypotheses can be true at
//! once: `S(k) = union over j of { j(j-1)/2 + s, s in S(k - j) }`, `S(0) = S(1) =
//! {0}`. With ascending p, the i-th is multiplied by `t_i`, the largest member
//! of `S(k)` not above `m - i + 1`, and made monotone (Shaffer 1986; Garcia and
//! Herrera 2008). Never less powerful than Holm, whose factors are `m - i + 1`.
//! The logical relations hold for all pairs of the same k methods and for no
//! other family. Valid for any dependence between the tests.
//!
//! NaN stays NaN and keeps its place in the family: as it is never rejected, it
//! counts as the largest p. Ties keep their order. A list whose length is not
//! `k(k-1)/2`: undefined. Above [`MOST_METHODS`] methods Holm's factors are
//! used, which are valid and larger. Cost O(k^4 / 24) once.

use serde::{Deserialize, Serialize};

use super::Outcome;

/// Methods up to which the sets are computed.
pub const MOST_METHODS: usize = 200;

/// Adjusted p-values with their factors.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shaffer {
    /// In the order of the input: (0,1), (0,2), .. (1,2), ..
    pub adjusted: Vec<f64>,
    /// Factor of the i-th smallest p.
    pub t: Vec<usize>,
}

/// Adjusts the p-values of all pairs of `k` methods.
pub fn shaffer(p: &[f64], k: usize) -> Outcome<Shaffer> {
    let pairs = k.saturating_mul(k.saturating_sub(1)) / 2;
    if k < 2 || p.len() != pairs {
        return Outcome::undefined(format!("{} p-values for the pairs of {k} methods", p.len()));
    }
    if p.iter().any(|p| !p.is_nan() && !(0.0..=1.0).contains(p)) {
        return Outcome::undefined("a p-value is outside 0..=1");
    }
    let mut order: Vec<usize> = (0..p.len()).collect();
    // NaN is last in the total order of what is not negative.
    order.sort_by(|a, b| p[*a].is_nan().cmp(&p[*b].is_nan()).then(p[*a].total_cmp(&p[*b])));
    let t = factors(k);
    let mut adjusted = vec![f64::NAN; p.len()];
    let mut largest = 0.0f64;
    for (index, factor) in order.into_iter().zip(&t).filter(|(index, _)| !p[*index].is_nan()) {
        largest = largest.max((p[index] * *factor as f64).min(1.0));
        adjusted[index] = largest;
    }
    Outcome::of(Shaffer { adjusted, t })
}

/// `t_1..t_m`.
fn factors(k: usize) -> Vec<usize> {
    let m = k * (k - 1) / 2;
    if k > MOST_METHODS {
        return (1..=m).rev().collect();
    }
    let possible = possible_counts(k);
    let mut below = 0;
    let mut largest: Vec<usize> = (0..=m)
        .map(|count| {
            below = if possible[count] { count } else { below };
            below
        })
        .collect();
    largest.remove(0);
    largest.reverse();
    largest
}

/// Which numbers of true hypotheses are possible among the pairs of `k`.
fn possible_counts(k: usize) -> Vec<bool> {
    let pairs = |n: usize| n * n.saturating_sub(1) / 2;
    let mut sets: Vec<Vec<bool>> = vec![vec![true]];
    for n in 1..=k {
        let mut set = vec![false; pairs(n) + 1];
        for j in 1..=n {
            for (rest, _) in sets[n - j].iter().enumerate().filter(|(_, possible)| **possible) {
                set[pairs(j) + rest] = true;
            }
        }
        sets.push(set);
    }
    sets.swap_remove(k)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::adjust::{Adjustment, adjust};
    use proptest::prelude::*;

    /// Shaffer (1986): S(4) = {0, 1, 2, 3, 6}, S(5) = {0, 1, 2, 3, 4, 6, 10}.
    #[test]
    fn agrees_with_the_paper() {
        let members = |k| -> Vec<usize> {
            let set = possible_counts(k);
            (0..set.len()).filter(|i| set[*i]).collect()
        };
        assert_eq!(members(4), [0, 1, 2, 3, 6]);
        assert_eq!(members(5), [0, 1, 2, 3, 4, 6, 10]);
        assert_eq!(factors(4), [6, 3, 3, 3, 2, 1]);
    }

    /// pitfall: a "Shaffer" that is Holm under another name.
    #[test]
    fn it_is_not_holm() {
        let p = [0.001, 0.01, 0.012, 0.02, 0.3, 0.4];
        let result = shaffer(&p, 4);
        let got = result.value().map_or(f64::NAN, |s| s.adjusted[1]);
        assert!((got - 0.03).abs() < 1e-15);
        assert_eq!(adjust(&p, Adjustment::Holm)[1], 0.05);
    }

    proptest! {
        #[test]
        fn between_raw_and_holm(p in prop::collection::vec(0.0..=1.0f64, 15)) {
            let result = shaffer(&p, 6);
            let got = result.value().expect("a family");
            for ((s, holm), raw) in got.adjusted.iter().zip(adjust(&p, Adjustment::Holm)).zip(&p) {
                prop_assert!(*s <= holm + 1e-15 && s >= raw);
            }
        }

        #[test]
        fn nothing_panics(p in prop::collection::vec(any::<f64>(), 0..8), k in 0usize..5) {
            let _ = shaffer(&p, k);
        }
    }
}
