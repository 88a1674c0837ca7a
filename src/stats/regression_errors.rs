//! Errors of predicted values: MAE, RMSE, bias, R squared.
//!
//! With `e_i = predicted_i - y_i`: *mean absolute error* `mean |e|`; *root mean
//! squared error* `sqrt(mean e^2)`, in the unit of the outcome, weighing large
//! errors more; *bias* `mean e`, positive where predictions are too high; *R
//! squared* `1 - sum e^2 / sum (y - mean y)^2`, the coefficient of determination:
//! 0 for the mean of these outcomes, negative for worse. It depends on the spread
//! of the outcomes and is not comparable between test sets; it is not the square
//! of a correlation.
//!
//! Empty, unequal in length, non-finite: undefined. Constant outcomes leave R
//! squared undefined (scikit-learn puts 0 there, and 1 for predictions without
//! error). Cost O(n). Reference: scikit-learn 1.9.1.

use super::Outcome;
use super::describe::mean;

/// Mean absolute error.
pub fn mean_absolute_error(outcomes: &[f64], predicted: &[f64]) -> Outcome<f64> {
    of_errors(outcomes, predicted, |errors| mean_of(errors, f64::abs))
}

/// Root mean squared error.
pub fn root_mean_squared_error(outcomes: &[f64], predicted: &[f64]) -> Outcome<f64> {
    of_errors(outcomes, predicted, |errors| {
        // Scaled: the square of a large error would be infinite, of a small one 0.
        let largest = errors.iter().fold(0.0f64, |l, e| l.max(e.abs()));
        if largest == 0.0 {
            return 0.0;
        }
        largest * mean_of(errors, |e| (e / largest) * (e / largest)).sqrt()
    })
}

/// Mean of predicted minus true.
pub fn bias(outcomes: &[f64], predicted: &[f64]) -> Outcome<f64> {
    of_errors(outcomes, predicted, |errors| mean_of(errors, |e| e))
}

/// Coefficient of determination.
pub fn r_squared(outcomes: &[f64], predicted: &[f64]) -> Outcome<f64> {
    let centre = mean(outcomes);
    let spread: f64 = outcomes.iter().map(|y| (y - centre) * (y - centre)).sum();
    if spread == 0.0 {
        return Outcome::undefined("all outcomes are equal: R squared is not defined");
    }
    of_errors(outcomes, predicted, |errors| {
        1.0 - errors.iter().map(|e| e * e).sum::<f64>() / spread
    })
}

fn mean_of(errors: &[f64], of: impl Fn(f64) -> f64) -> f64 {
    errors.iter().map(|e| of(*e)).sum::<f64>() / errors.len() as f64
}

fn of_errors(outcomes: &[f64], predicted: &[f64], of: impl Fn(&[f64]) -> f64) -> Outcome<f64> {
    if outcomes.len() != predicted.len() {
        return Outcome::undefined(format!(
            "{} outcomes and {} predictions",
            outcomes.len(),
            predicted.len()
        ));
    }
    if outcomes.is_empty() {
        return Outcome::undefined("there are no cases");
    }
    if outcomes.iter().chain(predicted).any(|v| !v.is_finite()) {
        return Outcome::undefined("an outcome or a prediction is not finite");
    }
    let errors: Vec<f64> = outcomes.iter().zip(predicted).map(|(y, p)| p - y).collect();
    let value = of(&errors);
    if value.is_finite() {
        Outcome::of(value)
    } else {
        Outcome::undefined("the errors are too large for their sum to be finite")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn by_hand() {
        let (y, p) = ([1.0, 2.0, 3.0, 6.0], [2.0, 2.0, 1.0, 7.0]);
        assert_eq!(mean_absolute_error(&y, &p).value(), Some(&1.0));
        assert_eq!(root_mean_squared_error(&y, &p).value(), Some(&1.5f64.sqrt()));
        assert_eq!(bias(&y, &p).value(), Some(&0.0));
        // 1 - 6 / 14.
        assert!((r_squared(&y, &p).value().expect("R2") - 8.0 / 14.0).abs() < 1e-15);
        assert!(r_squared(&[2.0; 3], &[2.0; 3]).any().is_none());
    }

    proptest! {
        #[test]
        fn errors_are_ordered(pairs in prop::collection::vec((-9.0..9.0f64, -9.0..9.0f64), 1..12)) {
            let (y, p): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
            let [mae, rmse, bias] =
                [mean_absolute_error, root_mean_squared_error, bias].map(|f| *f(&y, &p).value().unwrap());
            prop_assert!(bias.abs() <= mae + 1e-12 && mae <= rmse + 1e-12);
            prop_assert!(r_squared(&y, &p).value().is_none_or(|r| *r <= 1.0));
        }

        #[test]
        fn nothing_panics(y in prop::collection::vec(any::<f64>(), 0..5), p in prop::collection::vec(any::<f64>(), 0..5)) {
            for f in [mean_absolute_error, root_mean_squared_error, bias, r_squared] {
                let _ = f(&y, &p);
            }
        }
    }
}
