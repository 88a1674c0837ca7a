//! Gaps between groups.

use serde_json::Value;

use crate::selfcheck::case::{Got, indices, labels, numbers};
use crate::stats::Outcome;
use crate::stats::fairness::fairness;

/// The threshold the golden conventions name.
const THRESHOLD: f64 = 0.5;

pub(super) fn evaluate(input: &Value, _: &Value) -> Got {
    let (scores, labels) = (numbers(&input["score"]), labels(&input["y"]));
    let outcome = fairness(&scores, &labels, &indices(&input["group"]), THRESHOLD);
    let mut got = Got::flagged(&outcome);
    let Some(result) = outcome.any() else { return got };
    // Groups without a value are listed; that alone does not flag a case.
    let number = |outcome: &Outcome<f64>| outcome.any().copied().unwrap_or(f64::NAN);
    got.put_outcome("auc", &result.auc);
    let names: Vec<String> = result.groups.iter().map(|g| g.group.to_string()).collect();
    let fields = result.groups.iter().zip(&names);
    let defined: Vec<(&str, f64)> =
        fields.filter_map(|(g, name)| Some((name.as_str(), *g.auc.any()?))).collect();
    got.put_fields("group_auc", &defined);
    let undefined = result.undefined_auc_groups.iter().map(|group| *group as f64);
    got.put_vector("undefined_auc_groups", undefined);
    got.put("auc_gap", number(&result.auc_gap));
    got.put("worst_group_auc", number(&result.worst_group_auc));
    got.put("dp_difference", number(&result.demographic_parity_difference));
    got.put("eq_odds_difference", number(&result.equalised_odds_difference));
    got.put("accuracy_gap", number(&result.accuracy_gap));
    got.put("es_auc", number(&result.equity_scaled_auc));
    got
}
