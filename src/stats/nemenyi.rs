//! Nemenyi's test of all pairs after Friedman, and its critical difference.
//!
//! Two methods differ by `q = |R_i - R_j| / sqrt(k(k+1)/(6n))` in average ranks,
//! and `q sqrt 2` has the studentised range of `k` values with infinite degrees
//! of freedom; `CD = q_alpha / sqrt 2 * sqrt(k(k+1)/(6n))` with the range's
//! quantile (Nemenyi 1963, Demsar 2006). The family of pairs is adjusted for by
//! the range itself. No tie correction, as in Demsar: with many ties the test is
//! conservative. Fewer than two methods, no blocks, or a rank that is not
//! finite: undefined. Cost O(k^2), and a range
//! tail for each difference of rank sums that occurs.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::Outcome;
use super::distributions::studentized_range;
use super::pairwise::PairwiseP;

/// p of each pair from average ranks over `n` blocks.
pub fn nemenyi(average_ranks: &[f64], n: usize) -> Outcome<PairwiseP> {
    let k = average_ranks.len();
    if let Some(reason) = unusable(k, n) {
        return Outcome::undefined(reason);
    }
    if average_ranks.iter().any(|r| !r.is_finite()) {
        return Outcome::undefined("an average rank is not finite");
    }
    let scale = std::f64::consts::SQRT_2 / standard_error(k, n);
    // Of 20,000 pairs most have a difference that others have: its tail is known.
    let known = RefCell::new(BTreeMap::new());
    let tail = |difference: f64| studentized_range::sf(difference * scale, k as f64, f64::INFINITY);
    Outcome::of(PairwiseP::from_pairs(k, |i, j| {
        let difference = (average_ranks[i] - average_ranks[j]).abs();
        let Some(halves) = half_ranks(difference, n) else { return tail(difference) };
        *known.borrow_mut().entry(halves).or_insert_with(|| tail(halves as f64 / (2.0 * n as f64)))
    }))
}

/// A difference of average ranks over `n` blocks in halves of a rank sum, where it
/// is a whole number of them: ranks are halves where scores tie.
fn half_ranks(difference: f64, n: usize) -> Option<u64> {
    let halves = difference * 2.0 * n as f64;
    let whole = halves.round();
    ((halves - whole).abs() < 1e-6 && whole < 1e12).then_some(whole as u64)
}

/// The difference of average ranks that is significant at `alpha`.
pub fn critical_difference(k: usize, n: usize, alpha: f64) -> Outcome<f64> {
    if let Some(reason) = unusable(k, n) {
        return Outcome::undefined(reason);
    }
    if !(alpha > 0.0 && alpha < 1.0) {
        return Outcome::undefined(format!("alpha is {alpha}, expected in (0, 1)"));
    }
    let q = studentized_range::critical(alpha, k as f64, f64::INFINITY);
    Outcome::of(q / std::f64::consts::SQRT_2 * standard_error(k, n))
}

/// Standard error of a difference of two average ranks.
fn standard_error(k: usize, n: usize) -> f64 {
    let k = k as f64;
    (k * (k + 1.0) / (6.0 * n as f64)).sqrt()
}

fn unusable(k: usize, n: usize) -> Option<String> {
    if n == 0 {
        return Some("there are no blocks".into());
    }
    (!(2..=1_000_000).contains(&k))
        .then(|| format!("Nemenyi's test needs 2 to 1e6 methods, got {k}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Demsar (2006), table 5: q_0.05 is 2.343 for three methods, 3.164 for ten.
    /// pitfall: the studentised range used without dividing by the root of 2.
    #[test]
    fn agrees_with_the_table() {
        for (k, q) in [(3usize, 2.343), (10, 3.164)] {
            let cd = critical_difference(k, 14, 0.05);
            let got = cd.value().map_or(f64::NAN, |cd| cd / standard_error(k, 14));
            assert!((got - q).abs() < 1e-3, "{got}");
        }
    }

    /// pitfall: a significance level that is built in.
    #[test]
    fn the_level_is_the_one_asked_for() {
        let at = |alpha| *critical_difference(5, 10, alpha).value().expect("a difference");
        assert!(at(0.01) > at(0.05) && at(0.05) > at(0.10));
    }

    #[test]
    fn a_pair_at_the_critical_difference_has_p_alpha() {
        let cd = *critical_difference(4, 9, 0.05).value().expect("a difference");
        let p = nemenyi(&[1.0, 1.0 + cd, 2.0, 3.0], 9);
        assert!(p.value().is_some_and(|p| (p.p[0][1] - 0.05).abs() < 1e-12));
    }

    /// Remembered tails are those of every pair by itself.
    #[test]
    fn equal_differences_have_equal_p() {
        let ranks = [1.5, 2.0 + 1.0 / 3.0, 2.0 + 2.0 / 3.0, 3.5, 5.0];
        let found = nemenyi(&ranks, 6);
        let p = &found.value().expect("p").p;
        for (i, j) in (0..5).flat_map(|i| (0..i).map(move |j| (i, j))) {
            let q = (ranks[i] - ranks[j]).abs() * std::f64::consts::SQRT_2 / standard_error(5, 6);
            let alone = studentized_range::sf(q, 5.0, f64::INFINITY);
            assert!((p[i][j] - alone).abs() < 1e-13, "{i} {j}");
        }
        assert_eq!(half_ranks(0.123, 6), None);
    }

    proptest! {
        #[test]
        fn nothing_panics(r in prop::collection::vec(any::<f64>(), 0..4), n in 0usize..9, a in any::<f64>()) {
            let _ = (nemenyi(&r, n), critical_difference(r.len(), n, a));
        }
    }
}
