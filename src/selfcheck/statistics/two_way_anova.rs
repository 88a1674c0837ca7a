//! Two-way analysis of variance.

use serde_json::Value;

use crate::selfcheck::case::{Got, numbers};
use crate::stats::two_way_anova::{Effect, two_way_anova};

pub(super) fn evaluate(input: &Value, _: &Value) -> Got {
    let levels = |key: &str| -> Vec<String> {
        let labels = input[key].as_array().map(Vec::as_slice).unwrap_or_default();
        labels.iter().map(ToString::to_string).collect()
    };
    let outcome = two_way_anova(&levels("a"), &levels("b"), &numbers(&input["y"]));
    let mut got = Got::flagged(&outcome);
    if let Some(table) = outcome.any() {
        put(&mut got, "a", &table.a);
        put(&mut got, "b", &table.b);
        if let Some(interaction) = &table.interaction {
            put(&mut got, "interaction", interaction);
        }
        let residual = [("sum_sq", table.residual_sum_of_squares), ("df", table.residual_df)];
        got.put_fields("residual", &residual);
    }
    got
}

fn put(got: &mut Got, key: &str, effect: &Effect) {
    got.put_fields(
        key,
        &[
            ("sum_sq", effect.sum_of_squares),
            ("df", effect.df),
            ("f", effect.f),
            ("p", effect.p),
            ("partial_eta2", effect.partial_eta_squared),
        ],
    );
}
