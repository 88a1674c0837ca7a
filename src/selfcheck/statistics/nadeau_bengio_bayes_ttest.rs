//! Corrected resampled t test and Bayesian correlated t test.

use serde_json::Value;

use crate::selfcheck::case::{Got, number, numbers};
use crate::stats::bayes_correlated_t::correlated_t;
use crate::stats::nadeau_bengio::corrected_t_test;

pub(super) fn evaluate(input: &Value, options: &Value) -> Got {
    let (x, y) = (numbers(&input["x"]), numbers(&input["y"]));
    let option = |key: &str| number(&options[key]).unwrap_or(f64::NAN);
    let (ratio, rope) = (option("test_train_ratio"), option("rope"));
    let outcome = corrected_t_test(&x, &y, ratio);
    let mut got = Got::flagged(&outcome);
    if let Some(test) = outcome.any() {
        got.put("mean", test.mean);
        got.put("var_corrected", test.variance);
        got.put("df", test.df);
        got.put("t", test.t);
        got.put("p_two_sided", test.p);
    }
    if let Some(p) = correlated_t(&x, &y, ratio, rope).any() {
        // Without a rope the golden values have the two sides only.
        let all = if rope == 0.0 { vec![p.left, p.right] } else { vec![p.left, p.rope, p.right] };
        got.put_vector("probs", all);
    }
    got
}
