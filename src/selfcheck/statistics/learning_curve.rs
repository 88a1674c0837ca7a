//! Areas, data efficiency and spread of two learning curves.

use serde_json::Value;

use crate::selfcheck::case::{Got, matrix, numbers};
use crate::stats::learning_curve::{Curve, Resampling, area, efficiency};

pub(super) fn evaluate(input: &Value, _: &Value) -> Got {
    let fractions = numbers(&input["fractions"]);
    let read = |key: &str| Curve::of(&fractions, &matrix(&input[key]));
    let (a, b) = (read("a"), read("b"));
    let mut got = Got::default();
    let (Some(a), Some(b)) = (a.any(), b.any()) else {
        got.undefined = true;
        return got;
    };
    got.put_outcome("aulc_a", &area(a));
    got.put_outcome("aulc_b", &area(b));
    for (key, curve, other) in
        [("fraction_a_reaching_b_full", a, b), ("fraction_b_reaching_a_full", b, a)]
    {
        // The golden values hold no interval: no resamples are drawn.
        let how = Resampling { resamples: 0, ..Resampling::default() };
        let reached = efficiency(curve, &other.at_largest(), &how);
        // Never reaching is an answer, not a degenerate one.
        got.put(key, reached.any().and_then(|r| r.fraction).unwrap_or(f64::NAN));
    }
    let points = a.points(0.95);
    if points.iter().all(|p| p.sd.is_some()) {
        got.put_vector("sd_a", points.iter().filter_map(|p| p.sd));
        got.put_vector("t_ci95_half_a", points.iter().filter_map(|p| p.half_width));
    } else {
        got.put("sd_a", f64::NAN);
        got.put("t_ci95_half_a", f64::NAN);
    }
    got
}
