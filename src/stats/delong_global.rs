//! Do several models, scored on the same cases, have one AUC?
//!
//! With the `k - 1` differences `d` from the first model and their DeLong
//! covariance `S`, `d' S^- d` is chi-squared with `rank S` degrees of freedom
//! (DeLong, DeLong and Clarke-Pearson 1988, equation 5); for two models it is
//! the square of the paired test's `z`. It does not depend on which model comes
//! first. A gate before pairwise tests, not a substitute for adjusting them.
//!
//! Models that rank the cases alike add no rank. All differences without
//! variance: degenerate, p = 1 when they are all 0, else infinite. A single
//! model, or a class with one case: undefined. Cost O(k^3) after the matrix, by
//! pivoted Cholesky.

use serde::{Deserialize, Serialize};

use super::Outcome;
use super::delong::ONE_CASE;
use super::delong_matrix::AucMatrix;
use super::distributions::chi_squared;

/// Result of the test that all AUCs are equal.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct EqualAuc {
    /// Test statistic.
    pub chi_squared: f64,
    /// Degrees of freedom: the rank of the covariance of the differences.
    pub df: f64,
    /// p of the chi-squared approximation.
    pub p: f64,
}

/// A variance this small beside the largest is rounding.
const RANK: f64 = 1e-10;
/// A difference this small is rounding.
const DIFFERENCE: f64 = 1e-9;

/// Tests that all models of a matrix have the same AUC.
pub fn equal_auc(matrix: &AucMatrix) -> Outcome<EqualAuc> {
    let (auc, c) = (&matrix.auc, &matrix.covariance);
    let k = auc.len();
    if k < 2 || c.len() != k || c.iter().any(|row| row.len() != k) {
        return Outcome::undefined("a test of equal areas needs two models and their covariance");
    }
    if auc.iter().chain(c.iter().flatten()).any(|v| !v.is_finite()) {
        return Outcome::undefined(ONE_CASE);
    }
    let mut differences: Vec<f64> = auc[1..].iter().map(|a| a - auc[0]).collect();
    // Differences of differences: exact 0 for models that rank alike.
    let entry = |i: usize, j: usize| (c[i][j] - c[0][j]) - (c[i][0] - c[0][0]);
    let mut covariance: Vec<Vec<f64>> =
        (1..k).map(|i| (1..k).map(|j| entry(i, j)).collect()).collect();
    let (statistic, rank) = quadratic_form(&mut covariance, &mut differences);
    let unexplained = differences.iter().any(|d| d.abs() > DIFFERENCE);
    let statistic = if unexplained { f64::INFINITY } else { statistic };
    let p = if rank == 0 && !unexplained {
        1.0
    } else {
        chi_squared::sf(statistic, rank.max(1) as f64)
    };
    let result = EqualAuc { chi_squared: statistic, df: rank as f64, p };
    if unexplained {
        Outcome::degenerate(result, "areas differ without variance: the statistic is infinite")
    } else if rank == 0 {
        Outcome::degenerate(result, "no variance and equal areas: no difference, p = 1")
    } else {
        Outcome::of(result)
    }
}

/// `d' S^- d` and the rank of `S`, by Cholesky with the largest remaining
/// variance next. What `S` cannot explain stays in `d`.
fn quadratic_form(s: &mut [Vec<f64>], d: &mut [f64]) -> (f64, usize) {
    let n = d.len();
    let largest = (0..n).map(|i| s[i][i]).fold(0.0, f64::max);
    let mut left: Vec<usize> = (0..n).collect();
    let (mut sum, mut rank) = (0.0, 0);
    while let Some(place) = (0..left.len()).max_by(|a, b| {
        let of = |place: usize| s[left[place]][left[place]];
        of(*a).total_cmp(&of(*b))
    }) {
        let pivot = left[place];
        let variance = s[pivot][pivot];
        if variance <= RANK * largest || variance <= 0.0 {
            break;
        }
        left.swap_remove(place);
        rank += 1;
        sum += d[pivot] * d[pivot] / variance;
        let (row, explained) = (s[pivot].clone(), d[pivot]);
        for i in &left {
            let share = row[*i] / variance;
            d[*i] -= share * explained;
            for j in &left {
                s[*i][*j] -= share * row[*j];
            }
        }
        d[pivot] = 0.0;
    }
    (sum, rank)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::delong_matrix::auc_matrix;
    use crate::stats::delong_test::paired;
    use proptest::prelude::*;

    #[test]
    fn perfect_and_constant_scores_differ_without_variance() {
        let labels = [false, true, false, true];
        let perfect = labels.map(|l| f64::from(u8::from(l)));
        let matrix = auc_matrix(&[&perfect, &[0.5; 4]], &labels);
        let got = equal_auc(matrix.any().unwrap());
        let Outcome::Degenerate { value, .. } = got else { panic!("{got:?}") };
        assert_eq!((value.chi_squared, value.p), (f64::INFINITY, 0.0));
        let alone = auc_matrix(&[&perfect], &labels);
        assert!(equal_auc(alone.any().unwrap()).any().is_none());
    }

    proptest! {
        #[test]
        fn two_models_are_the_square_of_z(
            cases in prop::collection::vec((0u8..9, 0u8..9, any::<bool>()), 6..60)
        ) {
            let labels: Vec<bool> = cases.iter().map(|c| c.2).collect();
            let (a, b): (Vec<f64>, Vec<f64>) =
                cases.iter().map(|c| (f64::from(c.0), f64::from(c.1))).unzip();
            let twin: Vec<f64> = a.iter().map(|s| s.exp()).collect();
            let test = paired(&a, &b, &labels, 0.95);
            let Some(test) = test.value() else { return Ok(()) };
            // A model that ranks like another changes nothing.
            for models in [vec![&a[..], &b], vec![&b, &a], vec![&a, &b, &twin], vec![&twin, &a, &b]] {
                let matrix = auc_matrix(&models, &labels);
                let got = equal_auc(matrix.value().unwrap());
                let got = got.value().unwrap();
                prop_assert_eq!(got.df, 1.0);
                prop_assert!((got.chi_squared - test.z * test.z).abs() < 1e-7 * (1.0 + test.z * test.z));
                prop_assert!((got.p - test.p).abs() < 1e-7);
            }
        }

        #[test]
        fn the_order_of_models_does_not_matter(
            cases in prop::collection::vec((prop::array::uniform4(0u8..30), any::<bool>()), 20..60)
        ) {
            let labels: Vec<bool> = cases.iter().map(|c| c.1).collect();
            let models: Vec<Vec<f64>> =
                (0..4).map(|k| cases.iter().map(|c| f64::from(c.0[k])).collect()).collect();
            let of = |order: [usize; 4]| {
                let models: Vec<&[f64]> = order.iter().map(|k| models[*k].as_slice()).collect();
                let matrix = auc_matrix(&models, &labels);
                matrix.value().and_then(|m| equal_auc(m).value().copied())
            };
            if let (Some(a), Some(b)) = (of([0, 1, 2, 3]), of([2, 0, 3, 1])) {
                prop_assert!((a.chi_squared - b.chi_squared).abs() < 1e-6 * (1.0 + a.chi_squared));
            }
        }

        #[test]
        fn nothing_panics(auc in prop::collection::vec(any::<f64>(), 0..4),
                          covariance in prop::collection::vec(prop::collection::vec(any::<f64>(), 0..4), 0..4)) {
            if let Some(got) = equal_auc(&AucMatrix { auc, covariance }).any() {
                prop_assert!(got.p.is_nan() || (0.0..=1.0).contains(&got.p));
            }
        }
    }
}
