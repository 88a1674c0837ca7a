//! McNemar's test: do two models err on different numbers of the same cases?
//!
//! Only discordant cases count: `b` that the first alone has right, `c` that
//! the second alone has right; under the null hypothesis `b` is Binomial(b + c,
//! 1/2). *Exact*: `min(1, 2 P(X <= min(b, c)))`. *Mid-p*: that less `P(X =
//! min(b, c))`, 1 for `b = c`; less conservative, and the one to prefer
//! (Fagerland, Lydersen and Laake 2013). *Chi-squared*: `(b - c)^2 / (b + c)`
//! with one degree of freedom (McNemar 1947), or with Edwards' correction
//! (1948) `(max(0, |b - c| - 1))^2 / (b + c)`, which is 0 for `b = c` as in R
//! (statsmodels 0.15 gives `1 / (b + c)` there).
//!
//! No discordant case: the exact p are 1, degenerate; chi-squared is 0/0,
//! undefined. More than 10^12 discordant cases: undefined, which keeps the cost
//! of the exact tail, O(sqrt(b + c)), bounded.

use serde::{Deserialize, Serialize};

use super::Outcome;
use super::distributions::{binomial, chi_squared};

/// Cases on which two models differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discordant {
    /// Cases that the first model alone has right.
    pub first_only: u64,
    /// Cases that the second model alone has right.
    pub second_only: u64,
}

/// The asymptotic test.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChiSquared {
    /// Test statistic.
    pub statistic: f64,
    /// p on one degree of freedom.
    pub p: f64,
}

/// Edwards' continuity correction of the asymptotic test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Correction {
    /// `|b - c|` less one.
    Edwards,
    /// `|b - c|` as it is.
    None,
}

const MOST: u64 = 1_000_000_000_000;
const NONE: &str = "no discordant case: nothing speaks against equal error rates";

impl Discordant {
    /// Counted from what either model has right, case by case.
    pub fn count(first: &[bool], second: &[bool]) -> Outcome<Self> {
        if first.len() != second.len() {
            return Outcome::undefined(format!(
                "the models have {} and {} cases",
                first.len(),
                second.len()
            ));
        }
        let only = |a: &[bool], b: &[bool]| a.iter().zip(b).filter(|(a, b)| **a && !**b).count();
        Outcome::of(Self {
            first_only: only(first, second) as u64,
            second_only: only(second, first) as u64,
        })
    }

    /// The exact two-sided p.
    pub fn exact_p(&self) -> Outcome<f64> {
        self.two_sided(|least, total| (2.0 * binomial::cdf(least, total, 0.5)).min(1.0))
    }

    /// The exact two-sided mid-p.
    pub fn mid_p(&self) -> Outcome<f64> {
        if self.first_only == self.second_only {
            return self.two_sided(|_, _| 1.0);
        }
        self.two_sided(|least, total| {
            2.0 * binomial::cdf(least, total, 0.5) - binomial::pmf(least, total, 0.5)
        })
    }

    /// The asymptotic test.
    pub fn chi_squared(&self, correction: Correction) -> Outcome<ChiSquared> {
        let Some(total) = self.total() else { return too_many() };
        if total == 0 {
            return Outcome::undefined("no discordant case: chi-squared is 0/0");
        }
        let apart = self.first_only.abs_diff(self.second_only);
        let apart = match correction {
            Correction::Edwards => apart.saturating_sub(1),
            Correction::None => apart,
        };
        let statistic = (apart as f64).powi(2) / total as f64;
        Outcome::of(ChiSquared { statistic, p: chi_squared::sf(statistic, 1.0) })
    }

    fn two_sided(&self, p: impl Fn(u64, u64) -> f64) -> Outcome<f64> {
        match self.total() {
            None => too_many(),
            Some(0) => Outcome::degenerate(1.0, NONE),
            Some(total) => Outcome::of(p(self.first_only.min(self.second_only), total)),
        }
    }

    fn total(&self) -> Option<u64> {
        self.first_only.checked_add(self.second_only).filter(|total| *total <= MOST)
    }
}

fn too_many<T>() -> Outcome<T> {
    Outcome::undefined(format!("more than {MOST} discordant cases"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(first_only: u64, second_only: u64) -> [Outcome<f64>; 4] {
        let d = Discordant { first_only, second_only };
        let p = |correction| d.chi_squared(correction).map(|test| test.p);
        [d.exact_p(), d.mid_p(), p(Correction::Edwards), p(Correction::None)]
    }

    /// statsmodels 0.15.0 gives 0.48 for (1, 1) with the correction.
    /// pitfall: a continuity correction that finds a difference between equal counts.
    #[test]
    fn equal_counts_are_no_difference() {
        for b in [1, 2, 5, 1000] {
            for p in all(b, b) {
                assert_eq!(p.value(), Some(&1.0), "{b}");
            }
        }
        let none = all(0, 0);
        assert!(none[..2].iter().all(|p| p.value().is_none() && p.any() == Some(&1.0)));
        assert!(none[2..].iter().all(|p| p.any().is_none()));
    }

    #[test]
    fn counted_case_by_case() {
        let got = Discordant::count(&[true, true, false, false], &[true, false, true, false]);
        assert_eq!(got.value(), Some(&Discordant { first_only: 1, second_only: 1 }));
        assert!(Discordant::count(&[true], &[]).any().is_none());
    }

    proptest! {
        #[test]
        fn symmetric_ordered_and_within_bounds(b in 0u64..400, c in 0u64..400) {
            let (here, there) = (all(b, c), all(c, b));
            prop_assert_eq!(&here, &there);
            if let [Outcome::Value { value: exact }, Outcome::Value { value: mid }, ..] = here {
                prop_assert!(mid <= exact && mid > 0.0 && exact <= 1.0);
            }
        }

        #[test]
        fn nothing_panics(b in any::<u64>(), c in any::<u64>()) {
            prop_assert!(all(b, c).iter().all(|p| p.any().is_none_or(|p| (0.0..=1.0).contains(p))));
        }
    }
}
