//! Tests of k independent groups.

use serde_json::Value;

use crate::selfcheck::case::{Got, matrix};
use crate::stats::bartlett::bartlett;
use crate::stats::dunn::dunn;
use crate::stats::kruskal_wallis::kruskal_wallis;
use crate::stats::levene::{Centre, levene};
use crate::stats::one_way_anova::one_way_anova;

pub(super) fn evaluate(input: &Value, _: &Value) -> Got {
    let groups = matrix(&input["groups"]);
    let kruskal = kruskal_wallis(&groups);
    // Without any order among the values nothing of this can be tested.
    let mut got = Got::flagged(&kruskal);
    got.put_outcome("kruskal_h", &kruskal.clone().map(|r| r.h));
    got.put_outcome("kruskal_p", &kruskal.clone().map(|r| r.p));
    got.put_outcome("eta2_h", &kruskal.clone().map(|r| r.eta2));
    got.put_outcome("epsilon2", &kruskal.map(|r| r.epsilon2));
    let bartlett = bartlett(&groups);
    got.put_outcome("bartlett_t", &bartlett.clone().map(|r| r.t));
    got.put_outcome("bartlett_p", &bartlett.map(|r| r.p));
    for (w, p, outcome) in [
        ("levene_mean_w", "levene_mean_p", levene(&groups, Centre::Mean)),
        ("levene_median_w", "levene_median_p", levene(&groups, Centre::Median)),
        ("anova_f", "anova_p", one_way_anova(&groups)),
    ] {
        got.put_outcome(w, &outcome.clone().map(|r| r.f));
        got.put_outcome(p, &outcome.map(|r| r.p));
    }
    if let Some(pairs) = dunn(&groups).any() {
        got.put_matrix("dunn_p", &pairs.p);
    }
    got
}
