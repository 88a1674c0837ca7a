//! Cohen's kappa: agreement beyond chance, plain or weighted.
//!
//! `kappa = 1 - sum w O / sum w E` with observed counts `O`, the counts `E`
//! expected from the margins, and disagreement weights `w`: 1 off the diagonal
//! (Cohen 1960), `|i - j|` or `(i - j)^2` (Cohen 1968). The weighted forms
//! assume ordered classes at equal steps. 1 is full agreement, 0 chance,
//! negative below chance.
//!
//! 0/0 (both sides use one and the same class only) is undefined: there is no
//! disagreement to expect. Cost O(K^2).

use serde::{Deserialize, Serialize};

use super::Outcome;
use super::confusion::Confusion;

/// Weight of a disagreement.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Weights {
    /// Every disagreement counts the same.
    #[default]
    Plain,
    /// By the number of classes apart.
    Linear,
    /// By its square.
    Quadratic,
}

/// Cohen's kappa of a confusion matrix.
pub fn cohen_kappa(confusion: &Confusion, weights: Weights) -> Outcome<f64> {
    let cases = confusion.cases() as f64;
    let (truth, predicted) = (confusion.true_totals(), confusion.predicted_totals());
    let weight = |i: usize, j: usize| {
        let apart = i.abs_diff(j) as f64;
        match weights {
            Weights::Plain => f64::from(u8::from(i != j)),
            Weights::Linear => apart,
            Weights::Quadratic => apart * apart,
        }
    };
    let (mut observed, mut expected) = (0.0, 0.0);
    for (i, row) in confusion.counts().iter().enumerate() {
        for (j, count) in row.iter().enumerate() {
            observed += weight(i, j) * *count as f64;
            expected += weight(i, j) * truth[i] as f64 * predicted[j] as f64;
        }
    }
    if expected == 0.0 {
        return Outcome::undefined("truth and prediction hold one and the same class only: 0/0");
    }
    Outcome::of(1.0 - observed * cases / expected)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn kappas(truth: &[usize], predicted: &[usize], classes: usize) -> Vec<Outcome<f64>> {
        let confusion = Confusion::new(truth, predicted, classes);
        let all = [Weights::Plain, Weights::Linear, Weights::Quadratic];
        confusion.any().map_or(vec![], |m| all.map(|w| cohen_kappa(m, w)).to_vec())
    }

    #[test]
    fn one_class_only_is_undefined() {
        assert!(kappas(&[1, 1], &[1, 1], 2).iter().all(|k| k.any().is_none()));
    }

    proptest! {
        #[test]
        fn symmetric_and_one_for_agreement(
            cases in prop::collection::vec((0usize..4, 0usize..4), 2..60)
        ) {
            let (t, p): (Vec<usize>, Vec<usize>) = cases.into_iter().unzip();
            for (a, b) in kappas(&t, &p, 4).iter().zip(kappas(&p, &t, 4)) {
                if let (Some(a), Some(b)) = (a.value(), b.value()) {
                    prop_assert!((a - b).abs() < 1e-12 && *a <= 1.0);
                }
            }
            prop_assert!(kappas(&t, &t, 4).iter().all(|k| k.value().is_none_or(|k| *k == 1.0)));
            // With two classes all weights are the same.
            let (t, p): (Vec<usize>, Vec<usize>) =
                t.iter().zip(&p).map(|(t, p)| (t % 2, p % 2)).unzip();
            let two = kappas(&t, &p, 2);
            prop_assert!(two.iter().all(|k| *k == two[0]));
        }
    }
}
