//! Targets: one sample, two samples, pairs.

use std::hint::black_box as keep;

use super::Target;
use super::bytes::Bytes;
use crate::stats::partially_overlapping::partially_overlapping;
use crate::stats::permutation::Effort;
use crate::stats::t_test::Alternative;
use crate::stats::tost::Kind;
use crate::stats::wilcoxon::{Method, SignedRank, Zeros};
use crate::stats::{
    Bounds, bayes_correlated_t, bayes_sign, bayes_signed_rank, clustered_test, effect_interval,
    effect_size, hodges_lehmann, kendall, mann_whitney, nadeau_bengio, pearson, permutation,
    rank_effect_interval, shapiro_wilk, sign_test, spearman, t_summary, t_test, tost, wilcoxon,
};

pub(super) const ALTERNATIVES: [Alternative; 3] =
    [Alternative::TwoSided, Alternative::Less, Alternative::Greater];
const METHODS: [Method; 4] = [
    Method::Auto,
    Method::Exact,
    Method::Asymptotic { correction: true },
    Method::Asymptotic { correction: false },
];
const KINDS: [Kind; 3] = [Kind::Paired, Kind::Student, Kind::Welch];

fn summary(b: &mut Bytes<'_>) -> t_summary::Summary {
    let (n, mean, sd) = (b.large(), b.number(), b.number());
    match b.byte() % 3 {
        0 => t_summary::Summary::of_population_sd(n, mean, sd),
        1 => t_summary::Summary::of_standard_error(n, mean, sd),
        _ => t_summary::Summary { n, mean, sd },
    }
}

fn bounds(b: &mut Bytes<'_>) -> Bounds {
    Bounds { low: b.number(), high: b.number() }
}

pub(super) const TARGETS: &[Target] = &[
    Target::new("t_test::student t_test::welch t_test::paired t_test::one_sample", 400, |b| {
        let ((x, y), side, level) = (b.pair(), b.pick(&ALTERNATIVES), b.level());
        keep(t_test::student(&x, &y, side, level));
        keep(t_test::welch(&x, &y, side, level));
        keep(t_test::paired(&x, &y, side, level));
        keep(t_test::one_sample(&x, b.number(), side, level));
    }),
    Target::new(
        "t_summary::student t_summary::welch t_summary::one_sample \
         t_summary::Summary::of_population_sd t_summary::Summary::of_standard_error",
        400,
        |b| {
            let (x, y, side, level) = (summary(b), summary(b), b.pick(&ALTERNATIVES), b.level());
            keep(t_summary::student(x, y, side, level));
            keep(t_summary::welch(x, y, side, level));
            keep(t_summary::one_sample(x, b.number(), side, level));
        },
    ),
    Target::new("tost::tost tost::tost_one_sample tost::non_inferiority", 300, |b| {
        let ((x, y), kind, within) = (b.pair(), b.pick(&KINDS), bounds(b));
        keep(tost::tost(&x, &y, kind, within));
        keep(tost::tost_one_sample(&x, within));
        keep(tost::non_inferiority(&x, &y, kind, b.number(), b.level()));
    }),
    Target::new(
        "wilcoxon::signed_rank wilcoxon::of_differences wilcoxon::SignedRank::statistic",
        200,
        |b| {
            let (x, y) = b.pair();
            let (zeros, method) =
                (b.pick(&[Zeros::Wilcox, Zeros::Pratt, Zeros::Split]), b.pick(&METHODS));
            keep(wilcoxon::signed_rank(&x, &y, zeros, method).any().map(SignedRank::statistic));
            keep(wilcoxon::of_differences(&x, zeros, method).any().map(SignedRank::statistic));
        },
    ),
    Target::new("clustered_test::clustered_t clustered_test::clustered_sign_flip", 100, |b| {
        let ((x, y), side, level) = (b.pair(), b.pick(&ALTERNATIVES), b.level());
        let cases = if b.one_in(8) { b.len() } else { x.len() };
        let labels: Vec<u8> = (0..cases).map(|_| b.byte() % 4).collect();
        keep(clustered_test::clustered_t(&x, &y, &labels, side, level));
        let effort = Effort { exact_up_to: b.count() % 4096, draws: b.resamples(), seed: b.word() };
        keep(clustered_test::clustered_sign_flip(&x, &y, &labels, &effort));
    }),
    Target::new("partially_overlapping::partially_overlapping", 200, |b| {
        let ((x, y), side, level) = (b.pair(), b.pick(&ALTERNATIVES), b.level());
        let (only_x, only_y) = (b.numbers(), b.numbers());
        keep(partially_overlapping(&x, &y, &only_x, &only_y, side, level));
    }),
    Target::new("mann_whitney::mann_whitney", 200, |b| {
        let ((x, y), method) = (b.pair(), b.pick(&METHODS));
        keep(mann_whitney::mann_whitney(&x, &y, method));
    }),
    Target::new("hodges_lehmann::paired hodges_lehmann::two_sample", 100, |b| {
        let ((x, y), level) = (b.pair(), b.level());
        keep(hodges_lehmann::paired(&x, &y, level));
        keep(hodges_lehmann::two_sample(&x, &y, level));
    }),
    Target::new("sign_test::paired sign_test::of_counts", 300, |b| {
        let (x, y) = b.pair();
        keep(sign_test::paired(&x, &y));
        keep(sign_test::of_counts(b.count(), b.count(), b.count()));
    }),
    Target::new("permutation::paired permutation::independent", 100, |b| {
        let (x, y) = b.pair();
        let effort = Effort { exact_up_to: b.count() % 4096, draws: b.resamples(), seed: b.word() };
        keep(permutation::paired(&x, &y, &effort));
        keep(permutation::independent(&x, &y, &effort));
    }),
    Target::new(
        "effect_size::cohen_d effect_size::hedges_g effect_size::hedges_g_approximate \
         effect_size::glass_delta effect_size::cohen_dz effect_size::cohen_dav effect_size::a12 \
         effect_size::cliffs_delta",
        300,
        |b| {
            let (x, y) = b.pair();
            keep(effect_size::cohen_d(&x, &y));
            keep(effect_size::hedges_g(&x, &y));
            keep(effect_size::hedges_g_approximate(&x, &y));
            keep(effect_size::glass_delta(&x, &y));
            keep(effect_size::cohen_dz(&x, &y));
            keep(effect_size::cohen_dav(&x, &y));
            keep(effect_size::a12(&x, &y));
            keep(effect_size::cliffs_delta(&x, &y));
        },
    ),
    Target::new(
        "effect_interval::cohen_d_interval effect_interval::hedges_g_interval \
         effect_interval::glass_delta_interval effect_interval::cohen_dz_interval \
         effect_interval::hedges_g_paired_interval effect_interval::hedges_g_of_summaries",
        60,
        |b| {
            let ((x, y), level) = (b.pair(), b.level());
            keep(effect_interval::cohen_d_interval(&x, &y, level));
            keep(effect_interval::hedges_g_interval(&x, &y, level));
            keep(effect_interval::glass_delta_interval(&x, &y, level));
            keep(effect_interval::cohen_dz_interval(&x, &y, level));
            keep(effect_interval::hedges_g_paired_interval(&x, &y, level));
            keep(effect_interval::hedges_g_of_summaries(summary(b), summary(b), level));
        },
    ),
    Target::new(
        "rank_effect_interval::cliffs_delta rank_effect_interval::a12 \
         rank_effect_interval::rank_biserial_paired",
        200,
        |b| {
            let ((x, y), level) = (b.pair(), b.level());
            keep(rank_effect_interval::cliffs_delta(&x, &y, level));
            keep(rank_effect_interval::a12(&x, &y, level));
            keep(rank_effect_interval::rank_biserial_paired(&x, &y, level));
        },
    ),
    Target::new(
        "bayes_correlated_t::correlated_t bayes_sign::bayes_sign \
         bayes_signed_rank::bayes_signed_rank",
        60,
        |b| {
            let ((x, y), rope, samples, seed) = (b.pair(), b.number(), b.resamples(), b.word());
            keep(bayes_correlated_t::correlated_t(&x, &y, b.number(), rope));
            keep(bayes_sign::bayes_sign(&x, &y, rope, samples, seed));
            keep(bayes_signed_rank::bayes_signed_rank(&x, &y, rope, samples, seed));
        },
    ),
    Target::new("nadeau_bengio::corrected_t_test", 200, |b| {
        let (x, y) = b.pair();
        keep(nadeau_bengio::corrected_t_test(&x, &y, b.number()));
    }),
    Target::new(
        "pearson::pearson pearson::Correlation::fisher_interval \
         pearson::Correlation::rank_interval spearman::spearman spearman::exact_p \
         kendall::kendall kendall::exact_p",
        150,
        |b| {
            let ((x, y), level) = (b.pair(), b.level());
            for found in
                [pearson::pearson(&x, &y), spearman::spearman(&x, &y), kendall::kendall(&x, &y)]
            {
                if let Some(found) = found.any() {
                    keep((found.fisher_interval(level), found.rank_interval(level)));
                }
            }
            let made =
                pearson::Correlation { coefficient: b.number(), p: b.number(), cases: b.large() };
            keep((made.fisher_interval(level), made.rank_interval(level)));
            keep((spearman::exact_p(&x, &y), kendall::exact_p(&x, &y)));
        },
    ),
    Target::new("shapiro_wilk::shapiro_wilk", 200, |b| {
        keep(shapiro_wilk::shapiro_wilk(&b.numbers()));
    }),
];
