//! AUCs of many models on the same cases, with their full covariance matrix.
//!
//! Placements of each model from one sort (Sun and Xu 2014), in parallel: O(k n
//! log n). The matrix is the covariance of the placements (DeLong, DeLong and
//! Clarke-Pearson 1988): O(k^2 n) products, in exact integers, so the result
//! does not depend on the order of summation or on the number of threads. All
//! pairwise tests then cost nothing more.
//!
//! Undefined when a class has no cases, a score is NaN, or the models have
//! different numbers of scores. One case in a class: the areas stand, the
//! matrix is NaN, degenerate.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::Outcome;
use super::bounds::confidence_error;
use super::delong::ONE_CASE;
use super::delong_test::{self, Paired};
use super::placement::{Covariance, Placements};
use super::score_order::check_both;

/// AUCs and the covariance of their estimates.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AucMatrix {
    /// One area per model.
    pub auc: Vec<f64>,
    /// Row by row, symmetric; the diagonal holds the variances.
    pub covariance: Vec<Vec<f64>>,
}

/// AUCs and covariance of `models`, each the scores of the same cases.
pub fn auc_matrix<S: Copy + Into<f64> + Sync>(
    models: &[&[S]],
    labels: &[bool],
) -> Outcome<AucMatrix> {
    let placements: Result<Vec<Placements>, String> = models
        .par_iter()
        .map(|scores| Ok(Placements::new(scores, labels, check_both(scores, labels)?)))
        .collect();
    let placements = match placements {
        Ok(placements) => placements,
        Err(reason) => return Outcome::undefined(reason),
    };
    if placements.is_empty() {
        return Outcome::undefined("there are no models");
    }
    let lower: Vec<Vec<f64>> = placements
        .par_iter()
        .enumerate()
        .map(|(i, a)| placements[..=i].iter().map(|b| Covariance::new(a, b).value()).collect())
        .collect();
    let k = placements.len();
    let entry = |i: usize, j: usize| lower[i.max(j)][i.min(j)];
    let matrix = AucMatrix {
        auc: placements.iter().map(Placements::auc).collect(),
        covariance: (0..k).map(|i| (0..k).map(|j| entry(i, j)).collect()).collect(),
    };
    if entry(0, 0).is_nan() { Outcome::degenerate(matrix, ONE_CASE) } else { Outcome::of(matrix) }
}

impl AucMatrix {
    /// The paired test of models `i` and `j`, as `delong_test::paired`.
    pub fn compare(&self, i: usize, j: usize, confidence: f64) -> Outcome<Paired> {
        if let Some(error) = confidence_error(confidence) {
            return Outcome::undefined(error);
        }
        let entry = |i: usize, j: usize| self.covariance.get(i).and_then(|row| row.get(j)).copied();
        let (Some(a), Some(b), Some(v1), Some(v2), Some(both)) =
            (self.auc.get(i), self.auc.get(j), entry(i, i), entry(j, j), entry(i, j))
        else {
            return Outcome::undefined(format!("there is no model {i} or {j}"));
        };
        // Models that rank alike share all three numbers to the last bit.
        let variance = (v1 - both) + (v2 - both);
        delong_test::compare([*a, *b], [v1, v2, both], variance, confidence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_pair_agrees_with_the_paired_test(
            cases in prop::collection::vec((prop::array::uniform3(0u8..9), any::<bool>()), 4..60)
        ) {
            let labels: Vec<bool> = cases.iter().map(|c| c.1).collect();
            let mut models: Vec<Vec<f64>> =
                (0..3).map(|k| cases.iter().map(|c| f64::from(c.0[k])).collect()).collect();
            models.push(models[0].iter().map(|s| s.powi(3) - 2.0).collect());
            let models: Vec<&[f64]> = models.iter().map(Vec::as_slice).collect();
            let matrix = auc_matrix(&models, &labels);
            let Some(matrix) = matrix.value() else { return Ok(()) };
            for i in 0..4 {
                for j in 0..4 {
                    let got = matrix.compare(i, j, 0.95);
                    let want = delong_test::paired(models[i], models[j], &labels, 0.95);
                    let (g, w) = (got.any().unwrap(), want.any().unwrap());
                    prop_assert!((g.p - w.p).abs() < 1e-9, "{g:?} {w:?}");
                    prop_assert_eq!(g.covariance, w.covariance);
                }
            }
            prop_assert_eq!(matrix.compare(0, 3, 0.95).any().unwrap().p, 1.0);
        }

        #[test]
        fn nothing_panics(a in prop::collection::vec(any::<f64>(), 0..9),
                          b in prop::collection::vec(any::<f64>(), 0..9),
                          labels in prop::collection::vec(any::<bool>(), 0..9)) {
            if let Some(matrix) = auc_matrix(&[&a, &b], &labels).any() {
                let _ = (matrix.compare(0, 1, f64::NAN), matrix.compare(0, 7, 0.95));
            }
            prop_assert!(auc_matrix::<f64>(&[], &labels).any().is_none());
        }
    }
}
