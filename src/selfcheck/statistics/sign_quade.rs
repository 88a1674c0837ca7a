//! The sign test and Quade's test.

use serde_json::Value;

use crate::selfcheck::case::{Got, matrix};
use crate::stats::quade::{RangeTies, quade};
use crate::stats::sign_test;

pub(super) fn evaluate(input: &Value, options: &Value) -> Got {
    if options["test"].as_str() == Some("quade") { by_quade(input) } else { by_sign(input) }
}

fn by_sign(input: &Value) -> Got {
    let count = |key: &str| input[key].as_u64().unwrap_or(0);
    let outcome = sign_test::of_counts(count("wins"), count("losses"), count("ties"));
    let mut got = Got::flagged(&outcome);
    if let Some(result) = outcome.any() {
        got.put("p_drop", result.p.two_sided);
        got.put("p_split", result.p_split.two_sided);
    }
    got
}

fn by_quade(input: &Value) -> Got {
    // The reference is R's `quade.test`, which ranks the ranges as doubles.
    let outcome = quade(&matrix(&input["matrix"]), RangeTies::AsComputed);
    let mut got = Got::flagged(&outcome);
    if let Some(result) = outcome.any() {
        got.put("f", result.f);
        got.put("df1", result.df1);
        got.put("df2", result.df2);
        got.put("p", result.p);
    }
    got
}
