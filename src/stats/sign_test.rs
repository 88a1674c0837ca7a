//! The sign test.
//!
//! Wins and losses of paired samples are fair coin tosses under the
//! hypothesis: `P(wins <= w)` of the binomial with p = 1/2; two-sided p is twice
//! the smaller tail. Assumes independent pairs and nothing about the size of a
//! difference. Ties are either dropped (the conditional test, usual) or shared
//! evenly between the sides, one being dropped if their number is odd
//! (Demsar 2006). Ties through subtraction play no part: x and y are compared,
//! not subtracted.
//!
//! Neither wins nor losses: degenerate, p = 1. NaN, unpaired or no pairs:
//! undefined. Cost O(n).

use serde::{Deserialize, Serialize};

use super::Outcome;
use super::distributions::binomial;
use super::p_values::PValues;

/// Result of a sign test.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SignTest {
    /// Pairs with x above y.
    pub wins: u64,
    /// Pairs with x below y.
    pub losses: u64,
    /// Pairs with x equal to y.
    pub ties: u64,
    /// p with ties dropped.
    pub p: PValues,
    /// p with ties shared evenly.
    pub p_split: PValues,
}

/// Tests whether x wins as often as y.
pub fn paired(x: &[f64], y: &[f64]) -> Outcome<SignTest> {
    if x.len() != y.len() {
        return Outcome::undefined(format!("{} values paired with {}", x.len(), y.len()));
    }
    if x.is_empty() {
        return Outcome::undefined("there are no pairs");
    }
    if x.iter().chain(y).any(|v| v.is_nan()) {
        return Outcome::undefined("a value is not a number");
    }
    let count = |f: fn(f64, f64) -> bool| x.iter().zip(y).filter(|(a, b)| f(**a, **b)).count();
    let (wins, losses) = (count(|a, b| a > b), count(|a, b| a < b));
    of_counts(wins as u64, losses as u64, (x.len() - wins - losses) as u64)
}

/// Tests given counts.
pub fn of_counts(wins: u64, losses: u64, ties: u64) -> Outcome<SignTest> {
    let half = ties / 2;
    let p_split = tails(wins.saturating_add(half), losses.saturating_add(half));
    let result = SignTest { wins, losses, ties, p: tails(wins, losses), p_split };
    if wins == 0 && losses == 0 {
        return Outcome::degenerate(result, "neither side wins a pair: p is 1 by convention");
    }
    Outcome::of(result)
}

fn tails(wins: u64, losses: u64) -> PValues {
    let n = wins.saturating_add(losses);
    // By symmetry P(X >= wins) is P(X <= losses).
    PValues::doubled(binomial::cdf(wins, n, 0.5), binomial::cdf(losses, n, 0.5))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// scipy 1.17.1: `binomtest(12, 15).pvalue`.
    #[test]
    fn agrees_with_scipy() {
        let result = of_counts(12, 3, 4);
        let p = result.value().map_or(f64::NAN, |r| r.p.two_sided);
        assert!((p - 0.035_156_25).abs() < 1e-15);
    }

    proptest! {
        #[test]
        fn swapping_the_sides_mirrors_the_test(w in 0u64..50, l in 0u64..50, t in 0u64..9) {
            let (a, b) = (of_counts(w, l, t), of_counts(l, w, t));
            let (Some(a), Some(b)) = (a.any(), b.any()) else { panic!("counts") };
            prop_assert!((a.p.less - b.p.greater).abs() < 1e-14);
            prop_assert!((a.p_split.two_sided - b.p_split.two_sided).abs() < 1e-14);
        }

        #[test]
        fn nothing_panics(x in prop::collection::vec(any::<f64>(), 0..6),
                          y in prop::collection::vec(any::<f64>(), 0..6),
                          w in any::<u64>(), l in any::<u64>(), t in any::<u64>()) {
            let _ = (paired(&x, &y), of_counts(w, l, t));
        }
    }
}
