//! Distribution functions.

use serde_json::Value;

use crate::selfcheck::case::{Got, numbers};
use crate::stats::distributions::{
    beta, binomial, chi_squared, fisher_f, noncentral_t, normal, student_t, studentized_range,
};

pub(super) fn evaluate(input: &Value, options: &Value) -> Got {
    let args = numbers(&input["args"]);
    let name = options["function"].as_str().unwrap_or_default();
    let mut got = Got::default();
    match value(name, &args) {
        Some(value) => got.put("value", value),
        None => got.undefined = true,
    }
    got
}

fn value(name: &str, args: &[f64]) -> Option<f64> {
    let value = match (name, args) {
        ("norm_sf", [z]) => normal::sf(*z),
        ("norm_cdf", [z]) => normal::cdf(*z),
        ("norm_ppf", [p]) => normal::quantile(*p),
        ("norm_isf", [p]) => -normal::quantile(*p),
        ("t_sf", [t, df]) => student_t::sf(*t, *df),
        ("t_cdf", [t, df]) => student_t::cdf(*t, *df),
        ("t_ppf", [p, df]) => student_t::quantile(*p, *df),
        ("t_isf", [p, df]) => -student_t::quantile(*p, *df),
        ("chi2_sf", [x, df]) => chi_squared::sf(*x, *df),
        ("chi2_cdf", [x, df]) => chi_squared::cdf(*x, *df),
        ("f_sf", [f, d1, d2]) => fisher_f::sf(*f, *d1, *d2),
        ("f_cdf", [f, d1, d2]) => fisher_f::cdf(*f, *d1, *d2),
        ("beta_cdf", [x, a, b]) => beta::cdf(*x, *a, *b),
        ("beta_sf", [x, a, b]) => beta::sf(*x, *a, *b),
        ("beta_ppf", [p, a, b]) => beta::quantile(*p, *a, *b),
        ("binom_pmf", [k, n, p]) => binomial::pmf(*k as u64, *n as u64, *p),
        ("binom_cdf", [k, n, p]) => binomial::cdf(*k as u64, *n as u64, *p),
        ("binom_sf", [k, n, p]) => binomial::sf(*k as u64, *n as u64, *p),
        ("nct_cdf", [t, df, delta]) => noncentral_t::cdf(*t, *df, *delta),
        ("nct_sf", [t, df, delta]) => noncentral_t::sf(*t, *df, *delta),
        ("studentized_range_sf", [q, k, df]) => studentized_range::sf(*q, *k, *df),
        ("studentized_range_ppf", [p, k, df]) => studentized_range::quantile(*p, *k, *df),
        _ => return None,
    };
    Some(value)
}
