//! Targets: scores against labels.

use std::hint::black_box as keep;

use super::Target;
use super::bytes::Bytes;
use crate::stats::auc_bootstrap::{Sampling, auc_bootstrap};
use crate::stats::bootstrap::Method;
use crate::stats::confusion::{Average, Confusion};
use crate::stats::contributions::{self, Contributions, Units};
use crate::stats::delong_matrix::{AucMatrix, auc_matrix};
use crate::stats::kappa::{Weights, cohen_kappa};
use crate::stats::mcnemar::{Correction, Discordant};
use crate::stats::multi_class_auc::{self, Weighting};
use crate::stats::partial_auc::{Over, partial_auc};
use crate::stats::{
    Outcome, accuracy, average_precision, brier, calibration, cochran_q, concordance, delong,
    delong_global, delong_test, fairness, log_loss, matthews, regression_errors, roc_auc,
    roc_curve,
};

fn single(x: &[f64]) -> Vec<f32> {
    x.iter().map(|v| *v as f32).collect()
}

fn of_confusion(found: &Confusion, b: &mut Bytes<'_>) {
    let beta = b.number();
    keep((found.counts(), found.classes(), found.cases(), found.right()));
    keep((found.true_totals(), found.predicted_totals(), found.accuracy()));
    keep((found.precision(), found.recall(), found.specificity(), found.f_score(beta)));
    let average = b.pick(&[Average::Macro, Average::Micro, Average::Weighted]);
    keep((found.mean_f_score(beta, average), found.balanced_accuracy()));
    keep(matthews::matthews(found));
    keep(cohen_kappa(found, b.pick(&[Weights::Plain, Weights::Linear, Weights::Quadratic])));
}

fn units(b: &mut Bytes<'_>, cases: usize) -> Units {
    match b.byte() % 4 {
        0 => Units::each(b.below(256)),
        1 => Units::each(cases),
        _ => Units::of(&(0..cases).map(|_| b.byte() % 5).collect::<Vec<_>>()),
    }
}

pub(super) const TARGETS: &[Target] = &[
    Target::new(
        "roc_auc::roc_auc average_precision::average_precision roc_curve::roc_curve \
         roc_curve::precision_recall_curve partial_auc::partial_auc",
        300,
        |b| {
            let (scores, labels) = b.scored();
            keep((roc_auc::roc_auc(&scores, &labels), roc_auc::roc_auc(&single(&scores), &labels)));
            keep(average_precision::average_precision(&scores, &labels));
            keep(roc_curve::roc_curve(&scores, &labels));
            keep(roc_curve::precision_recall_curve(&scores, &labels));
            let over = b.pick(&[Over::FalsePositiveRate, Over::Sensitivity]);
            keep(partial_auc(&scores, &labels, over, b.level(), b.level()));
        },
    ),
    Target::new("roc_auc::mean_over_classes", 100, |b| {
        let names: Vec<String> = (0..b.below(5)).map(|i| i.to_string()).collect();
        let values: Vec<Outcome<f64>> = b
            .numbers()
            .into_iter()
            .map(|v| if v > 0.5 { Outcome::of(v) } else { Outcome::undefined("no") })
            .collect();
        keep(roc_auc::mean_over_classes(&names, &values));
    }),
    Target::new(
        "delong::delong delong::AucEstimate::standard_error delong::AucEstimate::logit_interval",
        200,
        |b| {
            let (scores, labels) = b.scored();
            if let Some(found) = delong::delong(&scores, &labels, b.level()).any() {
                keep((found.standard_error(), found.logit_interval()));
            }
            let made = delong::AucEstimate {
                auc: b.number(),
                variance: b.number(),
                ci_low: b.number(),
                ci_high: b.number(),
                confidence: b.number(),
                positives: b.large(),
                negatives: b.large(),
            };
            keep((made.standard_error(), made.logit_interval()));
        },
    ),
    Target::new("delong_test::paired delong_test::unpaired", 200, |b| {
        let ((first, labels), (second, others), level) = (b.scored(), b.scored(), b.level());
        let third = b.numbers_of(first.len());
        keep(delong_test::paired(&first, &third, &labels, level));
        keep(delong_test::paired(&first, &second, &labels, level));
        keep(delong_test::unpaired(&first, &labels, &second, &others, level));
    }),
    Target::new(
        "delong_matrix::auc_matrix delong_matrix::AucMatrix::compare delong_global::equal_auc",
        200,
        |b| {
            let (first, labels) = b.scored();
            let models: Vec<Vec<f64>> =
                (0..b.below(4)).map(|_| b.numbers_of(first.len())).collect();
            let mut all: Vec<&[f64]> = models.iter().map(Vec::as_slice).collect();
            all.push(&first);
            let made = AucMatrix { auc: b.numbers(), covariance: b.rows() };
            let found = auc_matrix(&all, &labels);
            for matrix in found.any().into_iter().chain([&made]) {
                keep(matrix.compare(b.class(), b.class(), b.level()));
                keep(delong_global::equal_auc(matrix));
            }
        },
    ),
    Target::new(
        "auc_bootstrap::auc_bootstrap auc_bootstrap::AucBootstrap::auc \
         auc_bootstrap::AucBootstrap::resampled auc_bootstrap::AucBootstrap::left_out \
         auc_bootstrap::AucBootstrap::interval auc_bootstrap::AucBootstrap::difference",
        100,
        |b| {
            let (first, labels) = b.scored();
            let second = b.numbers_of(first.len());
            let sampling = b.pick(&[Sampling::AllCases, Sampling::WithinClasses]);
            let drawn =
                auc_bootstrap(&[&first, &second], &labels, sampling, b.resamples(), b.word());
            if let Some(found) = drawn.any() {
                let method = b.pick(&[Method::Percentile, Method::Basic, Method::Bca]);
                let (i, j, level) = (b.class(), b.class(), b.level());
                keep((found.auc(), found.resampled(i), found.left_out()));
                keep((found.interval(i, method, level), found.difference(i, j, method, level)));
            }
        },
    ),
    Target::new(
        "contributions::Units::each contributions::Units::of contributions::Units::len \
         contributions::Units::is_empty contributions::Units::cases \
         contributions::Units::members contributions::Contributions::variance \
         contributions::covariance contributions::variance_of_difference contributions::of_auc \
         contributions::of_mean",
        200,
        |b| {
            let (scores, labels) = b.scored();
            let units = units(b, labels.len());
            keep((units.len(), units.is_empty(), units.cases(), units.members()));
            let of_auc = contributions::of_auc(&scores, &labels, &units);
            let of_mean = contributions::of_mean(&scores, &units);
            keep([&of_auc, &of_mean].map(|found| found.any().map(Contributions::variance)));
            let (x, y) = b.pair();
            keep([
                contributions::covariance(&x, &y),
                contributions::variance_of_difference(&x, &y),
            ]);
        },
    ),
    Target::new("accuracy::binary accuracy::multi_class", 200, |b| {
        let (scores, labels) = b.scored();
        keep(accuracy::binary(&single(&scores), &labels));
        let (rows, classes) = b.classified();
        keep(accuracy::multi_class(&rows, &classes));
    }),
    Target::new(
        "brier::binary brier::multi_class log_loss::binary log_loss::multi_class \
         calibration::binary calibration::top_label",
        200,
        |b| {
            let ((scores, labels), (rows, classes)) = (b.scored(), b.classified());
            let bins = if b.one_in(4) { b.large() } else { b.below(20) };
            keep((brier::binary(&scores, &labels), brier::multi_class(&rows, &classes)));
            keep((log_loss::binary(&scores, &labels), log_loss::multi_class(&rows, &classes)));
            keep(calibration::binary(&scores, &labels, bins));
            keep(calibration::top_label(&rows, &classes, bins));
        },
    ),
    Target::new(
        "multi_class_auc::one_versus_rest_each multi_class_auc::one_versus_rest \
         multi_class_auc::macro_average_precision multi_class_auc::one_versus_one",
        200,
        |b| {
            let (rows, labels) = b.classified();
            let weighting = b.pick(&[Weighting::Macro, Weighting::ByCases]);
            keep(multi_class_auc::one_versus_rest_each(&rows, &labels));
            keep(multi_class_auc::one_versus_rest(&rows, &labels, weighting));
            keep(multi_class_auc::macro_average_precision(&rows, &labels));
            keep(multi_class_auc::one_versus_one(&rows, &labels, weighting));
        },
    ),
    Target::new(
        "confusion::Confusion::new confusion::Confusion::counts confusion::Confusion::classes \
         confusion::Confusion::cases confusion::Confusion::true_totals \
         confusion::Confusion::predicted_totals confusion::Confusion::right \
         confusion::Confusion::accuracy confusion::Confusion::precision \
         confusion::Confusion::recall confusion::Confusion::specificity \
         confusion::Confusion::f_score confusion::Confusion::mean_f_score \
         confusion::Confusion::balanced_accuracy kappa::cohen_kappa matthews::matthews",
        200,
        |b| {
            let n = b.len();
            let (truth, predicted): (Vec<usize>, Vec<usize>) =
                (0..n).map(|_| (b.class(), b.class())).unzip();
            let classes = if b.one_in(16) { b.large() } else { b.below(6) };
            if let Some(found) = Confusion::new(&truth, &predicted, classes).any() {
                of_confusion(found, b);
            }
            let k = b.below(4);
            let counts: Vec<Vec<u64>> =
                (0..k).map(|_| (0..k).map(|_| b.count()).collect()).collect();
            if let Ok(found) = Confusion::try_from(counts) {
                of_confusion(&found, b);
            }
        },
    ),
    Target::new(
        "mcnemar::Discordant::count mcnemar::Discordant::exact_p mcnemar::Discordant::mid_p \
         mcnemar::Discordant::chi_squared cochran_q::cochran_q",
        200,
        |b| {
            let (n, m) = (b.len(), b.len());
            let (x, y, z) = (b.bools(n), b.bools(n), b.bools(m));
            let made = Discordant { first_only: b.count(), second_only: b.count() };
            let (even, odd) = (Discordant::count(&x, &y), Discordant::count(&x, &z));
            for found in even.any().into_iter().chain(odd.any()).chain([&made]) {
                keep((found.exact_p(), found.mid_p()));
                keep(found.chi_squared(b.pick(&[Correction::Edwards, Correction::None])));
            }
            keep(cochran_q::cochran_q(&[&x[..], &y[..], &z[..]]));
            let cases: Vec<Vec<bool>> = (0..n).map(|_| b.bools(3)).collect();
            keep(cochran_q::cochran_q(&cases));
        },
    ),
    Target::new("concordance::concordance_index concordance::censored_concordance", 200, |b| {
        let ((x, y), cases) = (b.pair(), b.len());
        let events = if b.one_in(8) { b.bools(cases) } else { b.bools(x.len()) };
        keep(concordance::concordance_index(&x, &y));
        keep(concordance::censored_concordance(&x, &events, &y));
    }),
    Target::new(
        "regression_errors::mean_absolute_error regression_errors::root_mean_squared_error \
         regression_errors::bias regression_errors::r_squared",
        200,
        |b| {
            let (x, y) = b.pair();
            keep(regression_errors::mean_absolute_error(&x, &y));
            keep(regression_errors::root_mean_squared_error(&x, &y));
            keep((regression_errors::bias(&x, &y), regression_errors::r_squared(&x, &y)));
        },
    ),
    Target::new("fairness::fairness", 200, |b| {
        let (scores, labels) = b.scored();
        let groups = if b.one_in(8) { b.len() } else { labels.len() };
        let groups: Vec<usize> = (0..groups).map(|_| b.class()).collect();
        keep(fairness::fairness(&scores, &labels, &groups, b.number()));
    }),
];
