//! Effect sizes.

use serde_json::Value;

use crate::selfcheck::case::{Got, numbers};
use crate::stats::{describe, effect_size};

pub(super) fn evaluate(input: &Value, _: &Value) -> Got {
    let (x, y) = (numbers(&input["x"]), numbers(&input["y"]));
    let mut got = Got::default();
    got.put("mean_diff", describe::mean(&x) - describe::mean(&y));
    got.put_outcome("cohen_d", &effect_size::cohen_d(&x, &y));
    got.put_outcome("hedges_g_exact", &effect_size::hedges_g(&x, &y));
    got.put_outcome("hedges_g_approx", &effect_size::hedges_g_approximate(&x, &y));
    got.put_outcome("glass_delta_y", &effect_size::glass_delta(&x, &y));
    got.put_outcome("a12", &effect_size::a12(&x, &y));
    got.put_outcome("cliffs_delta", &effect_size::cliffs_delta(&x, &y));
    if x.len() == y.len() {
        got.put_outcome("cohen_dz", &effect_size::cohen_dz(&x, &y));
        got.put_outcome("cohen_dav", &effect_size::cohen_dav(&x, &y));
    }
    got
}
