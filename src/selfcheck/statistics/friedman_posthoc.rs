//! Friedman's test and the tests of all pairs after it.

use serde_json::Value;

use crate::selfcheck::case::{Got, matrix};
use crate::stats::adjust::Adjustment;
use crate::stats::conover::conover;
use crate::stats::friedman::friedman;
use crate::stats::nemenyi::{critical_difference, nemenyi};

pub(super) fn evaluate(input: &Value, _: &Value) -> Got {
    let rows = matrix(&input["matrix"]);
    let outcome = friedman(&rows);
    let mut got = Got::flagged(&outcome);
    let Some(result) = outcome.any() else { return got };
    got.put_vector("avg_ranks", result.average_ranks.iter().copied());
    got.put_vector("rank_sums", result.rank_sums.iter().copied());
    got.put("chi2", result.chi2);
    got.put("df", result.df);
    got.put("p", result.p);
    got.put("iman_davenport_f", result.f);
    got.put("iman_davenport_p", result.f_p);
    got.put("kendall_w", result.kendall_w);
    let (k, n) = (result.average_ranks.len(), result.blocks);
    got.put_outcome("cd_05", &critical_difference(k, n, 0.05));
    got.put_outcome("cd_10", &critical_difference(k, n, 0.10));
    if let Some(pairs) = nemenyi(&result.average_ranks, n).any() {
        got.put_matrix("nemenyi_p", &pairs.p);
    }
    if let Some(conover) = conover(&rows).any() {
        got.put_matrix("conover_p", &conover.pairs.p);
        got.put_matrix("conover_p_holm", &conover.pairs.adjusted(Adjustment::Holm).p);
    }
    got
}
