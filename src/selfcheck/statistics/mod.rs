//! How each golden statistic is computed here: one file per golden file.

use serde_json::Value;

use super::case::Got;

mod bayes_signed_rank;
mod bootstrap_ci;
mod bootstrap_mc;
mod calibration;
mod cd_cliques;
mod challenge_ranking;
mod classification;
mod clustered_test;
mod concordance;
mod correlation;
mod delong_test;
mod distributions;
mod effect_sizes;
mod fairness;
mod friedman_exact;
mod friedman_posthoc;
mod hedges_g_interval;
mod hodges_lehmann_ci;
mod kruskal_levene_shapiro;
mod learning_curve;
mod mann_whitney_u;
mod mcnemar_cochran;
mod multiclass_auc;
mod nadeau_bengio_bayes_ttest;
mod p_adjust;
mod page_trend;
mod partially_overlapping;
mod permutation_tests;
mod proportion_ci;
mod random_effects;
mod regression_errors;
mod rliable;
mod roc_pr;
mod segmentation;
mod shaffer_pairwise;
mod shapiro_wilk;
mod sign_quade;
mod t_tests;
mod tost;
mod two_way_anova;
mod wilcoxon_signed_rank;

/// Computes a case from its `input` and `options`.
type Evaluator = fn(&Value, &Value) -> Got;

/// The evaluation of a statistic, where there is one.
pub(super) fn evaluator(statistic: &str) -> Option<Evaluator> {
    Some(match statistic {
        "bayes_signed_rank" => bayes_signed_rank::evaluate,
        "bootstrap_ci" => bootstrap_ci::evaluate,
        "bootstrap_mc" => bootstrap_mc::evaluate,
        "calibration" => calibration::evaluate,
        "cd_cliques" => cd_cliques::evaluate,
        "challenge_ranking" => challenge_ranking::evaluate,
        "classification" => classification::evaluate,
        "clustered_test" => clustered_test::evaluate,
        "concordance" => concordance::evaluate,
        "correlation" => correlation::evaluate,
        "delong_test" => delong_test::evaluate,
        "distributions" => distributions::evaluate,
        "effect_sizes" => effect_sizes::evaluate,
        "fairness" => fairness::evaluate,
        "friedman_exact" => friedman_exact::evaluate,
        "friedman_posthoc" => friedman_posthoc::evaluate,
        "hedges_g_interval" => hedges_g_interval::evaluate,
        "hodges_lehmann_ci" => hodges_lehmann_ci::evaluate,
        "kruskal_levene_shapiro" => kruskal_levene_shapiro::evaluate,
        "learning_curve" => learning_curve::evaluate,
        "mann_whitney_u" => mann_whitney_u::evaluate,
        "mcnemar_cochran" => mcnemar_cochran::evaluate,
        "multiclass_auc" => multiclass_auc::evaluate,
        "nadeau_bengio_bayes_ttest" => nadeau_bengio_bayes_ttest::evaluate,
        "p_adjust" => p_adjust::evaluate,
        "page_trend" => page_trend::evaluate,
        "partially_overlapping" => partially_overlapping::evaluate,
        "permutation_tests" => permutation_tests::evaluate,
        "proportion_ci" => proportion_ci::evaluate,
        "random_effects" => random_effects::evaluate,
        "regression_errors" => regression_errors::evaluate,
        "rliable" => rliable::evaluate,
        "roc_pr" => roc_pr::evaluate,
        "segmentation" => segmentation::evaluate,
        "shaffer_pairwise" => shaffer_pairwise::evaluate,
        "shapiro_wilk" => shapiro_wilk::evaluate,
        "sign_quade" => sign_quade::evaluate,
        "t_tests" => t_tests::evaluate,
        "tost" => tost::evaluate,
        "two_way_anova" => two_way_anova::evaluate,
        "wilcoxon_signed_rank" => wilcoxon_signed_rank::evaluate,
        _ => return None,
    })
}
