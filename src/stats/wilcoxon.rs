//! Wilcoxon's signed-rank test of paired samples.
//!
//! `d = x - y` (ties through subtraction settled, see [`ranks`]) is ranked by
//! magnitude, ties sharing the mean rank; `W+` is the rank sum of the positive
//! differences. Assumes pairs that are independent of each other and, for a
//! statement about the median, symmetric differences. "Greater" speaks for
//! positive differences.
//!
//! *Zeros* (1) `Wilcox`: dropped before ranking (Wilcoxon 1945); (2) `Pratt`:
//! ranked, then their ranks dropped (Pratt 1959; normal approximation with the
//! moments of Cureton 1967); (3) `Split`: half of their ranks to each side. The
//! exact distribution of `Split` is Pratt's, moved by a constant.
//!
//! *Exact*: the distribution over all sign patterns given the ranks, ties
//! included, by counting (`signed_rank_counts`); two-sided p is twice the
//! smaller tail. Chosen by `Auto` up to [`AUTO_EXACT`] nonzero differences and
//! possible up to [`MOST_EXACT`]; beyond, the *asymptotic* test: normal with
//! tie-corrected variance, with or without a continuity correction of 1/2
//! towards the mean. The result says which was used.
//!
//! All differences zero: degenerate, p = 1. Non-finite, unpaired or empty
//! input: undefined. Cost O(n log n), exact O(n^3). Agrees with scipy 1.17 and
//! R's exactRankTests and coin.

use serde::{Deserialize, Serialize};

use super::Outcome;
use super::distributions::normal;
use super::hodges_lehmann;
use super::p_values::PValues;
use super::ranks;
use super::signed_rank_counts::SignedRankCounts;

/// `Method::Auto` is exact up to this many nonzero differences.
pub const AUTO_EXACT: usize = 50;
/// `Method::Exact` is exact up to this many nonzero differences.
pub const MOST_EXACT: usize = 500;

/// What becomes of zero differences.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Zeros {
    /// Dropped before ranking.
    #[default]
    Wilcox,
    /// Ranked, their ranks dropped.
    Pratt,
    /// Ranked, half of their ranks to each side.
    Split,
}

/// How p is computed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// Exact for small samples, else asymptotic with continuity correction.
    #[default]
    Auto,
    /// From the exact distribution.
    Exact,
    /// From the normal distribution.
    Asymptotic {
        /// Whether 1/2 is taken off the distance from the mean.
        correction: bool,
    },
}

/// Result of a signed-rank test.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SignedRank {
    /// Rank sum of the positive differences.
    pub w_plus: f64,
    /// Rank sum of the negative differences.
    pub w_minus: f64,
    /// Differences that are not zero.
    pub n_used: usize,
    /// Differences that are zero.
    pub zeros: usize,
    /// p of each alternative about `x - y`.
    pub p: PValues,
    /// The normal deviates behind an asymptotic p.
    pub z: Option<Deviates>,
    /// The method used: `Exact` or `Asymptotic`.
    pub method: Method,
    /// `(W+ - W-) / (W+ + W-)`; positive where x is larger; 0 without differences.
    pub rank_biserial: f64,
    /// Median of the Walsh averages of all differences.
    pub hodges_lehmann: f64,
}

impl SignedRank {
    /// `min(W+, W-)`, the statistic of tables.
    pub fn statistic(&self) -> f64 {
        self.w_plus.min(self.w_minus)
    }
}

/// Normal deviates of `W+`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Deviates {
    /// Never positive, as scipy reports it.
    pub two_sided: f64,
    /// Of the alternative "less".
    pub less: f64,
    /// Of the alternative "greater".
    pub greater: f64,
}

/// Tests `x - y`; the two hold the same cases in the same order.
pub fn signed_rank(x: &[f64], y: &[f64], zeros: Zeros, method: Method) -> Outcome<SignedRank> {
    if x.len() != y.len() {
        return Outcome::undefined(format!("{} values paired with {}", x.len(), y.len()));
    }
    if x.iter().chain(y).any(|v| !v.is_finite()) {
        return Outcome::undefined("a value is not finite");
    }
    of_differences(&ranks::differences(x, y), zeros, method)
}

/// Tests given differences, as they are.
pub fn of_differences(d: &[f64], zeros: Zeros, method: Method) -> Outcome<SignedRank> {
    if d.is_empty() {
        return Outcome::undefined("there are no pairs");
    }
    if d.iter().any(|v| !v.is_finite()) {
        return Outcome::undefined("a difference is not finite");
    }
    let ranked = Ranked::new(d, zeros);
    let hodges_lehmann = hodges_lehmann::walsh_median(d);
    if ranked.used == 0 {
        let result = ranked.result(hodges_lehmann, PValues::ones(), None, Method::Exact);
        return Outcome::degenerate(result, "all differences are zero: p is 1 by convention");
    }
    let exact = match method {
        Method::Auto => ranked.used <= AUTO_EXACT,
        Method::Exact => ranked.used <= MOST_EXACT,
        Method::Asymptotic { .. } => false,
    };
    if exact {
        return Outcome::of(ranked.result(hodges_lehmann, ranked.exact(), None, Method::Exact));
    }
    let correction = method != Method::Asymptotic { correction: false };
    let z = ranked.deviates(correction);
    let p = PValues {
        two_sided: (2.0 * normal::cdf(z.two_sided)).min(1.0),
        less: normal::cdf(z.less),
        greater: normal::sf(z.greater),
    };
    let method = Method::Asymptotic { correction };
    Outcome::of(ranked.result(hodges_lehmann, p, Some(z), method))
}

/// Ranks of the magnitudes with what the zero method leaves of them.
struct Ranked {
    n: usize,
    used: usize,
    /// Doubled ranks of the nonzero differences.
    doubled: Vec<usize>,
    /// Doubled rank sum of the positive ones among them.
    plus: usize,
    /// Rank sum that each side gets from the zeros.
    from_zeros: f64,
    /// Mean and variance of `W+`.
    mean: f64,
    variance: f64,
}

impl Ranked {
    fn new(d: &[f64], method: Zeros) -> Self {
        let drop = method == Zeros::Wilcox;
        let kept: Vec<f64> = d.iter().copied().filter(|v| !drop || *v != 0.0).collect();
        let magnitudes: Vec<f64> = kept.iter().map(|v| v.abs()).collect();
        let (ranks, groups) = ranks::rank(&magnitudes);
        let nonzero = || kept.iter().zip(&ranks).filter(|(v, _)| **v != 0.0);
        let doubled: Vec<usize> = nonzero().map(|(_, r)| (2.0 * r) as usize).collect();
        let plus = nonzero().filter(|(v, _)| **v > 0.0).map(|(_, r)| (2.0 * r) as usize).sum();
        let (n, zeros) = (kept.len(), kept.len() - doubled.len());
        let (mut mean, mut squares) = moments(n as f64);
        let mut ties = ranks::tie_sum(&groups);
        if method == Zeros::Pratt {
            let (zero_mean, zero_squares) = moments(zeros as f64);
            mean -= zero_mean;
            squares -= zero_squares;
            ties -= ranks::tie_sum(&[zeros]);
        }
        let from_zeros = if method == Zeros::Split { moments(zeros as f64).0 } else { 0.0 };
        Self {
            n: d.len(),
            used: doubled.len(),
            doubled,
            plus,
            from_zeros,
            mean,
            variance: (squares - ties / 2.0) / 24.0,
        }
    }

    fn w_plus(&self) -> f64 {
        self.plus as f64 / 2.0 + self.from_zeros
    }

    fn w_minus(&self) -> f64 {
        (self.doubled.iter().sum::<usize>() - self.plus) as f64 / 2.0 + self.from_zeros
    }

    fn exact(&self) -> PValues {
        let (less, greater) = SignedRankCounts::new(&self.doubled).tails(self.plus);
        PValues::doubled(less, greater)
    }

    fn deviates(&self, correction: bool) -> Deviates {
        let half: f64 = if correction { 0.5 } else { 0.0 };
        let (above, sd) = (self.w_plus() - self.mean, self.variance.sqrt());
        let towards = if above == 0.0 { 0.0 } else { half.copysign(above) };
        Deviates {
            two_sided: -((above - towards) / sd).abs(),
            less: (above + half) / sd,
            greater: (above - half) / sd,
        }
    }

    fn result(
        &self,
        hodges_lehmann: f64,
        p: PValues,
        z: Option<Deviates>,
        method: Method,
    ) -> SignedRank {
        let (w_plus, w_minus) = (self.w_plus(), self.w_minus());
        let total = w_plus + w_minus;
        SignedRank {
            w_plus,
            w_minus,
            n_used: self.used,
            zeros: self.n - self.used,
            p,
            z,
            method,
            rank_biserial: if total > 0.0 { (w_plus - w_minus) / total } else { 0.0 },
            hodges_lehmann,
        }
    }
}

/// Mean of `W+` over `n` ranks, and 24 times its variance.
fn moments(n: f64) -> (f64, f64) {
    (n * (n + 1.0) / 4.0, n * (n + 1.0) * (2.0 * n + 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const METHODS: [Method; 4] = [
        Method::Auto,
        Method::Exact,
        Method::Asymptotic { correction: true },
        Method::Asymptotic { correction: false },
    ];
    const ZEROS: [Zeros; 3] = [Zeros::Wilcox, Zeros::Pratt, Zeros::Split];

    /// pitfall: ties of differences that subtraction hides.
    #[test]
    fn decimals_tie_as_they_are_written() {
        // Differences 0.2, 0.2, 0.2, -0.2 in decimals.
        let (x, y) = ([0.3, 0.7, 0.5, 0.1], [0.1, 0.5, 0.3, 0.3]);
        let result = signed_rank(&x, &y, Zeros::Wilcox, Method::Exact);
        assert_eq!(result.value().map(|r| (r.w_plus, r.w_minus)), Some((7.5, 2.5)));
    }

    /// pitfall: an exact p that is 0 because its tail was computed as 1 minus the rest.
    #[test]
    fn far_tails_keep_their_digits() {
        let d: Vec<f64> = (1..=60).map(f64::from).collect();
        let result = of_differences(&d, Zeros::Wilcox, Method::Exact);
        assert_eq!(result.value().map(|r| r.p.greater), Some(0.5f64.powi(60)));
    }

    /// pitfall: an approximation that is used silently where the exact p was asked for.
    #[test]
    fn beyond_the_limit_the_normal_is_used_and_named() {
        let d: Vec<f64> = (1..=501).map(f64::from).collect();
        let result = of_differences(&d, Zeros::Wilcox, Method::Exact);
        let method = result.value().map(|r| r.method);
        assert_eq!(method, Some(Method::Asymptotic { correction: true }));
    }

    /// pitfall: what is done with differences of zero decides the p, and is not said.
    #[test]
    fn zeros_are_treated_as_asked_and_counted() {
        let zeros = [0.0; 12];
        let d = [&zeros[..], &[1.0, -2.0, 3.0, 4.0, 5.0, 6.0, -7.0]].concat();
        let found = ZEROS.map(|zeros| of_differences(&d, zeros, Method::Exact));
        let p = found.each_ref().map(|test| test.value().expect("a test").p.two_sided);
        let w = found.each_ref().map(|test| test.value().expect("a test").w_plus);
        assert!(p[0] > 1.2 * p[1] && w[0] < w[1] && w[1] < w[2], "{p:?} {w:?}");
        // Without zeros all three are one.
        let without = ZEROS.map(|zeros| of_differences(&d[12..], zeros, Method::Exact));
        assert!(without.iter().all(|test| test.value().expect("a test").p.two_sided == p[0]));
        let counts = found.each_ref().map(|test| test.value().map(|t| (t.n_used, t.zeros)));
        assert_eq!(counts, [Some((7, 12)); 3]);
    }

    /// pitfall: an exact p asked for with ties, and an approximation returned.
    #[test]
    fn exact_with_ties_is_exact() {
        let d = [1.0, 1.0, 2.0, 2.0, -1.0];
        let test = of_differences(&d, Zeros::Wilcox, Method::Exact);
        let test = test.value().expect("a test");
        assert_eq!((test.method, test.z), (Method::Exact, None));
        // Ranks 2, 2, 2, 4.5, 4.5: by hand, 3 of the 32 signs give W- = 2, 1 gives 0.
        assert_eq!(test.p.greater, 4.0 / 32.0);
    }

    proptest! {
        #[test]
        fn swapping_the_sides_mirrors_the_test(
            pairs in prop::collection::vec((-9i8..9, -9i8..9), 1..20),
        ) {
            let x: Vec<f64> = pairs.iter().map(|p| f64::from(p.0)).collect();
            let y: Vec<f64> = pairs.iter().map(|p| f64::from(p.1)).collect();
            for method in METHODS {
                for zeros in ZEROS {
                    let a = signed_rank(&x, &y, zeros, method);
                    let b = signed_rank(&y, &x, zeros, method);
                    let (Some(a), Some(b)) = (a.any(), b.any()) else { panic!("finite data") };
                    prop_assert!((a.p.less - b.p.greater).abs() < 1e-14);
                    prop_assert!((a.p.two_sided - b.p.two_sided).abs() < 1e-14);
                    prop_assert_eq!((a.w_plus, a.rank_biserial), (b.w_minus, -b.rank_biserial));
                }
            }
        }

        #[test]
        fn nothing_panics(x in prop::collection::vec(any::<f64>(), 0..8),
                          y in prop::collection::vec(any::<f64>(), 0..8)) {
            for method in METHODS {
                for zeros in ZEROS {
                    for result in [signed_rank(&x, &y, zeros, method), of_differences(&x, zeros, method)] {
                        if let Some(r) = result.any() {
                            prop_assert!((0.0..=1.0).contains(&r.p.two_sided), "{:?}", r);
                        }
                    }
                }
            }
        }
    }
}
