//! Negative log likelihood of probabilities (log loss, cross-entropy).
//!
//! `-mean ln p(true class)`, natural logarithm. Probabilities are kept within
//! `[eps, 1 - eps]` with `eps` the machine epsilon of double precision, as
//! scikit-learn does: one certain and wrong case costs 36, not infinity. The
//! rows are taken as they are, not normalised to sum 1.
//!
//! Undefined without cases, with a probability outside 0..=1 or NaN, or with a
//! class that has no probability. Cost O(n).

use super::Outcome;
use super::brier::{mean_of_binary, mean_of_rows};

/// Log loss of probabilities of "positive".
pub fn binary<S: Copy + Into<f64>>(probabilities: &[S], labels: &[bool]) -> Outcome<f64> {
    let case = |p: f64, label: bool| -clipped(if label { p } else { 1.0 - p }).ln();
    match mean_of_binary(probabilities, labels, case) {
        Ok(loss) => Outcome::of(loss),
        Err(reason) => Outcome::undefined(reason),
    }
}

/// Log loss of one row of class probabilities per case.
pub fn multi_class<R: AsRef<[f64]>>(probabilities: &[R], labels: &[usize]) -> Outcome<f64> {
    let case = |row: &[f64], label: usize| {
        row.get(label).map_or(f64::NAN, |probability| -clipped(*probability).ln())
    };
    match mean_of_rows(probabilities, labels, case) {
        Ok(loss) => Outcome::of(loss),
        Err(reason) => Outcome::undefined(reason),
    }
}

fn clipped(probability: f64) -> f64 {
    probability.clamp(f64::EPSILON, 1.0 - f64::EPSILON)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn certain_and_wrong_is_finite() {
        let got = *binary(&[1.0], &[false]).value().unwrap();
        assert!((got - 36.043_653_389_117_15).abs() < 1e-9);
        assert!((multi_class(&[[0.5, 0.5]], &[1]).value().unwrap() - 2f64.ln()).abs() < 1e-15);
    }

    proptest! {
        #[test]
        fn two_classes_are_the_binary_loss(
            cases in prop::collection::vec((0.0..=1.0f64, any::<bool>()), 1..20)
        ) {
            let p: Vec<f64> = cases.iter().map(|c| c.0).collect();
            let y: Vec<bool> = cases.iter().map(|c| c.1).collect();
            let rows: Vec<[f64; 2]> = p.iter().map(|p| [1.0 - p, *p]).collect();
            let classes: Vec<usize> = y.iter().map(|y| usize::from(*y)).collect();
            prop_assert_eq!(binary(&p, &y), multi_class(&rows, &classes));
        }

        #[test]
        fn nothing_panics(rows in prop::collection::vec(prop::collection::vec(any::<f64>(), 0..4), 0..5),
                          labels in prop::collection::vec(0usize..5, 0..5),
                          p in prop::collection::vec(any::<f64>(), 0..5),
                          y in prop::collection::vec(any::<bool>(), 0..5)) {
            let _ = (multi_class(&rows, &labels), binary(&p, &y));
        }
    }
}
