//! Targets: what the methods are made of, and what is made of their results.

use std::hint::black_box as keep;

use super::Target;
use super::two_samples::ALTERNATIVES;
use crate::stats::p_values::PValues;
use crate::stats::proportion::{ProportionMethod, proportion_interval};
use crate::stats::{Bounds, Outcome, describe, power, random_effects, verdict};

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
