//! Targets: what the methods are made of, and what is made of their results.

use std::hint::black_box as keep;

use super::Target;
use super::bytes::Bytes;
use super::two_samples::ALTERNATIVES;
use crate::stats::attainable::{self, PairedTest, TwoSampleTest};
use crate::stats::p_values::PValues;
use crate::stats::permutation::Effort;
use crate::stats::proportion::{ProportionMethod, proportion_interval};
use crate::stats::{
    Bounds, Outcome, describe, power, power_by_test, random_effects, strata, verdict,
};

fn tests(b: &mut Bytes<'_>) -> (PairedTest, TwoSampleTest) {
    let effort = Effort { exact_up_to: b.count(), draws: b.large(), seed: 0 };
    let paired =
        [PairedTest::T, PairedTest::SignedRank, PairedTest::SignFlip(effort), PairedTest::Sign];
    let two = [TwoSampleTest::Welch, TwoSampleTest::RankSum, TwoSampleTest::Permutation(effort)];
    (b.pick(&paired), b.pick(&two))
}

pub(super) const TARGETS: &[Target] = &[
    Target::new(
        "describe::mean describe::variance describe::sd describe::median \
         describe::quantile_sorted",
        400,
        |b| {
            let x = b.numbers();
            keep((describe::mean(&x), describe::variance(&x), describe::sd(&x)));
            keep((describe::median(&x), describe::quantile_sorted(&x, b.level())));
        },
    ),
    Target::new("power::power_of power::detectable_paired power::detectable_welch", 15, |b| {
        keep(power::power_of(b.number(), b.number(), b.level()));
        keep(power::detectable_paired(b.large(), b.number(), b.level(), b.level()));
        let (x, y) = ((b.large(), b.number()), (b.large(), b.number()));
        keep(power::detectable_welch(x, y, b.level(), b.level()));
    }),
    Target::new("power::further_pairs power::further_runs", 60, |b| {
        let (n, estimate, sd) = (b.large(), b.number(), b.number());
        keep(power::further_pairs(n, estimate, sd, b.number(), b.level()));
        let (x, y) = ((n, sd), (b.large(), b.number()));
        keep(power::further_runs(x, y, estimate, b.number(), b.level()));
    }),
    Target::new(
        "attainable::least_p_paired attainable::least_p_two_sample attainable::fewest_pairs \
         attainable::fewest_runs",
        60,
        |b| {
            let ((paired, two), level) = (tests(b), b.level());
            keep(attainable::least_p_paired(paired, b.large()));
            keep(attainable::least_p_two_sample(two, b.large(), b.large()));
            keep((attainable::fewest_pairs(paired, level), attainable::fewest_runs(two, level)));
        },
    ),
    Target::new("power_by_test::detectable_pairs power_by_test::detectable_runs", 12, |b| {
        let ((paired, two), level, power) = (tests(b), b.level(), b.level());
        let n = if b.bool() { b.below(24) } else { b.large() };
        keep(power_by_test::detectable_pairs(paired, n, b.number(), level, power));
        let m = if b.bool() { b.below(24) } else { b.large() };
        let (x, y) = ((n, b.number()), (m, b.number()));
        keep(power_by_test::detectable_runs(two, x, y, level, power));
    }),
    Target::new("power_by_test::further_pairs power_by_test::further_runs", 40, |b| {
        let ((paired, two), level, confidence) = (tests(b), b.level(), b.level());
        let (n, estimate, sd, margin) = (b.large(), b.number(), b.number(), b.number());
        let x = (n, sd);
        keep(power_by_test::further_pairs(paired, n, estimate, sd, margin, confidence, level));
        let y = (b.large(), b.number());
        keep(power_by_test::further_runs(two, x, y, estimate, margin, confidence, level));
    }),
    Target::new("proportion::proportion_interval", 200, |b| {
        const METHODS: [ProportionMethod; 5] = [
            ProportionMethod::Wilson,
            ProportionMethod::ClopperPearson,
            ProportionMethod::AgrestiCoull,
            ProportionMethod::Jeffreys,
            ProportionMethod::Wald,
        ];
        keep(proportion_interval(b.count(), b.count(), b.pick(&METHODS), b.level()));
    }),
    Target::new("strata::mean_of_strata", 200, |b| {
        let (differences, variances) = b.pair();
        let of = |(difference, variance): (&f64, &f64)| strata::Stratum {
            difference: *difference,
            variance: *variance,
            df: variance.abs() + 1.0,
        };
        let parts: Vec<strata::Stratum> = differences.iter().zip(&variances).map(of).collect();
        keep(strata::mean_of_strata(&parts, b.level()));
    }),
    Target::new("random_effects::random_effects", 200, |b| {
        let (effects, variances) = b.pair();
        keep(random_effects::random_effects(&effects, &variances, b.level()));
    }),
    Target::new("verdict::verdict verdict::exceeds_margin bounds::Bounds::contains", 300, |b| {
        let interval = Bounds { low: b.number(), high: b.number() };
        let margin = b.number();
        keep((verdict::verdict(interval, margin), verdict::exceeds_margin(interval, margin)));
        keep(interval.contains(b.number()));
    }),
    Target::new("p_values::PValues::doubled p_values::PValues::of", 200, |b| {
        let found = PValues::doubled(b.number(), b.number());
        keep(found.of(b.pick(&ALTERNATIVES)));
    }),
    Target::new(
        "outcome::Outcome::of outcome::Outcome::degenerate outcome::Outcome::undefined \
         outcome::Outcome::any outcome::Outcome::value outcome::Outcome::note \
         outcome::Outcome::map",
        50,
        |b| {
            let value = b.number();
            let found = match b.byte() % 3 {
                0 => Outcome::of(value),
                1 => Outcome::degenerate(value, "by convention"),
                _ => Outcome::undefined("no reason"),
            };
            keep((found.any(), found.value(), found.note()));
            keep(found.map(|value| value + 1.0));
        },
    ),
];
