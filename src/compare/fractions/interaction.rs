//! Does the difference between two inits depend on the number of labels?
//!
//! Two tests of the interaction of fraction and init, over the fractions that
//! both inits have:
//!
//! - *slopes*: each seed gives its slope over `log10(fraction)`; the paired t
//!   test of the slopes where both inits share two seeds, else Welch's
//!   ([`crate::stats::learning_curve::trend_interaction`]). The seed is the unit
//!   of replication. Sees a difference that grows or shrinks along the
//!   logarithm of the fraction, and no other.
//! - *two-way ANOVA*: the interaction term of fraction and init
//!   ([`crate::stats::two_way_anova`]), of any shape. Assumes that all scores
//!   are independent, which scores of one seed at several fractions are not: it
//!   is computed only where no seed recurs. Otherwise it would reject in 1.4 % of
//!   simulations without an interaction, at 5 % (5 seeds with offsets of their
//!   own, which it takes for noise), and miss what is there.
//!
//! The slopes decide wherever the design has them (two fractions, two seeds on
//! each side), also when their test is degenerate; the ANOVA decides only where
//! no seed recurs. Where seeds recur but too few have every fraction, neither
//! decides: an analysis that takes them for independent is no substitute. The
//! other test stands in the ledger in
//! a family of its own: two tests of one question in one family would make the
//! adjustment pay for it twice.
//!
//! Scores that are not finite are missing. Fewer than two common fractions: no
//! test. Cost O(seeds fractions).

use serde::{Deserialize, Serialize};

use super::series::Series;
use super::sides::Sides;
use crate::compare::TestKind;
use crate::compare::estimate::{Estimate, scale, settled};
use crate::compare::family::{Test, sizes, t_words};
use crate::compare::types::CompareOptions;
use crate::scores::Unit;
use crate::stats::Outcome;
use crate::stats::learning_curve::trend_interaction;
use crate::stats::t_test::{Alternative, TTest};
use crate::stats::two_way_anova::{Effect, two_way_anova};

/// Which test of the interaction decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decider {
    /// The t test of slopes.
    Slopes,
    /// The two-way ANOVA.
    Anova,
    /// Neither could be computed.
    Neither,
}

/// Interaction of label fraction and init.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Interaction {
    /// Slope of the level minus that of the reference: score per tenfold labels.
    pub slope_difference: Estimate,
    /// Its t test.
    pub slopes: Test,
    /// Interaction term of the two-way ANOVA; its estimate is partial eta squared.
    pub anova: Test,
    /// Which of the two decides.
    pub decides: Decider,
    /// Why.
    pub why: String,
}

impl Interaction {
    /// The test that decides; that of slopes where neither does.
    pub fn deciding(&self) -> &Test {
        if self.decides == Decider::Anova { &self.anova } else { &self.slopes }
    }

    /// The test that does not.
    pub fn other(&self) -> &Test {
        if self.decides == Decider::Anova { &self.slopes } else { &self.anova }
    }
}

/// Both tests, and which decides.
pub(super) fn interaction(
    level: &Series,
    reference: &Series,
    options: &CompareOptions,
) -> Interaction {
    let others = reference.fractions();
    let mut common = level.fractions();
    common.retain(|fraction| others.contains(fraction));
    let sides = Sides::of(level, reference, [&common, &common], 1.0, options.design);
    let slope_test = slope_test(&sides, options.confidence);
    let anova = Anova::of(level, reference, &common);
    let decides = match (by_seed(&sides), &anova.effect) {
        (true, _) => Decider::Slopes,
        (false, Ok(_)) => Decider::Anova,
        (false, Err(_)) => Decider::Neither,
    };
    let question = format!(
        "does the difference between {} and {} on {} depend on the label fraction",
        level.level,
        reference.level,
        level.block.name()
    );
    let family = |of: Decider| {
        let other = decides != of && decides != Decider::Neither;
        let rank = if other { ", not deciding" } else { "" };
        format!(
            "{}: interaction of label fraction and {}{rank}",
            options.metric.key,
            options.factors.noun()
        )
    };
    Interaction {
        slope_difference: Estimate::of_t(&slope_test, options.confidence, &of(&sides).name()),
        slopes: slope_entry(&family(Decider::Slopes), question.clone(), &sides, &slope_test),
        anova: anova.entry(&family(Decider::Anova), question),
        why: why(decides, &sides, &anova),
        decides,
    }
}

fn of(sides: &Sides) -> TestKind {
    if sides.paired { TestKind::PairedTOfSlopes } else { TestKind::WelchTOfSlopes }
}

/// Whether the design, not the data, allows a test of slopes: a test that turns
/// out degenerate is not exchanged for one that gives a p.
fn by_seed(sides: &Sides) -> bool {
    let curves = sides.curves();
    curves.is_ok_and(|(level, _)| level.fractions().len() > 1) && sides.n.iter().all(|n| *n > 1)
}

fn slope_test(sides: &Sides, confidence: f64) -> Outcome<TTest> {
    let (level, reference) = match sides.curves() {
        Ok(curves) => curves,
        Err(reason) => return Outcome::undefined(reason),
    };
    if level.fractions().len() < 2 {
        return Outcome::undefined("the levels have one label fraction in common, and no slope");
    }
    let magnitude = scale(level.runs().iter().chain(reference.runs()).flatten());
    let test = trend_interaction(level, reference, sides.paired, Alternative::TwoSided, confidence);
    settled(test, magnitude)
}

fn slope_entry(family: &str, question: String, sides: &Sides, test: &Outcome<TTest>) -> Test {
    let entry = Test::new(family, question, of(sides), Unit::Seeds, sizes(sides.n))
        .estimating(test.any().map(|t| t.estimate))
        .noting(test.note());
    match test.value() {
        Some(t) => entry.found(t.p, t_words(t)),
        None => entry,
    }
}

/// The interaction term, and what it was computed from.
struct Anova {
    effect: Result<(Effect, f64), String>,
    values: usize,
    /// Seeds that occur at several fractions of one init or in both inits.
    dependent: bool,
}

impl Anova {
    fn of(level: &Series, reference: &Series, fractions: &[f64]) -> Self {
        let scores = [level.scores_at(fractions), reference.scores_at(fractions)];
        let rows = || scores.iter().enumerate().flat_map(|(i, s)| s.iter().map(move |r| (i, r)));
        let of_init: Vec<usize> = rows().map(|(init, _)| init).collect();
        let of_fraction: Vec<usize> = rows().map(|(_, row)| row.0).collect();
        let values: Vec<f64> = rows().map(|(_, row)| row.2).collect();
        let mut seeds: Vec<u64> = rows().map(|(_, row)| row.1).collect();
        seeds.sort_unstable();
        let dependent = seeds.windows(2).any(|pair| pair[0] == pair[1]);
        let effect = match level.problem().or(reference.problem()) {
            Some(reason) => Err(reason.to_string()),
            None if dependent => Err(DEPENDENT.into()),
            None => effect(&of_fraction, &of_init, &values),
        };
        Self { effect, values: values.len(), dependent }
    }

    fn entry(&self, family: &str, question: String) -> Test {
        let n = format!("{} runs", self.values);
        let test = Test::new(family, question, TestKind::TwoWayAnova, Unit::Seeds, n);
        match &self.effect {
            Err(reason) => test.noting(Some(reason)),
            Ok((effect, residual_df)) => test
                .estimating(Some(effect.partial_eta_squared))
                .found(effect.p, format!("F({}, {residual_df}) = {:.3}", effect.df, effect.f)),
        }
    }
}

const DEPENDENT: &str = "seeds recur in several cells, and an ANOVA would take their scores for \
                         independent";

/// The interaction with the residual degrees of freedom.
fn effect(of_fraction: &[usize], of_init: &[usize], y: &[f64]) -> Result<(Effect, f64), String> {
    let outcome = two_way_anova(of_fraction, of_init, y);
    match outcome.value() {
        None => Err(outcome.note().unwrap_or("not defined").into()),
        Some(table) => {
            let missing =
                || "empty cells leave no degree of freedom to the interaction".to_string();
            Ok((table.interaction.ok_or_else(missing)?, table.residual_df))
        }
    }
}

fn why(decides: Decider, sides: &Sides, anova: &Anova) -> String {
    match decides {
        Decider::Slopes if sides.paired => format!(
            "both levels have runs with the same {} seeds, which are blocks: each seed's difference \
             of slopes is free of the seed; an interaction of another shape slopes do not see",
            sides.n[0]
        ),
        Decider::Slopes => "a seed's scores at several fractions are dependent, so each seed is \
                            summarised by its slope first; the levels share fewer than two seeds, so \
                            the slopes are independent samples"
            .into(),
        Decider::Anova => "no seed recurs, so there are no slopes of seeds, and the scores are \
                           independent as the ANOVA assumes"
            .into(),
        Decider::Neither if anova.dependent => "too few seeds have a score at every fraction for a \
                                                test of their slopes, and the ANOVA would take \
                                                scores of one seed for independent"
            .into(),
        Decider::Neither => "neither test can be computed".into(),
    }
}
