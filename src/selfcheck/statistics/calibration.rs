//! Calibration errors, Brier scores and log loss.

use serde_json::Value;

use crate::selfcheck::case::{Got, indices, matrix, numbers};
use crate::stats::{Outcome, accuracy, brier, calibration, log_loss};

pub(super) fn evaluate(input: &Value, options: &Value) -> Got {
    let (rows, labels) = (matrix(&input["probs"]), indices(&input["y"]));
    let bins = options["n_bins"].as_u64().unwrap_or(15) as usize;
    let mut got = Got::default();
    put_errors(&mut got, ["ece", "mce"], &calibration::top_label(&rows, &labels, bins));
    got.put_outcome("brier_multiclass", &brier::multi_class(&rows, &labels));
    got.put_outcome("nll", &log_loss::multi_class(&rows, &labels));
    got.put_outcome("accuracy", &accuracy::multi_class(&rows, &labels));
    if rows.first().is_some_and(|row| row.len() == 2) {
        let positive: Vec<f64> =
            input["probs"].as_array().into_iter().flatten().map(last).collect();
        let labels: Vec<bool> = labels.iter().map(|label| *label == 1).collect();
        let outcome = calibration::binary(&positive, &labels, bins);
        put_errors(&mut got, ["binary_ece", "binary_mce"], &outcome);
        got.put_outcome("brier_binary", &brier::binary(&positive, &labels));
    }
    got
}

/// The probability of the last class of a row.
fn last(row: &Value) -> f64 {
    numbers(row).last().copied().unwrap_or(f64::NAN)
}

fn put_errors(
    got: &mut Got,
    [expected, maximum]: [&str; 2],
    outcome: &Outcome<calibration::Calibration>,
) {
    got.put_outcome(expected, &outcome.clone().map(|c| c.expected_error));
    got.put_outcome(maximum, &outcome.clone().map(|c| c.maximum_error));
}
