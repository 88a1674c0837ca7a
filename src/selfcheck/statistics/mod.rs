//! How each golden statistic is computed here: one file per golden file.

use serde_json::Value;

use super::case::Got;

mod bootstrap_ci;
mod calibration;
mod classification;
mod delong_test;
mod distributions;
mod effect_sizes;
mod fairness;
mod multiclass_auc;
mod p_adjust;
mod roc_pr;
mod t_tests;

/// Computes a case from its `input` and `options`.
type Evaluator = fn(&Value, &Value) -> Got;

/// The evaluation of a statistic, where there is one.
pub(super) fn evaluator(statistic: &str) -> Option<Evaluator> {
    Some(match statistic {
        "bootstrap_ci" => bootstrap_ci::evaluate,
        "calibration" => calibration::evaluate,
        "classification" => classification::evaluate,
        "delong_test" => delong_test::evaluate,
        "distributions" => distributions::evaluate,
        "effect_sizes" => effect_sizes::evaluate,
        "fairness" => fairness::evaluate,
        "multiclass_auc" => multiclass_auc::evaluate,
        "p_adjust" => p_adjust::evaluate,
        "roc_pr" => roc_pr::evaluate,
        "t_tests" => t_tests::evaluate,
        _ => return None,
    })
}
