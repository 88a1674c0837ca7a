//! Rankings of methods and their stability.

use serde_json::Value;

use crate::selfcheck::case::{Got, indices, matrix, number};
use crate::stats::adjust::Adjustment;
use crate::stats::ranking::{Ranking, Rules, Scheme, ranking};
use crate::stats::ranking_stability::stability_on;

/// Scheme, key of its scores, key of its ranks.
const SCHEMES: [(Scheme, &str, &str); 6] = [
    (Scheme::MeanThenRank, "aggregate_mean", "aggregate_mean_then_rank"),
    (Scheme::MedianThenRank, "aggregate_median", "aggregate_median_then_rank"),
    (Scheme::RankThenMean, "rank_then_mean", "rank_then_mean_rank"),
    (Scheme::RankThenMedian, "rank_then_median", "rank_then_median_rank"),
    (Scheme::TestThenRank(None), "test_none_prop_significance", "test_none_rank"),
    (Scheme::TestThenRank(Some(Adjustment::Holm)), "test_holm_prop_significance", "test_holm_rank"),
];

pub(super) fn evaluate(input: &Value, options: &Value) -> Got {
    let rows = matrix(&input["matrix"]);
    let rules = Rules {
        smaller_is_better: options["small_better"].as_bool().unwrap_or(false),
        missing: number(&options["na_treat"]).unwrap_or(f64::NAN),
        alpha: options["alpha"].as_f64().unwrap_or(0.05),
    };
    let lists = input["bootstrap_indices"].as_array().map(Vec::as_slice).unwrap_or_default();
    let lists: Vec<Vec<usize>> = lists.iter().map(indices).collect();
    let stability = stability_on(&rows, &rules, Scheme::MeanThenRank, &lists);
    let mut got = Got::flagged(&stability);
    if let Some(stability) = stability.any() {
        got.put_vector("bootstrap_kendall_tau", stability.taus.iter().copied());
        let ranks: Vec<Vec<f64>> = stability.resampled.iter().map(|r| floats(r)).collect();
        got.put_matrix("bootstrap_ranks", &ranks);
    }
    for (scheme, scores, ranks) in SCHEMES {
        if let Some(ranking) = ranking(&rows, &rules, scheme).any() {
            got.put_vector(scores, ranking.scores.iter().copied());
            got.put_vector(ranks, floats(&ranking.ranks));
            put_wins(&mut got, scores, ranking);
        }
    }
    got
}

fn put_wins(got: &mut Got, scores: &str, ranking: &Ranking) {
    let Some(tests) = &ranking.tests else { return };
    let rows: Vec<Vec<f64>> = tests
        .wins
        .iter()
        .map(|row| row.iter().map(|won| f64::from(u8::from(*won))).collect())
        .collect();
    got.put_matrix(&scores.replace("prop_significance", "wins_matrix"), &rows);
}

fn floats(ranks: &[usize]) -> Vec<f64> {
    ranks.iter().map(|r| *r as f64).collect()
}
