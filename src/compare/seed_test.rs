//! One test over seeds, of whatever family.
//!
//! The rule: the study file names the family (t unless it says otherwise), the
//! design names the member. t is the default for its power with the few seeds
//! that studies have: the exact rank tests cannot reach p below 0.05 with fewer
//! than six pairs. No test of normality decides: with few values it finds
//! nothing, and choosing by it would spoil the level of the test that follows.

use super::design::{Samples, Sides};
use super::test_kind::TestKind;
use super::types::Design;
use crate::spec::TestFamily;
use crate::stats::distributions::student_t;
use crate::stats::hodges_lehmann::{self, HodgesLehmann};
use crate::stats::mann_whitney::mann_whitney;
use crate::stats::partially_overlapping::partially_overlapping;
use crate::stats::permutation::{self, Effort};
use crate::stats::t_test::{self, Alternative, TTest};
use crate::stats::wilcoxon::{self, Zeros};
use crate::stats::{Bounds, Outcome, t_summary};

/// Result of one test, in one form for all families.
#[derive(Clone, Debug)]
pub(super) struct SeedTest {
    pub(super) kind: TestKind,
    pub(super) statistic_name: &'static str,
    pub(super) statistic: Option<f64>,
    pub(super) df: Option<f64>,
    pub(super) estimand: &'static str,
    pub(super) estimate: Option<f64>,
    pub(super) interval: Option<Bounds>,
    pub(super) interval_method: String,
    /// Two-sided.
    pub(super) p: Option<f64>,
    /// Whether it counts in its family though it has no p to show: an infinite
    /// statistic was computed and tested.
    pub(super) counts: bool,
    pub(super) notes: Vec<String>,
}

/// Tests the two sides.
pub(super) fn seed_test(samples: &Samples, family: TestFamily, confidence: f64) -> SeedTest {
    let paired = samples.design == Design::Paired;
    match (&samples.sides, family) {
        (Sides::Partial { level, reference, only_level, only_reference }, _) => {
            let outcome = partially_overlapping(
                level,
                reference,
                only_level,
                only_reference,
                Alternative::TwoSided,
                confidence,
            );
            of_t(TestKind::PartlyPairedT, &outcome.map(|found| found.test))
        }
        (Sides::Summaries { level, reference }, _) => {
            let outcome = t_summary::welch(*level, *reference, Alternative::TwoSided, confidence);
            of_t(TestKind::WelchTFromSummaries, &outcome)
        }
        (Sides::Values { level, reference }, TestFamily::T) => {
            t(level, reference, paired, confidence)
        }
        (Sides::Values { level, reference }, TestFamily::Wilcoxon) => {
            ranks(level, reference, paired, confidence)
        }
        (Sides::Values { level, reference }, TestFamily::Permutation) => {
            permuted(level, reference, paired, confidence)
        }
    }
}

/// Difference, standard error and degrees of freedom of the t test of the design;
/// none without spread.
pub(super) fn t_estimate(samples: &Samples) -> Option<(f64, f64, f64)> {
    let test = seed_test(samples, TestFamily::T, 0.95);
    let (difference, df, Bounds { low, high }) = (test.estimate?, test.df?, test.interval?);
    let error = (high - low) / 2.0 / student_t::critical(0.05, df);
    (error > 0.0 && error.is_finite()).then_some((difference, error, df))
}

fn t(x: &[f64], y: &[f64], paired: bool, confidence: f64) -> SeedTest {
    let (kind, run): (_, fn(&[f64], &[f64], Alternative, f64) -> Outcome<TTest>) = if paired {
        (TestKind::PairedT, t_test::paired)
    } else {
        (TestKind::WelchT, t_test::welch)
    };
    of_t(kind, &run(x, y, Alternative::TwoSided, confidence))
}

fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}

/// A degenerate p (0 from a variance of 0) is a convention, no evidence.
fn of_t(kind: TestKind, outcome: &Outcome<TTest>) -> SeedTest {
    let value = outcome.value();
    SeedTest {
        kind,
        statistic_name: "t",
        statistic: value.map(|r| r.t),
        df: value.map(|r| r.df),
        estimand: "difference of means",
        estimate: outcome.any().and_then(|r| finite(r.estimate)),
        interval: value.map(|r| Bounds { low: r.ci_low, high: r.ci_high }),
        interval_method: kind.name(),
        p: value.map(|r| r.p),
        counts: outcome.any().is_some(),
        notes: outcome.note().map(Into::into).into_iter().collect(),
    }
}

fn ranks(x: &[f64], y: &[f64], paired: bool, confidence: f64) -> SeedTest {
    let (kind, symbol, statistic, p, shift, note) = if paired {
        let test = wilcoxon::signed_rank(x, y, Zeros::Wilcox, wilcoxon::Method::Auto);
        let note = test.note().map(Into::into);
        let value = test.value();
        let shift = hodges_lehmann::paired(x, y, confidence);
        let statistic = value.map(wilcoxon::SignedRank::statistic);
        let p = value.map(|r| r.p.two_sided);
        (TestKind::SignedRank(Zeros::Wilcox), "W", statistic, p, shift, note)
    } else {
        let test = mann_whitney(x, y, wilcoxon::Method::Auto);
        let note = test.note().map(Into::into);
        let value = test.value();
        let shift = hodges_lehmann::two_sample(x, y, confidence);
        let p = value.map(|r| r.p.two_sided);
        (TestKind::MannWhitney, "U", value.map(|r| r.u1), p, shift, note)
    };
    SeedTest {
        kind,
        statistic_name: symbol,
        statistic,
        estimand: "Hodges-Lehmann shift",
        estimate: shift.any().map(|s| s.estimate),
        interval: shift.value().map(|s| Bounds { low: s.ci_low, high: s.ci_high }),
        interval_method: "Hodges-Lehmann".into(),
        counts: p.is_some(),
        p,
        df: None,
        notes: [note, shift.value().and_then(narrow)].into_iter().flatten().collect(),
    }
}

/// With few values no interval of ranks reaches the level asked for.
fn narrow(shift: &HodgesLehmann) -> Option<String> {
    (!shift.attained).then(|| {
        format!(
            "the widest interval of ranks covers {:.1} % only, with so few values",
            shift.coverage * 100.0
        )
    })
}

/// The permutation test has no interval of its own: the t interval stands
/// beside it, and says so.
fn permuted(x: &[f64], y: &[f64], paired: bool, confidence: f64) -> SeedTest {
    let effort = Effort::default();
    let (kind, outcome) = if paired {
        (TestKind::SignFlip, permutation::paired(x, y, &effort))
    } else {
        (TestKind::TwoSamplePermutation, permutation::independent(x, y, &effort))
    };
    let interval = t(x, y, paired, confidence);
    let notes = outcome.note().map(Into::into).into_iter();
    SeedTest {
        kind,
        statistic_name: "mean difference",
        statistic: outcome.value().map(|r| r.statistic),
        df: None,
        p: outcome.value().map(|r| r.p.two_sided),
        counts: outcome.any().is_some(),
        notes: notes.chain(interval.notes.clone()).collect(),
        ..interval
    }
}
