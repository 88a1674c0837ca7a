//! ROC AUC with its DeLong interval, average precision, Brier score, log loss.

use serde_json::Value;

use crate::selfcheck::case::{Got, confidence, labels, numbers};
use crate::stats::average_precision::average_precision;
use crate::stats::delong::delong;
use crate::stats::{brier, log_loss};

pub(super) fn evaluate(input: &Value, options: &Value) -> Got {
    let (scores, labels) = (numbers(&input["score"]), labels(&input["y"]));
    let outcome = delong(&scores, &labels, confidence(options));
    let mut got = Got::flagged(&outcome);
    got.put_outcome("auc", &outcome.clone().map(|estimate| estimate.auc));
    if let Some(estimate) = outcome.any() {
        got.put("delong_var", estimate.variance);
        got.put_vector("delong_ci", [estimate.ci_low, estimate.ci_high]);
    }
    got.put_outcome("average_precision", &average_precision(&scores, &labels));
    // Logits have no Brier score: that is no flag of the whole case.
    for (key, score) in [
        ("brier", brier::binary(&scores, &labels)),
        ("log_loss", log_loss::binary(&scores, &labels)),
    ] {
        got.put(key, score.any().copied().unwrap_or(f64::NAN));
    }
    got
}
