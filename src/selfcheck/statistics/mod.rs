//! How each golden statistic is computed here: one file per golden file.

use serde_json::Value;

use super::case::Got;

mod bootstrap_ci;
mod cd_cliques;
mod distributions;
mod effect_sizes;
mod friedman_posthoc;
mod hodges_lehmann_ci;
mod kruskal_levene_shapiro;
mod mann_whitney_u;
mod p_adjust;
mod page_trend;
mod shaffer_pairwise;
mod shapiro_wilk;
mod sign_quade;
mod t_tests;
mod wilcoxon_signed_rank;

/// Computes a case from its `input` and `options`.
type Evaluator = fn(&Value, &Value) -> Got;

/// The evaluation of a statistic, where there is one.
pub(super) fn evaluator(statistic: &str) -> Option<Evaluator> {
    Some(match statistic {
        "bootstrap_ci" => bootstrap_ci::evaluate,
        "cd_cliques" => cd_cliques::evaluate,
        "distributions" => distributions::evaluate,
        "effect_sizes" => effect_sizes::evaluate,
        "friedman_posthoc" => friedman_posthoc::evaluate,
        "hodges_lehmann_ci" => hodges_lehmann_ci::evaluate,
        "kruskal_levene_shapiro" => kruskal_levene_shapiro::evaluate,
        "mann_whitney_u" => mann_whitney_u::evaluate,
        "p_adjust" => p_adjust::evaluate,
        "page_trend" => page_trend::evaluate,
        "shaffer_pairwise" => shaffer_pairwise::evaluate,
        "shapiro_wilk" => shapiro_wilk::evaluate,
        "sign_quade" => sign_quade::evaluate,
        "t_tests" => t_tests::evaluate,
        "wilcoxon_signed_rank" => wilcoxon_signed_rank::evaluate,
        _ => return None,
    })
}
