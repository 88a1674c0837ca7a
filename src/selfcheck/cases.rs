//! How each golden statistic is computed here.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::golden::number;
use crate::stats::adjust::{Adjustment, adjust};
use crate::stats::bootstrap::{Bootstrap, Method};
use crate::stats::t_test::{self, Alternative};
use crate::stats::{Outcome, describe, effect_size};

/// Results of one case, by the keys of the golden file.
#[derive(Default)]
pub(super) struct Got {
    pub(super) values: BTreeMap<String, Value>,
    pub(super) degenerate: bool,
    pub(super) undefined: bool,
}

impl Got {
    fn put(&mut self, key: &str, value: f64) {
        self.values.insert(key.into(), encode(value));
    }

    /// A number of several: an undefined one is NaN and flags the case.
    fn put_outcome(&mut self, key: &str, outcome: &Outcome<f64>) {
        self.degenerate |= outcome.value().is_none();
        self.put(key, outcome.any().copied().unwrap_or(f64::NAN));
    }
}

fn encode(value: f64) -> Value {
    if value.is_nan() {
        json!("NaN")
    } else if value.is_infinite() {
        json!(if value > 0.0 { "Infinity" } else { "-Infinity" })
    } else {
        json!(value)
    }
}

type Evaluator = fn(&Value, &Value) -> Got;

/// The evaluation of a statistic, where there is one.
pub(super) fn evaluator(statistic: &str) -> Option<Evaluator> {
    match statistic {
        "t_tests" => Some(t_tests),
        "p_adjust" => Some(p_adjust),
        "effect_sizes" => Some(effect_sizes),
        "bootstrap_ci" => Some(bootstrap_ci),
        _ => None,
    }
}

fn numbers(value: &Value) -> Vec<f64> {
    let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
    items.iter().map(|v| number(v).unwrap_or(f64::NAN)).collect()
}

fn t_tests(input: &Value, options: &Value) -> Got {
    let (x, y) = (numbers(&input["x"]), numbers(&input["y"]));
    let alternative = match options["alternative"].as_str() {
        Some("less") => Alternative::Less,
        Some("greater") => Alternative::Greater,
        _ => Alternative::TwoSided,
    };
    let confidence = options["confidence_level"].as_f64().unwrap_or(0.95);
    let test = match options["test"].as_str() {
        Some("student") => t_test::student,
        Some("welch") => t_test::welch,
        _ => t_test::paired,
    };
    let outcome = test(&x, &y, alternative, confidence);
    let mut got = Got {
        degenerate: matches!(outcome, Outcome::Degenerate { .. }),
        undefined: outcome.any().is_none(),
        ..Got::default()
    };
    if let Some(result) = outcome.any() {
        got.put("t", result.t);
        got.put("df", result.df);
        got.put("p", result.p);
        got.put("estimate", result.estimate);
        got.put("ci_low", result.ci_low);
        got.put("ci_high", result.ci_high);
    }
    got
}

fn p_adjust(input: &Value, _: &Value) -> Got {
    let p = numbers(&input["p"]);
    let mut got = Got::default();
    for (key, method) in [
        ("bonferroni", Adjustment::Bonferroni),
        ("holm", Adjustment::Holm),
        ("hochberg", Adjustment::Hochberg),
        ("hommel", Adjustment::Hommel),
        ("bh", Adjustment::BenjaminiHochberg),
        ("by", Adjustment::BenjaminiYekutieli),
        ("sidak", Adjustment::Sidak),
        ("holm_sidak", Adjustment::HolmSidak),
    ] {
        let adjusted = adjust(&p, method).into_iter().map(encode).collect();
        got.values.insert(key.into(), Value::Array(adjusted));
    }
    got
}

fn effect_sizes(input: &Value, _: &Value) -> Got {
    let (x, y) = (numbers(&input["x"]), numbers(&input["y"]));
    let mut got = Got::default();
    got.put("mean_diff", describe::mean(&x) - describe::mean(&y));
    got.put_outcome("cohen_d", &effect_size::cohen_d(&x, &y));
    got.put_outcome("hedges_g_exact", &effect_size::hedges_g(&x, &y));
    got.put_outcome("hedges_g_approx", &effect_size::hedges_g_approximate(&x, &y));
    got.put_outcome("glass_delta_y", &effect_size::glass_delta(&x, &y));
    got.put_outcome("a12", &effect_size::a12(&x, &y));
    got.put_outcome("cliffs_delta", &effect_size::cliffs_delta(&x, &y));
    if x.len() == y.len() {
        got.put_outcome("cohen_dz", &effect_size::cohen_dz(&x, &y));
        got.put_outcome("cohen_dav", &effect_size::cohen_dav(&x, &y));
    }
    got
}

fn bootstrap_ci(input: &Value, options: &Value) -> Got {
    let x = numbers(&input["x"]);
    let rows = input["indices"].as_array().map(Vec::as_slice).unwrap_or_default();
    let indices: Vec<Vec<usize>> =
        rows.iter().map(|row| numbers(row).into_iter().map(|v| v as usize).collect()).collect();
    let statistic: fn(&[f64]) -> f64 = match options["statistic"].as_str() {
        Some("median") => describe::median,
        Some("std") => describe::sd,
        Some("trim_mean_25") => trimmed_mean,
        _ => describe::mean,
    };
    let confidence = options["confidence_level"].as_f64().unwrap_or(0.95);
    let bootstrap = Bootstrap::from_indices(&x, &indices, statistic);
    let mut got = Got::default();
    got.put("estimate", bootstrap.estimate());
    got.put("se", bootstrap.standard_error());
    for (key, method) in
        [("percentile", Method::Percentile), ("basic", Method::Basic), ("bca", Method::Bca)]
    {
        let outcome = bootstrap.interval(method, confidence);
        got.degenerate |= outcome.value().is_none();
        let ends = outcome.any().map_or([f64::NAN; 2], |b| [b.low, b.high]);
        got.values.insert(key.into(), Value::Array(ends.map(encode).to_vec()));
    }
    got
}

/// Mean without the lowest and highest quarter (`floor(n / 4)` values each).
fn trimmed_mean(x: &[f64]) -> f64 {
    let mut sorted = x.to_vec();
    sorted.sort_by(f64::total_cmp);
    let cut = sorted.len() / 4;
    describe::mean(&sorted[cut..sorted.len() - cut])
}
