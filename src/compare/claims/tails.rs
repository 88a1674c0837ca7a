//! The one-sided tests behind a claim, by method and kind of evidence.

use super::evidence::{Block, Evidence, effect};
use crate::compare::TestKind;
use crate::compare::design::Sides;
use crate::spec::TestFamily;
use crate::stats::describe::mean;
use crate::stats::distributions::student_t;
use crate::stats::mann_whitney::mann_whitney;
use crate::stats::p_values::PValues;
use crate::stats::permutation::{self, Effort};
use crate::stats::random_effects::random_effects;
use crate::stats::t_summary::{self, Summary};
use crate::stats::t_test::{self, Alternative, TTest};
use crate::stats::wilcoxon::{self, Zeros};
use crate::stats::{Bounds, Outcome, sign_test};

/// How a claim is tested.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Method {
    T,
    Wilcoxon(Zeros),
    Sign,
    Permutation,
    /// Over blocks instead of seeds.
    RandomEffects,
}

/// One-sided p-values about the difference and a shift.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tails {
    /// Of a difference above the shift.
    pub(super) greater: f64,
    /// Of a difference below it.
    pub(super) less: f64,
}

impl Method {
    pub(super) fn of(family: TestFamily) -> Self {
        match family {
            TestFamily::T => Self::T,
            TestFamily::Wilcoxon => Self::Wilcoxon(Zeros::Wilcox),
            TestFamily::Permutation => Self::Permutation,
        }
    }

    /// The test that the method comes to on the evidence.
    pub(super) fn kind(self, evidence: &Evidence) -> TestKind {
        match (self, evidence) {
            (Self::RandomEffects, _) | (_, Evidence::Blocks { .. }) => TestKind::RandomEffects,
            (Self::T, Evidence::Seeds { .. }) => TestKind::PairedT,
            (Self::T, Evidence::Independent(_)) => TestKind::WelchT,
            (Self::Wilcoxon(zeros), Evidence::Seeds { .. }) => TestKind::SignedRank(zeros),
            (Self::Wilcoxon(_), Evidence::Independent(_)) => TestKind::MannWhitney,
            (Self::Sign, _) => TestKind::Sign,
            (Self::Permutation, Evidence::Seeds { .. }) => TestKind::SignFlip,
            (Self::Permutation, Evidence::Independent(_)) => TestKind::TwoSamplePermutation,
        }
    }

    /// The smallest two-sided p that an exact test of `n` pairs can give.
    pub(super) fn smallest_p(self, evidence: &Evidence) -> f64 {
        match (self, evidence) {
            (Self::Wilcoxon(_) | Self::Sign | Self::Permutation, Evidence::Seeds { seeds, .. }) => {
                2.0 * 0.5f64.powi(seeds.len().min(1000) as i32)
            }
            _ => 0.0,
        }
    }
}

impl Evidence {
    /// Number of seeds or blocks, per side where they differ.
    pub(super) fn n(&self) -> String {
        match self {
            Self::Seeds { seeds, .. } => seeds.len().to_string(),
            Self::Independent(sides) => {
                let [x, y] = sides.n();
                format!("{x}, {y}")
            }
            Self::Blocks { effects, .. } => format!("{} blocks", effects.len()),
        }
    }
}

/// Tests the difference against `shift`; or why that cannot be done.
pub(super) fn tails(
    evidence: &Evidence,
    blocks: &[Block],
    shift: f64,
    method: Method,
) -> Result<Tails, String> {
    match (method, evidence) {
        (Method::RandomEffects, _) => {
            let parts: Vec<(f64, f64)> = blocks.iter().filter_map(effect).collect();
            let (effects, variances): (Vec<_>, Vec<_>) = parts.into_iter().unzip();
            pooled(&effects, &variances, shift)
        }
        (_, Evidence::Blocks { effects, variances }) => pooled(effects, variances, shift),
        (method, Evidence::Seeds { differences, .. }) => of_seeds(differences, shift, method),
        (method, Evidence::Independent(sides)) => of_sides(sides, shift, method),
    }
}

fn of_seeds(d: &[f64], shift: f64, method: Method) -> Result<Tails, String> {
    let moved: Vec<f64> = d.iter().map(|v| v - shift).collect();
    match method {
        Method::T | Method::RandomEffects => {
            t_tails(|alternative| t_test::one_sample(d, shift, alternative, 0.95))
        }
        Method::Wilcoxon(zeros) => {
            ranked(&wilcoxon::of_differences(&moved, zeros, wilcoxon::Method::Auto), |r| r.p)
        }
        Method::Sign => ranked(&sign_test::paired(&moved, &vec![0.0; moved.len()]), |r| r.p),
        Method::Permutation => {
            let zeros = vec![0.0; moved.len()];
            ranked(&permutation::paired(&moved, &zeros, &Effort::default()), |r| r.p)
        }
    }
}

fn of_sides(sides: &Sides, shift: f64, method: Method) -> Result<Tails, String> {
    match (sides, method) {
        (Sides::Summaries { level, reference }, Method::T) => {
            let moved = Summary { mean: reference.mean + shift, ..*reference };
            t_tails(|alternative| t_summary::welch(*level, moved, alternative, 0.95))
        }
        (Sides::Summaries { .. }, _) => {
            Err("mean, standard deviation and n allow the t test alone".into())
        }
        (Sides::Partial { .. }, _) => Err("a claim is judged on pairs or on single runs".into()),
        (Sides::Values { level, reference }, method) => {
            let moved: Vec<f64> = reference.iter().map(|v| v + shift).collect();
            match method {
                Method::T | Method::RandomEffects => {
                    t_tails(|alternative| t_test::welch(level, &moved, alternative, 0.95))
                }
                Method::Wilcoxon(Zeros::Wilcox) => {
                    ranked(&mann_whitney(level, &moved, wilcoxon::Method::Auto), |r| r.p)
                }
                Method::Wilcoxon(_) => Err("independent samples have no zero differences".into()),
                Method::Sign => Err("the sign test needs pairs".into()),
                Method::Permutation => {
                    ranked(&permutation::independent(level, &moved, &Effort::default()), |r| r.p)
                }
            }
        }
    }
}

fn undefined<T>(outcome: &Outcome<T>) -> String {
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

fn pooled(effects: &[f64], variances: &[f64], shift: f64) -> Result<Tails, String> {
    let moved: Vec<f64> = effects.iter().map(|v| v - shift).collect();
    let outcome = random_effects(&moved, variances, 0.95);
    let summary = outcome.value().ok_or_else(|| undefined(&outcome))?;
    let error = summary.standard_error * summary.hartung_knapp_factor.sqrt();
    let (t, df) = (summary.estimate / error, summary.k as f64 - 1.0);
    if !t.is_finite() {
        return Err("the effects of all blocks are equal".into());
    }
    Ok(Tails { greater: student_t::sf(t, df), less: student_t::cdf(t, df) })
}

/// Mean difference with its interval: t over seeds, Welch, or Hartung-Knapp.
pub(super) fn estimate(evidence: &Evidence, confidence: f64) -> (Option<f64>, Option<Bounds>) {
    let of_t = |outcome: Outcome<TTest>| {
        let bounds = outcome.value().map(|r| Bounds { low: r.ci_low, high: r.ci_high });
        (outcome.any().map(|r| r.estimate).filter(|v| v.is_finite()), bounds)
    };
    let two = Alternative::TwoSided;
    match evidence {
        Evidence::Seeds { differences, .. } => {
            let (_, bounds) = of_t(t_test::one_sample(differences, 0.0, two, confidence));
            (Some(mean(differences)).filter(|v| v.is_finite()), bounds)
        }
        Evidence::Independent(Sides::Values { level, reference }) => {
            of_t(t_test::welch(level, reference, two, confidence))
        }
        Evidence::Independent(Sides::Partial { .. }) => (None, None),
        Evidence::Independent(Sides::Summaries { level, reference }) => {
            of_t(t_summary::welch(*level, *reference, two, confidence))
        }
        Evidence::Blocks { effects, variances } => {
            let outcome = random_effects(effects, variances, confidence);
            let value = outcome.value();
            (value.map(|r| r.estimate), value.map(|r| r.hartung_knapp))
        }
    }
}
