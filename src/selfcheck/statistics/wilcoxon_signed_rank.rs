//! The signed-rank test.

use serde_json::Value;

use crate::selfcheck::case::{Got, numbers};
use crate::stats::wilcoxon::{self, Method, Zeros};

pub(super) fn evaluate(input: &Value, options: &Value) -> Got {
    let (x, y) = (numbers(&input["x"]), numbers(&input["y"]));
    let zeros = match options["zero_method"].as_str() {
        Some("pratt") => Zeros::Pratt,
        Some("zsplit") => Zeros::Split,
        _ => Zeros::Wilcox,
    };
    let method = match options["method"].as_str() {
        Some("exact") => Method::Exact,
        Some("asymptotic") => {
            Method::Asymptotic { correction: options["correction"].as_bool().unwrap_or(false) }
        }
        _ => Method::Auto,
    };
    let outcome = wilcoxon::signed_rank(&x, &y, zeros, method);
    let mut got = Got::flagged(&outcome);
    let Some(result) = outcome.any() else { return got };
    got.put("w_plus", result.w_plus);
    got.put("w_minus", result.w_minus);
    got.put("statistic", result.statistic());
    got.put("n_used", result.n_used as f64);
    got.put("p_two_sided", result.p.two_sided);
    got.put("p_less", result.p.less);
    got.put("p_greater", result.p.greater);
    got.put("rank_biserial", result.rank_biserial);
    got.put("hodges_lehmann", result.hodges_lehmann);
    if let Some(z) = result.z {
        got.put("z_two_sided", z.two_sided);
        got.put("z_less", z.less);
        got.put("z_greater", z.greater);
    }
    got
}
