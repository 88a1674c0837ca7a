//! Kendall's tau-b: excess of concordant over discordant pairs.
//!
//! `tau_b = (C - D) / sqrt((P - T_x)(P - T_y))` over all `P` pairs of cases,
//! with `T` the pairs tied in one variable (Kendall 1945). `D` is counted as
//! exchanges of a merge sort (Knight 1966). The p value is normal with the
//! variance that allows for ties (Kendall 1970); without ties [`exact_p`]
//! counts inversions of all orders, up to 100 cases.
//!
//! Infinite values have ranks. Constant values: undefined. Two cases: 1 or -1,
//! p = 1, degenerate. Fewer, unequal lengths or NaN: undefined. Cost O(n log
//! n); the exact p O(n^3).

use super::Outcome;
use super::distributions::normal;
use super::pearson::{Correlation, TWO_CASES, unusable};
use super::ranks::rank;

/// Largest number of cases of the exact p.
pub const EXACT_UP_TO: usize = 100;

/// Kendall's tau-b of `x` and `y`.
pub fn kendall(x: &[f64], y: &[f64]) -> Outcome<Correlation> {
    if let Some(reason) = unusable(x, y) {
        return Outcome::undefined(reason);
    }
    let pairs = Pairs::count(x, y);
    let untied = |ties: u64| (pairs.all - ties) as f64;
    let (Some(x_ties), Some(y_ties)) = (Ties::of(x, pairs.all), Ties::of(y, pairs.all)) else {
        return Outcome::undefined("all values are equal: no pair has an order");
    };
    let excess = pairs.excess as f64;
    let tau = excess / untied(x_ties.pairs).sqrt() / untied(y_ties.pairs).sqrt();
    let result = |p| Correlation { coefficient: tau.clamp(-1.0, 1.0), p, cases: x.len() };
    if x.len() == 2 {
        return Outcome::degenerate(result(1.0), TWO_CASES);
    }
    let z = excess / variance(x.len(), &x_ties, &y_ties).sqrt();
    Outcome::of(result((2.0 * normal::sf(z.abs())).min(1.0)))
}

/// Two-sided p from the distribution of inversions over all orders. Only
/// without ties, up to [`EXACT_UP_TO`] cases.
pub fn exact_p(x: &[f64], y: &[f64]) -> Outcome<f64> {
    if let Some(reason) = unusable(x, y) {
        return Outcome::undefined(reason);
    }
    if x.len() > EXACT_UP_TO {
        return Outcome::undefined(format!("{} cases, exact up to {EXACT_UP_TO}", x.len()));
    }
    let tied = |v: &[f64]| rank(v).1.iter().any(|size| *size > 1);
    if tied(x) || tied(y) {
        return Outcome::undefined("the exact distribution needs values without ties");
    }
    let pairs = Pairs::count(x, y);
    // Discordant pairs, or concordant ones, whichever are fewer.
    let fewer = (pairs.all - pairs.excess.unsigned_abs()) / 2;
    let tail: f64 = inversions(x.len()).iter().take(fewer as usize + 1).sum();
    Outcome::of((2.0 * tail).min(1.0))
}

/// Probability of each number of inversions in a random order of `n` cases.
fn inversions(n: usize) -> Vec<f64> {
    let mut probabilities = vec![1.0];
    for cases in 2..=n {
        // The new case adds 0 to cases - 1 inversions, each as likely.
        let length = probabilities.len() + cases - 1;
        let share = |k: usize| -> f64 {
            let from = (k + 1).saturating_sub(cases);
            probabilities.iter().skip(from).take(k + 1 - from).sum::<f64>() / cases as f64
        };
        probabilities = (0..length).map(share).collect();
    }
    probabilities
}

/// Pairs of cases.
struct Pairs {
    all: u64,
    /// Concordant less discordant.
    excess: i64,
}

impl Pairs {
    fn count(x: &[f64], y: &[f64]) -> Self {
        let (rank_x, groups_x) = rank(x);
        let (rank_y, groups_y) = rank(y);
        let mut order: Vec<(f64, f64)> = rank_x.into_iter().zip(rank_y).collect();
        order.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let both: u64 = order.chunk_by(|a, b| a == b).map(|group| pairs(group.len())).sum();
        let mut by_x: Vec<f64> = order.into_iter().map(|(_, y)| y).collect();
        let mut spare = by_x.clone();
        let discordant = exchanges(&mut by_x, &mut spare);
        let tied = |groups: &[usize]| groups.iter().map(|size| pairs(*size)).sum::<u64>();
        let all = pairs(x.len());
        // Pairs tied in neither: all - tied in x - tied in y + tied in both.
        let untied = all + both - tied(&groups_x) - tied(&groups_y);
        Self { all, excess: untied as i64 - 2 * discordant as i64 }
    }
}

fn pairs(cases: usize) -> u64 {
    let cases = cases as u64;
    cases * cases.saturating_sub(1) / 2
}

/// Sorts, and counts the pairs that were out of order.
fn exchanges(values: &mut [f64], spare: &mut [f64]) -> u64 {
    if values.len() < 2 {
        return 0;
    }
    let half = values.len() / 2;
    let (left, right) = values.split_at_mut(half);
    let (spare_left, spare_right) = spare.split_at_mut(half);
    let mut count = exchanges(left, spare_left) + exchanges(right, spare_right);
    let (mut i, mut j) = (0, 0);
    for place in spare.iter_mut() {
        let take_left = j == right.len() || (i < left.len() && left[i] <= right[j]);
        if take_left {
            *place = left[i];
            i += 1;
        } else {
            // It passes everything that is left of the left half.
            count += (left.len() - i) as u64;
            *place = right[j];
            j += 1;
        }
    }
    values.copy_from_slice(spare);
    count
}

/// Sums over groups of `t` equal values.
struct Ties {
    /// `t (t - 1) / 2`.
    pairs: u64,
    /// `t (t - 1) (t - 2)`.
    triples: f64,
    /// `t (t - 1) (2 t + 5)`.
    weighted: f64,
}

impl Ties {
    /// `None` when all values are equal.
    fn of(x: &[f64], all: u64) -> Option<Self> {
        let mut ties = Self { pairs: 0, triples: 0.0, weighted: 0.0 };
        for size in rank(x).1 {
            let t = size as f64;
            ties.pairs += pairs(size);
            ties.triples += t * (t - 1.0) * (t - 2.0);
            ties.weighted += t * (t - 1.0) * (2.0 * t + 5.0);
        }
        (ties.pairs < all).then_some(ties)
    }
}

/// Variance of `C - D` under no association, three cases or more.
fn variance(cases: usize, x: &Ties, y: &Ties) -> f64 {
    let n = cases as f64;
    let m = n * (n - 1.0);
    (m * (2.0 * n + 5.0) - x.weighted - y.weighted) / 18.0
        + 2.0 * x.pairs as f64 * y.pairs as f64 / m
        + x.triples * y.triples / (9.0 * m * (n - 2.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// scipy 1.17.1: `kendalltau([1..7], [2, 1, 4, 3, 7, 5, 6], method="exact").pvalue`.
    #[test]
    fn exact_p_agrees_with_scipy() {
        let x: Vec<f64> = (1..8).map(f64::from).collect();
        let y = [2.0, 1.0, 4.0, 3.0, 7.0, 5.0, 6.0];
        assert!((exact_p(&x, &y).value().unwrap() - EXACT).abs() < 1e-12);
        assert!(exact_p(&[1.0, 1.0, 2.0], &[1.0, 2.0, 3.0]).any().is_none());
        let sum: f64 = inversions(40).iter().sum();
        assert!((sum - 1.0).abs() < 1e-12);
    }
    const EXACT: f64 = 0.069_047_619_047_619_05;

    proptest! {
        #[test]
        fn equals_the_definition(cases in prop::collection::vec((0i8..9, 0i8..9), 3..30)) {
            let (x, y): (Vec<f64>, Vec<f64>) =
                cases.iter().map(|c| (f64::from(c.0), f64::from(c.1))).unzip();
            let sign = |a: f64, b: f64| if a == b { 0.0 } else { (a - b).signum() };
            let (mut excess, mut in_x, mut in_y) = (0.0, 0.0, 0.0);
            for i in 0..x.len() {
                for j in 0..i {
                    let (a, b) = (sign(x[i], x[j]), sign(y[i], y[j]));
                    excess += a * b;
                    in_x += a * a;
                    in_y += b * b;
                }
            }
            match kendall(&x, &y).value() {
                Some(got) => {
                    prop_assert!((got.coefficient - excess / f64::sqrt(in_x * in_y)).abs() < 1e-12);
                    prop_assert!((0.0..=1.0).contains(&got.p));
                }
                None => prop_assert!(in_x * in_y == 0.0),
            }
        }

        #[test]
        fn nothing_panics(x in prop::collection::vec(any::<f64>(), 0..6),
                          y in prop::collection::vec(any::<f64>(), 0..6)) {
            let _ = (kendall(&x, &y), exact_p(&x, &y));
        }
    }
}
