//! Targets: distributions.

use std::hint::black_box as keep;

use super::Target;
use crate::stats::distributions::{
    beta, binomial, chi_squared, fisher_f, noncentral_t, normal, student_t, studentized_range,
};

pub(super) const TARGETS: &[Target] = &[
    Target::new("beta::cdf beta::sf beta::quantile", 400, |b| {
        let (x, p, q) = (b.number(), b.number(), b.number());
        keep([beta::cdf(x, p, q), beta::sf(x, p, q), beta::quantile(x, p, q)]);
    }),
    Target::new("binomial::pmf binomial::cdf binomial::sf", 400, |b| {
        let (k, n, p) = (b.count(), b.count(), b.level());
        keep([binomial::pmf(k, n, p), binomial::cdf(k, n, p), binomial::sf(k, n, p)]);
    }),
    Target::new("chi_squared::sf chi_squared::cdf", 400, |b| {
        let (x, df) = (b.number(), b.number());
        keep([chi_squared::sf(x, df), chi_squared::cdf(x, df)]);
    }),
    Target::new("fisher_f::sf fisher_f::cdf", 400, |b| {
        let (f, d1, d2) = (b.number(), b.number(), b.number());
        keep([fisher_f::sf(f, d1, d2), fisher_f::cdf(f, d1, d2)]);
    }),
    Target::new("noncentral_t::cdf noncentral_t::sf", 200, |b| {
        let (t, df, delta) = (b.number(), b.number(), b.number());
        keep([noncentral_t::cdf(t, df, delta), noncentral_t::sf(t, df, delta)]);
    }),
    Target::new("normal::cdf normal::sf normal::pdf normal::quantile", 400, |b| {
        let (z, p) = (b.number(), b.level());
        keep([normal::cdf(z), normal::sf(z), normal::pdf(z), normal::quantile(p)]);
    }),
    Target::new(
        "student_t::two_sided student_t::sf student_t::cdf student_t::quantile student_t::critical",
        400,
        |b| {
            let (t, df, p) = (b.number(), b.number(), b.level());
            keep([student_t::two_sided(t, df), student_t::sf(t, df), student_t::cdf(t, df)]);
            keep([student_t::quantile(p, df), student_t::critical(p, df)]);
        },
    ),
    Target::new(
        "studentized_range::sf studentized_range::quantile studentized_range::critical",
        30,
        |b| {
            let (q, k, df, p) = (b.number(), b.number(), b.number(), b.level());
            keep(studentized_range::sf(q, k, df));
            keep([studentized_range::quantile(p, k, df), studentized_range::critical(p, k, df)]);
        },
    ),
];
