//! Spearman's rank correlation.
//!
//! Pearson's coefficient of the average ranks (Spearman 1904); with ties this
//! is the coefficient, not the shortcut by squared differences. Sums of doubled
//! ranks are integers, so that identical rankings give exactly 1. The p value
//! is that of Student's t with `n - 2` degrees of freedom, which is coarse
//! below some 10 cases (0 for a full correlation of 3 cases, where the
//! permutation test says 1/3): [`exact_p`] counts all `n!` orders up to `n =
//! 9`.
//!
//! Infinite values have ranks. Constant values: undefined. Two cases: 1 or -1,
//! p = 1, degenerate. Fewer, unequal lengths or NaN: undefined. Cost O(n log
//! n); the exact p O(n!).

use super::Outcome;
use super::pearson::{Correlation, TWO_CASES, of_coefficient, unusable};
use super::ranks::average_ranks;

/// Largest number of cases of the exact p: 9! orders take milliseconds.
pub const EXACT_UP_TO: usize = 9;

/// Spearman's correlation of `x` and `y`.
pub fn spearman(x: &[f64], y: &[f64]) -> Outcome<Correlation> {
    if let Some(reason) = unusable(x, y) {
        return Outcome::undefined(reason);
    }
    let (a, b) = (centred(x), centred(y));
    let [aa, bb, ab] = [(&a, &a), (&b, &b), (&a, &b)].map(|(a, b)| product(a, b));
    if aa == 0 || bb == 0 {
        return Outcome::undefined("all values are equal: there are no ranks to compare");
    }
    // The square of a full correlation is exact, its root need not be.
    let full = ab.checked_mul(ab).zip(aa.checked_mul(bb)).is_some_and(|(s, p)| s == p);
    let r = if full {
        1f64.copysign(ab as f64)
    } else {
        ab as f64 / (aa as f64).sqrt() / (bb as f64).sqrt()
    };
    let result = of_coefficient(r.clamp(-1.0, 1.0), x.len());
    if x.len() == 2 {
        return Outcome::degenerate(Correlation { p: 1.0, ..result }, TWO_CASES);
    }
    Outcome::of(result)
}

/// Share of all orders of `y` whose correlation with `x` is at least as strong,
/// ties kept as they are. Up to [`EXACT_UP_TO`] cases.
pub fn exact_p(x: &[f64], y: &[f64]) -> Outcome<f64> {
    if let Some(reason) = unusable(x, y) {
        return Outcome::undefined(reason);
    }
    if x.len() > EXACT_UP_TO {
        return Outcome::undefined(format!("{} cases, exact up to {EXACT_UP_TO}", x.len()));
    }
    let (a, mut b) = (centred(x), centred(y));
    if product(&a, &a) == 0 || product(&b, &b) == 0 {
        return Outcome::undefined("all values are equal: there are no ranks to compare");
    }
    let observed = product(&a, &b).abs();
    let (mut as_strong, mut all) = (0u64, 0u64);
    each_order(&mut b, |order| {
        all += 1;
        as_strong += u64::from(product(&a, order).abs() >= observed);
    });
    Outcome::of(as_strong as f64 / all as f64)
}

/// Doubled ranks less their mean: integers of sum 0.
fn centred(x: &[f64]) -> Vec<i64> {
    let middle = x.len() as i64 + 1;
    average_ranks(x).iter().map(|rank| (2.0 * rank) as i64 - middle).collect()
}

fn product(a: &[i64], b: &[i64]) -> i128 {
    a.iter().zip(b).map(|(a, b)| i128::from(*a) * i128::from(*b)).sum()
}

/// Every order of the values, by Heap's algorithm: one swap from each to the next.
fn each_order(values: &mut [i64], mut visit: impl FnMut(&[i64])) {
    visit(values);
    let mut counters = vec![0usize; values.len()];
    let mut i = 1;
    while i < values.len() {
        if counters[i] < i {
            let other = if i.is_multiple_of(2) { 0 } else { counters[i] };
            values.swap(other, i);
            visit(values);
            counters[i] += 1;
            i = 1;
        } else {
            counters[i] = 0;
            i += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn three_cases_in_order_are_no_proof() {
        let (x, y) = ([1.0, 2.0, 3.0], [10.0, 20.0, 90.0]);
        assert_eq!(spearman(&x, &y).value().unwrap().coefficient, 1.0);
        assert_eq!(exact_p(&x, &y).value(), Some(&(1.0 / 3.0)));
    }

    /// scipy 1.17.1: `permutation_test` of `spearmanr` over all 5040 orders.
    #[test]
    fn exact_p_agrees_with_enumeration() {
        let x = [1.0, 2.0, 2.0, 4.0, 5.0, 6.0, 7.0];
        let y = [2.0, 1.0, 4.0, 3.0, 7.0, 5.0, 6.0];
        assert!((exact_p(&x, &y).value().unwrap() - EXACT).abs() < 1e-12);
    }
    const EXACT: f64 = 0.053_174_603_174_603_17;

    proptest! {
        #[test]
        fn monotone_transforms_leave_it_alone(
            cases in prop::collection::vec((-9i8..9, -9i8..9), 3..30)
        ) {
            let (x, y): (Vec<f64>, Vec<f64>) =
                cases.iter().map(|c| (f64::from(c.0), f64::from(c.1))).unzip();
            let cubes: Vec<f64> = x.iter().map(|v| v.powi(3) + 1.0).collect();
            prop_assert_eq!(spearman(&x, &y), spearman(&cubes, &y));
            let negated: Vec<f64> = x.iter().map(|v| -v).collect();
            if let (Some(a), Some(b)) = (spearman(&x, &y).value(), spearman(&negated, &y).value()) {
                prop_assert_eq!(a.coefficient, -b.coefficient);
                prop_assert!((a.p - b.p).abs() < 1e-12);
            }
        }

        #[test]
        fn nothing_panics(x in prop::collection::vec(any::<f64>(), 0..6),
                          y in prop::collection::vec(any::<f64>(), 0..6)) {
            let _ = (spearman(&x, &y), exact_p(&x, &y));
        }
    }
}
