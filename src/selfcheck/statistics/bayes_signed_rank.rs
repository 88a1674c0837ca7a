//! Bayesian sign and signed-rank tests.

use serde_json::Value;

use crate::selfcheck::case::{Got, number, numbers};
use crate::stats::bayes_sign::bayes_sign;
use crate::stats::bayes_signed_rank::bayes_signed_rank;

/// As many as the reference drew.
const SAMPLES: usize = 150_000;
const SEED: u64 = 1;

pub(super) fn evaluate(input: &Value, options: &Value) -> Got {
    let (x, y) = (numbers(&input["x"]), numbers(&input["y"]));
    let rope = number(&options["rope"]).unwrap_or(f64::NAN);
    let mut got = Got::default();
    for (key, outcome) in [
        ("sign_probs", bayes_sign(&x, &y, rope, SAMPLES, SEED)),
        ("signed_rank_probs", bayes_signed_rank(&x, &y, rope, SAMPLES, SEED)),
    ] {
        got.degenerate |= outcome.value().is_none();
        if let Some(p) = outcome.any() {
            // Without a rope the golden values have the two sides only.
            let all =
                if rope == 0.0 { vec![p.left, p.right] } else { vec![p.left, p.rope, p.right] };
            got.put_vector(key, all);
        }
    }
    got
}
