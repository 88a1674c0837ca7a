//! The random-effects summary.

use serde_json::Value;

use crate::selfcheck::case::{Got, confidence, numbers};
use crate::stats::random_effects::random_effects;

pub(super) fn evaluate(input: &Value, options: &Value) -> Got {
    let (effects, variances) = (numbers(&input["effects"]), numbers(&input["variances"]));
    let outcome = random_effects(&effects, &variances, confidence(options));
    let mut got = Got::flagged(&outcome);
    let Some(result) = outcome.any() else { return got };
    got.put("estimate", result.estimate);
    got.put("standard_error", result.standard_error);
    got.put("hartung_knapp_error", result.hartung_knapp_error);
    got.put("ci_low", result.hartung_knapp.low);
    got.put("ci_high", result.hartung_knapp.high);
    got.put("p", result.hartung_knapp_p);
    got.put("tau_squared", result.tau_squared);
    got.put("q", result.q);
    got.put("q_p", result.q_p);
    got.put("i_squared", result.i_squared);
    if let Some(prediction) = result.prediction {
        got.put("prediction_low", prediction.low);
        got.put("prediction_high", prediction.high);
    }
    got
}
