//! The Mann-Whitney U test (Wilcoxon rank sum) of two independent samples.
//!
//! `U1` counts the pairs with `x > y`, ties as one half; `A12 = U1 / (n m)`,
//! Cliff's delta and the rank-biserial correlation are `2 A12 - 1`, positive
//! where x is larger. Assumes independent values; "greater" speaks for larger
//! x.
//!
//! *Exact*: all ways to give the pooled ranks to the two groups, ties included,
//! by counting (`rank_sum_counts`). Two conventions for two-sided p: twice the
//! smaller tail (scipy, R's `wilcox.test`), and the probability of a rank sum as
//! far from its mean (R's exactRankTests and coin); they differ with ties only.
//! With `N = n + m` and the smaller size `s`, `Auto` is exact up to `N s` =
//! [`AUTO_EXACT`], `Exact` up to [`MOST_EXACT`]; beyond, *asymptotic*: normal
//! with tie-corrected variance, with or without a continuity correction of 1/2.
//! The result says which was used.
//!
//! All values equal: degenerate, p = 1 and A12 = 1/2. An empty side or NaN:
//! undefined; infinities are ranked. Cost O(N log N), exact O(N^2 s^2).

use serde::{Deserialize, Serialize};

use super::Outcome;
use super::distributions::normal;
use super::p_values::PValues;
use super::rank_sum_counts::RankSumCounts;
use super::ranks;
pub use super::wilcoxon::Method;

/// `Method::Auto` is exact up to this `N s`.
pub const AUTO_EXACT: usize = 2_500;
/// `Method::Exact` is exact up to this `N s`.
pub const MOST_EXACT: usize = 20_000;

/// Result of a Mann-Whitney test.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct MannWhitney {
    /// Pairs won by x, ties as one half.
    pub u1: f64,
    /// Pairs won by y, ties as one half.
    pub u2: f64,
    /// p of each alternative about x against y; two-sided by doubling.
    pub p: PValues,
    /// Exact two-sided p by distance from the mean.
    pub p_absolute_deviation: Option<f64>,
    /// `P(x > y) + P(x = y)/2`.
    pub a12: f64,
    /// `2 A12 - 1`: Cliff's delta, the rank-biserial correlation.
    pub rank_biserial: f64,
    /// The method used: `Exact` or `Asymptotic`.
    pub method: Method,
}

/// Tests x against y.
pub fn mann_whitney(x: &[f64], y: &[f64], method: Method) -> Outcome<MannWhitney> {
    if x.is_empty() || y.is_empty() {
        return Outcome::undefined("one side has no values");
    }
    if x.iter().chain(y).any(|v| v.is_nan()) {
        return Outcome::undefined("a value is not a number");
    }
    let pooled = Pooled::new(x, y);
    if pooled.groups.len() == 1 {
        let result = pooled.result(PValues::ones(), Some(1.0), Method::Exact);
        return Outcome::degenerate(result, "all values are equal: p is 1 by convention");
    }
    let size = pooled.n.min(pooled.m).saturating_mul(pooled.n + pooled.m);
    let exact = match method {
        Method::Auto => size <= AUTO_EXACT,
        Method::Exact => size <= MOST_EXACT,
        Method::Asymptotic { .. } => false,
    };
    if exact {
        let (p, far) = pooled.exact();
        return Outcome::of(pooled.result(p, Some(far), Method::Exact));
    }
    let correction = method != Method::Asymptotic { correction: false };
    let p = pooled.asymptotic(if correction { 0.5 } else { 0.0 });
    Outcome::of(pooled.result(p, None, Method::Asymptotic { correction }))
}

struct Pooled {
    n: usize,
    m: usize,
    /// Doubled ranks of all values, those of x first.
    doubled: Vec<usize>,
    groups: Vec<usize>,
}

impl Pooled {
    fn new(x: &[f64], y: &[f64]) -> Self {
        let all: Vec<f64> = x.iter().chain(y).copied().collect();
        let (ranks, groups) = ranks::rank(&all);
        let doubled = ranks.iter().map(|r| (2.0 * r) as usize).collect();
        Self { n: x.len(), m: y.len(), doubled, groups }
    }

    fn u1(&self) -> f64 {
        let sum: usize = self.doubled[..self.n].iter().sum();
        (sum - self.n * (self.n + 1)) as f64 / 2.0
    }

    /// The three p by doubling, and the two-sided one by distance.
    fn exact(&self) -> (PValues, f64) {
        let all = self.n + self.m;
        // The smaller group is cheaper, and has the mirrored distribution.
        let (group, size) = if self.n <= self.m {
            (&self.doubled[..self.n], self.n)
        } else {
            (&self.doubled[self.n..], self.m)
        };
        let counts = RankSumCounts::new(&self.doubled, size);
        let w = group.iter().sum();
        let (below, above) = counts.tails(w);
        let (less, greater) = if self.n <= self.m { (below, above) } else { (above, below) };
        let p = PValues::doubled(less.min(1.0), greater.min(1.0));
        (p, counts.as_far(w, 2 * size * (all + 1)))
    }

    fn asymptotic(&self, half: f64) -> PValues {
        let (n, m) = (self.n as f64, self.m as f64);
        let all = n + m;
        let ties = ranks::tie_sum(&self.groups) / (all * (all - 1.0));
        let sd = (n * m / 12.0 * (all + 1.0 - ties)).sqrt();
        let above = self.u1() - n * m / 2.0;
        PValues {
            two_sided: (2.0 * normal::sf((above.abs() - half) / sd)).min(1.0),
            less: normal::cdf((above + half) / sd),
            greater: normal::sf((above - half) / sd),
        }
    }

    fn result(&self, p: PValues, far: Option<f64>, method: Method) -> MannWhitney {
        let pairs = self.n as f64 * self.m as f64;
        let u1 = self.u1();
        MannWhitney {
            u1,
            u2: pairs - u1,
            p,
            p_absolute_deviation: far,
            a12: u1 / pairs,
            rank_biserial: (2.0 * u1 - pairs) / pairs,
            method,
        }
    }
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

    /// pitfall: two conventions of an exact two-sided p with ties, and nobody says which.
    #[test]
    fn the_two_conventions_differ_with_ties() {
        let (x, y) = ([1.0, 1.0, 2.0, 5.0], [1.0, 3.0, 4.0, 4.0, 4.0, 6.0]);
        let result = mann_whitney(&x, &y, Method::Exact);
        let r = result.value().expect("a test");
        assert!(r.p_absolute_deviation.is_some_and(|p| (p - r.p.two_sided).abs() > 1e-3), "{r:?}");
    }

    /// pitfall: a rank-biserial correlation with the sign turned.
    #[test]
    fn the_rank_biserial_has_the_sign_of_the_difference() {
        let result = mann_whitney(&[5.0, 6.0], &[1.0, 2.0], Method::Auto);
        assert_eq!(result.value().map(|r| (r.u1, r.rank_biserial)), Some((4.0, 1.0)));
    }

    proptest! {
        #[test]
        fn swapping_the_sides_mirrors_the_test(
            x in prop::collection::vec(-5i8..5, 1..9), y in prop::collection::vec(-5i8..5, 1..9),
        ) {
            let x: Vec<f64> = x.into_iter().map(f64::from).collect();
            let y: Vec<f64> = y.into_iter().map(f64::from).collect();
            for method in METHODS {
                let (a, b) = (mann_whitney(&x, &y, method), mann_whitney(&y, &x, method));
                let (Some(a), Some(b)) = (a.any(), b.any()) else { panic!("finite data") };
                prop_assert!((a.p.less - b.p.greater).abs() < 1e-14);
                prop_assert_eq!((a.u1, a.rank_biserial), (b.u2, -b.rank_biserial));
                if let (Some(p), Some(q)) = (a.p_absolute_deviation, b.p_absolute_deviation) {
                    prop_assert!((p - q).abs() < 1e-14);
                }
            }
        }

        #[test]
        fn nothing_panics(x in prop::collection::vec(any::<f64>(), 0..8),
                          y in prop::collection::vec(any::<f64>(), 0..8)) {
            for method in METHODS {
                if let Some(r) = mann_whitney(&x, &y, method).any() {
                    prop_assert!((0.0..=1.0).contains(&r.p.two_sided), "{:?}", r);
                }
            }
        }
    }
}
