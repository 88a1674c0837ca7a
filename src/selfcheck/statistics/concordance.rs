//! The concordance index.

use serde_json::Value;

use crate::selfcheck::case::{Got, labels, numbers};
use crate::stats::concordance::censored_concordance;

pub(super) fn evaluate(input: &Value, _: &Value) -> Got {
    let (times, predicted) = (numbers(&input["times"]), numbers(&input["predicted"]));
    let outcome = censored_concordance(&times, &labels(&input["events"]), &predicted);
    let mut got = Got::flagged(&outcome);
    let Some(result) = outcome.any() else { return got };
    got.put("index", result.index);
    got.put("concordant", result.concordant as f64);
    got.put("discordant", result.discordant as f64);
    got.put("tied", result.tied as f64);
    got
}
