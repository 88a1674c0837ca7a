//! Adjusted p-values.

use serde_json::Value;

use crate::selfcheck::case::{Got, numbers};
use crate::stats::adjust::{Adjustment, adjust};

pub(super) fn evaluate(input: &Value, _: &Value) -> Got {
    let p = numbers(&input["p"]);
    let mut got = Got::default();
    for (key, method) in [
        ("bonferroni", Adjustment::Bonferroni),
        ("holm", Adjustment::Holm),
        ("hochberg", Adjustment::Hochberg),
        ("hommel", Adjustment::Hommel),
        ("bh", Adjustment::BenjaminiHochberg),
        ("by", Adjustment::BenjaminiYekutieli),
        ("sidak", Adjustment::Sidak),
        ("holm_sidak", Adjustment::HolmSidak),
    ] {
        got.put_vector(key, adjust(&p, method));
    }
    got
}
