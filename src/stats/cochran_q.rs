//! Cochran's Q: do several models have the same share of right cases?
//!
//! On `N` cases judged right or wrong for each of `k` models, with `G_j` right
//! cases of model `j` and `L_i` models that have case `i` right: `Q = (k - 1)
//! (k sum G_j^2 - (sum G_j)^2) / (k sum L_i - sum L_i^2)`, chi-squared with `k
//! - 1` degrees of freedom (Cochran 1950). For two models it is McNemar's
//! statistic without correction. Cases that all models have right, or all
//! wrong, do not count. Asymptotic: it wants some two dozen counting values
//! (`k` times the cases that count).
//!
//! Undefined with fewer than two models, rows of unequal length, or no case
//! that counts (0/0). Sums are integers. Cost O(N k).

use serde::{Deserialize, Serialize};

use super::Outcome;
use super::distributions::chi_squared;

/// Result of Cochran's Q test.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CochranQ {
    /// Test statistic.
    pub q: f64,
    /// Degrees of freedom.
    pub df: f64,
    /// p of the chi-squared approximation.
    pub p: f64,
    /// Cases on which the models differ.
    pub cases_that_count: usize,
}

/// One row per case: which models have it right.
pub fn cochran_q<R: AsRef<[bool]>>(cases: &[R]) -> Outcome<CochranQ> {
    let models = cases.first().map_or(0, |row| row.as_ref().len());
    if models < 2 {
        return Outcome::undefined("Cochran's Q needs two models and a case");
    }
    if cases.iter().any(|row| row.as_ref().len() != models) {
        return Outcome::undefined("the cases have unequal numbers of models");
    }
    let mut right = vec![0i128; models];
    let (mut spread, mut cases_that_count) = (0i128, 0);
    let k = models as i128;
    for row in cases {
        let row = row.as_ref();
        let level = row.iter().filter(|right| **right).count() as i128;
        for (total, hit) in right.iter_mut().zip(row) {
            *total += i128::from(*hit);
        }
        spread += level * (k - level);
        cases_that_count += usize::from(0 < level && level < k);
    }
    if cases_that_count == 0 {
        return Outcome::undefined("on every case the models are all right or all wrong: 0/0");
    }
    let total: i128 = right.iter().sum();
    let between = k * right.iter().map(|g| g * g).sum::<i128>() - total * total;
    let df = (models - 1) as f64;
    let q = df * between as f64 / spread as f64;
    Outcome::of(CochranQ { q, df, p: chi_squared::sf(q, df), cases_that_count })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::mcnemar::{Correction, Discordant};
    use proptest::prelude::*;

    #[test]
    fn without_a_case_that_counts_it_is_undefined() {
        assert!(cochran_q(&[[true, true], [false, false]]).any().is_none());
        assert!(cochran_q::<[bool; 2]>(&[]).any().is_none());
        assert!(cochran_q(&[[true]]).any().is_none());
    }

    proptest! {
        #[test]
        fn two_models_are_mcnemar(cases in prop::collection::vec(any::<[bool; 2]>(), 1..40)) {
            let (a, b): (Vec<bool>, Vec<bool>) = cases.iter().map(|c| (c[0], c[1])).unzip();
            let mcnemar = Discordant::count(&a, &b).value().unwrap().chi_squared(Correction::None);
            match (cochran_q(&cases).value(), mcnemar.value()) {
                (Some(q), Some(chi)) => prop_assert!((q.q - chi.statistic).abs() < 1e-12),
                (q, chi) => prop_assert!(q.is_none() && chi.is_none()),
            }
        }

        #[test]
        fn constant_cases_do_not_count(
            cases in prop::collection::vec(any::<[bool; 4]>(), 1..30), more in 0usize..5
        ) {
            let mut longer = cases.clone();
            longer.extend(std::iter::repeat_n([true; 4], more));
            longer.extend(std::iter::repeat_n([false; 4], more));
            prop_assert_eq!(cochran_q(&cases), cochran_q(&longer));
        }

        #[test]
        fn nothing_panics(
            cases in prop::collection::vec(prop::collection::vec(any::<bool>(), 0..4), 0..8)
        ) {
            let _ = cochran_q(&cases);
        }
    }
}
