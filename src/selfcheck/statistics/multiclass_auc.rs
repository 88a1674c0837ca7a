//! Multi-class AUC and average precision.

use serde_json::Value;

use crate::selfcheck::case::{Got, indices, matrix};
use crate::stats::multi_class_auc::{
    Weighting, macro_average_precision, one_versus_one, one_versus_rest,
};

pub(super) fn evaluate(input: &Value, _: &Value) -> Got {
    let (rows, labels) = (matrix(&input["probs"]), indices(&input["y"]));
    let mut got = Got::default();
    for (key, outcome) in [
        ("ovr_macro", one_versus_rest(&rows, &labels, Weighting::Macro)),
        ("ovr_weighted", one_versus_rest(&rows, &labels, Weighting::ByCases)),
        ("ovo_macro", one_versus_one(&rows, &labels, Weighting::Macro)),
        ("ovo_weighted", one_versus_one(&rows, &labels, Weighting::ByCases)),
        ("ap_macro", macro_average_precision(&rows, &labels)),
    ] {
        got.undefined |= outcome.any().is_none();
        got.put_outcome(key, &outcome);
    }
    got
}
