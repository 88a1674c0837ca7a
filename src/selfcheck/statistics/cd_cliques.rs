//! Groups of a critical-difference diagram.

use serde_json::Value;

use crate::selfcheck::case::{Got, matrix, number, numbers};
use crate::stats::cliques;

pub(super) fn evaluate(input: &Value, options: &Value) -> Got {
    let ranks = numbers(&input["avg_ranks"]);
    let of = |key: &str| number(&input[key]).unwrap_or(f64::NAN);
    let outcome = match options["kind"].as_str() {
        Some("p") => cliques::by_p(&ranks, &matrix(&input["p"]), of("alpha")),
        _ => cliques::by_difference(&ranks, of("cd")),
    };
    let mut got = Got::flagged(&outcome);
    if let Some(groups) = outcome.any() {
        let rows: Vec<Vec<f64>> =
            groups.iter().map(|group| group.iter().map(|i| *i as f64).collect()).collect();
        got.put_matrix("groups", &rows);
    }
    got
}
