//! One-sided tests of a difference against a shift, by family and design.
//!
//! What tables and claims ask of a margin: the same samples, moved by it, under
//! the test that the study names. A shift of 0 gives the tails of the ordinary
//! two-sided test. Cost: that of the test.

use super::design::{Samples, Sides};
use super::test_kind::TestKind;
use super::types::Design;
use crate::spec::TestFamily;
use crate::stats::attainable::{self, PairedTest, TwoSampleTest};
use crate::stats::distributions::{normal, student_t};
use crate::stats::mann_whitney::mann_whitney;
use crate::stats::p_values::PValues;
use crate::stats::partially_overlapping::partially_overlapping;
use crate::stats::permutation::{self, Effort};
use crate::stats::random_effects::RandomEffects;
use crate::stats::ranks::differences;
use crate::stats::strata::{Stratum, mean_of_strata};
use crate::stats::t_summary::{self, Summary};
use crate::stats::t_test::{self, Alternative, TTest};
use crate::stats::wilcoxon::{self, Zeros};
use crate::stats::{Outcome, sign_test};

/// Confidence of intervals that are not used.
const ANY: f64 = 0.95;

/// A test over seeds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum SeedMethod {
    T,
    Wilcoxon(Zeros),
    Sign,
    Permutation,
}

/// What a test over seeds is of.
#[derive(Clone, Copy, Debug)]
pub(super) enum Sample<'a> {
    /// Differences of pairs.
    Pairs(&'a [f64]),
    /// Two sides without pairs.
    Apart(&'a Sides),
}

/// One-sided p-values about the difference and a shift.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tails {
    /// Of a difference above the shift.
    pub(super) greater: f64,
    /// Of a difference below it.
    pub(super) less: f64,
}

impl SeedMethod {
    pub(super) fn of(family: TestFamily) -> Self {
        match family {
            TestFamily::T => Self::T,
            TestFamily::Wilcoxon => Self::Wilcoxon(Zeros::Wilcox),
            TestFamily::Permutation => Self::Permutation,
        }
    }

    /// The method behind a test of two samples of seeds.
    pub(super) fn of_kind(kind: TestKind) -> Option<Self> {
        match kind {
            TestKind::PairedT
            | TestKind::WelchT
            | TestKind::WelchTFromSummaries
            | TestKind::PartlyPairedT => Some(Self::T),
            TestKind::SignedRank(zeros) => Some(Self::Wilcoxon(zeros)),
            TestKind::MannWhitney => Some(Self::Wilcoxon(Zeros::Wilcox)),
            TestKind::Sign => Some(Self::Sign),
            TestKind::SignFlip | TestKind::TwoSamplePermutation => Some(Self::Permutation),
            _ => None,
        }
    }

    /// The test that it comes to; of summaries and of partly paired samples it is a
    /// t test whatever the method.
    pub(super) fn kind(self, sample: Sample<'_>) -> TestKind {
        match (self, sample) {
            (_, Sample::Apart(Sides::Summaries { .. })) => TestKind::WelchTFromSummaries,
            (_, Sample::Apart(Sides::Partial { .. })) => TestKind::PartlyPairedT,
            (Self::T, Sample::Pairs(_)) => TestKind::PairedT,
            (Self::T, Sample::Apart(_)) => TestKind::WelchT,
            (Self::Wilcoxon(zeros), Sample::Pairs(_)) => TestKind::SignedRank(zeros),
            (Self::Wilcoxon(_), Sample::Apart(_)) => TestKind::MannWhitney,
            (Self::Sign, _) => TestKind::Sign,
            (Self::Permutation, Sample::Pairs(_)) => TestKind::SignFlip,
            (Self::Permutation, Sample::Apart(_)) => TestKind::TwoSamplePermutation,
        }
    }

    /// The smallest two-sided p that it can give on as many values.
    pub(super) fn least_p(self, sample: Sample<'_>) -> f64 {
        match (sample, self.paired(), self.two_sample()) {
            (Sample::Pairs(d), Some(test), _) => attainable::least_p_paired(test, d.len()),
            (Sample::Apart(Sides::Values { level, reference }), _, Some(test)) => {
                attainable::least_p_two_sample(test, level.len(), reference.len())
            }
            _ => 0.0,
        }
    }

    /// The fewest pairs, or runs on each side, that can give a p below a level.
    pub(super) fn fewest(self, sample: Sample<'_>, level: f64) -> Option<usize> {
        match sample {
            Sample::Pairs(_) => attainable::fewest_pairs(self.paired()?, level),
            Sample::Apart(_) => attainable::fewest_runs(self.two_sample()?, level),
        }
    }

    /// None for the t test, which has no least p.
    fn paired(self) -> Option<PairedTest> {
        match self {
            Self::T => None,
            Self::Wilcoxon(_) => Some(PairedTest::SignedRank),
            Self::Sign => Some(PairedTest::Sign),
            Self::Permutation => Some(PairedTest::SignFlip(Effort::default())),
        }
    }

    fn two_sample(self) -> Option<TwoSampleTest> {
        match self {
            Self::T | Self::Sign => None,
            Self::Wilcoxon(_) => Some(TwoSampleTest::RankSum),
            Self::Permutation => Some(TwoSampleTest::Permutation(Effort::default())),
        }
    }
}

/// What a test of two cells is of.
pub(super) fn with_sample<T>(samples: &Samples, test: impl Fn(Sample<'_>) -> T) -> T {
    match &samples.sides {
        Sides::Values { level, reference } if samples.design == Design::Paired => {
            test(Sample::Pairs(&differences(level, reference)))
        }
        sides => test(Sample::Apart(sides)),
    }
}

/// Tests the difference against `shift`; or why that cannot be done.
pub(super) fn tails(method: SeedMethod, sample: Sample<'_>, shift: f64) -> Result<Tails, String> {
    match sample {
        Sample::Pairs(d) => of_differences(d, shift, method),
        Sample::Apart(Sides::Summaries { level, reference }) => {
            let moved = Summary { mean: reference.mean + shift, ..*reference };
            t_tails(|alternative| t_summary::welch(*level, moved, alternative, ANY))
        }
        Sample::Apart(Sides::Values { level, reference }) => {
            of_two(level, &moved(reference, shift), method)
        }
        Sample::Apart(Sides::Partial { level, reference, only_level, only_reference }) => {
            let (reference, alone) = (moved(reference, shift), moved(only_reference, shift));
            t_tails(|alternative| {
                partially_overlapping(level, &reference, only_level, &alone, alternative, ANY)
                    .map(|found| found.test)
            })
        }
    }
}

fn moved(values: &[f64], shift: f64) -> Vec<f64> {
    values.iter().map(|v| v + shift).collect()
}

fn of_differences(d: &[f64], shift: f64, method: SeedMethod) -> Result<Tails, String> {
    let moved: Vec<f64> = d.iter().map(|v| v - shift).collect();
    match method {
        SeedMethod::T => t_tails(|alternative| t_test::one_sample(d, shift, alternative, ANY)),
        SeedMethod::Wilcoxon(zeros) => {
            ranked(&wilcoxon::of_differences(&moved, zeros, wilcoxon::Method::Auto), |r| r.p)
        }
        SeedMethod::Sign => ranked(&sign_test::paired(&moved, &vec![0.0; moved.len()]), |r| r.p),
        SeedMethod::Permutation => {
            let zeros = vec![0.0; moved.len()];
            ranked(&permutation::paired(&moved, &zeros, &Effort::default()), |r| r.p)
        }
    }
}

fn of_two(level: &[f64], moved: &[f64], method: SeedMethod) -> Result<Tails, String> {
    match method {
        SeedMethod::T => t_tails(|alternative| t_test::welch(level, moved, alternative, ANY)),
        SeedMethod::Wilcoxon(_) => {
            ranked(&mann_whitney(level, moved, wilcoxon::Method::Auto), |r| r.p)
        }
        SeedMethod::Sign => Err("the sign test needs pairs".into()),
        SeedMethod::Permutation => {
            ranked(&permutation::independent(level, moved, &Effort::default()), |r| r.p)
        }
    }
}

pub(super) fn undefined<T>(outcome: &Outcome<T>) -> String {
    outcome.note().unwrap_or("not defined").into()
}

/// A p of a degenerate test is a convention, no evidence.
fn t_tails(test: impl Fn(Alternative) -> Outcome<TTest>) -> Result<Tails, String> {
    let p = |alternative| {
        let outcome = test(alternative);
        outcome.value().map(|r| r.p).ok_or_else(|| undefined(&outcome))
    };
    Ok(Tails { greater: p(Alternative::Greater)?, less: p(Alternative::Less)? })
}

fn ranked<T>(outcome: &Outcome<T>, p: impl Fn(&T) -> PValues) -> Result<Tails, String> {
    let PValues { greater, less, .. } = outcome.value().map(p).ok_or_else(|| undefined(outcome))?;
    Ok(Tails { greater, less })
}

/// Below this variance ratio the effects are equal but for rounding.
const EQUAL: f64 = 1e-12;

/// The test of Hartung and Knapp of a random-effects summary.
pub(super) fn pooled_tails(summary: &RandomEffects, shift: f64) -> Result<Tails, String> {
    let error = summary.hartung_knapp_error;
    let (t, df) = ((summary.estimate - shift) / error, summary.k as f64 - 1.0);
    if summary.hartung_knapp_factor <= EQUAL || !t.is_finite() {
        return Err(
            "the effects of all blocks are equal: the variance of Hartung and Knapp is 0".into()
        );
    }
    Ok(Tails { greater: student_t::sf(t, df), less: student_t::cdf(t, df) })
}

/// The mean of independent strata.
pub(super) fn strata_tails(strata: &[Stratum], shift: f64) -> Result<Tails, String> {
    let moved: Vec<Stratum> =
        strata.iter().map(|s| Stratum { difference: s.difference - shift, ..*s }).collect();
    let outcome = mean_of_strata(&moved, ANY);
    let TTest { t, df, .. } = outcome.value().ok_or_else(|| undefined(&outcome))?;
    Ok(Tails { greater: student_t::sf(*t, *df), less: student_t::cdf(*t, *df) })
}

/// The tails of an estimate with a two-sided t interval.
pub(super) fn t_tails_of(test: &TTest, confidence: f64, shift: f64) -> Result<Tails, String> {
    // An estimate of 0 has a t of 0: the interval tells the standard error.
    let error = standard_error(test, confidence);
    let t = (test.estimate - shift) / error;
    if !(error > 0.0 && t.is_finite()) {
        return Err("the estimate has no standard error".into());
    }
    Ok(Tails { greater: student_t::sf(t, test.df), less: student_t::cdf(t, test.df) })
}

/// Standard error behind a two-sided t interval.
pub(super) fn standard_error(test: &TTest, confidence: f64) -> f64 {
    (test.ci_high - test.ci_low) / 2.0 / student_t::quantile(0.5 + confidence / 2.0, test.df)
}

/// The tails of an estimate with a standard error; normal without degrees of
/// freedom.
pub(super) fn error_tails(estimate: f64, error: f64, df: Option<f64>) -> Tails {
    let t = estimate / error;
    match df {
        Some(df) => Tails { greater: student_t::sf(t, df), less: student_t::cdf(t, df) },
        None => Tails { greater: normal::sf(t), less: normal::cdf(t) },
    }
}

/// Half the length of its two-sided interval.
pub(super) fn error_half(error: f64, df: Option<f64>, confidence: f64) -> f64 {
    let tail = (1.0 - confidence) / 2.0;
    match df {
        Some(df) => student_t::quantile(1.0 - tail, df) * error,
        None => -normal::quantile(tail) * error,
    }
}
