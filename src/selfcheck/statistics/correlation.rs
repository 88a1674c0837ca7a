//! Pearson, Spearman, Kendall.

use serde_json::Value;

use crate::selfcheck::case::{Got, numbers};
use crate::stats::{kendall::kendall, pearson::pearson, spearman::spearman};

pub(super) fn evaluate(input: &Value, _: &Value) -> Got {
    let (x, y) = (numbers(&input["x"]), numbers(&input["y"]));
    let mut got = Got::default();
    for (coefficient, p, outcome) in [
        ("pearson", "pearson_p", pearson(&x, &y)),
        ("spearman", "spearman_p", spearman(&x, &y)),
        ("kendall_b", "kendall_p", kendall(&x, &y)),
    ] {
        got.undefined |= outcome.any().is_none();
        got.put_outcome(coefficient, &outcome.clone().map(|c| c.coefficient));
        got.put_outcome(p, &outcome.map(|c| c.p));
    }
    got
}
