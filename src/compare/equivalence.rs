//! When two levels are equivalent: the one rule of tables and claims.
//!
//! Two one-sided tests at alpha (TOST, Schuirmann 1987), by the test that the
//! study names: equivalent when the difference is shown to lie above minus the
//! margin and below the margin. `p` is the larger of the two one-sided p; with a
//! t test it is below alpha exactly when the interval of confidence `1 - 2 alpha`
//! lies within the margin. Each of the two nulls, a difference of the margin or
//! more on one side, can be rejected wrongly with probability alpha at most, so
//! no halving is needed.
//!
//! Adjusted as the study says, in families of their own, cut as those of the
//! differences are: of *no difference* and *a
//! difference of the margin or more* at most one is true of a pair, so a pair
//! never puts both families at risk at once. Tables and claims do the same.
//!
//! A spread of 0, one value on a side, no margin: no p, and nothing is called
//! equivalent. Cost: two tests.

use super::design::Samples;
use super::shifted::{SeedMethod, Tails, t_tails_of, tails, with_sample};
use super::test_kind::TestKind;
use super::types::CompareOptions;
use crate::stats::Outcome;
use crate::stats::t_test::TTest;
use crate::text::percent;

/// What the data say of a margin.
#[derive(Clone, Copy, Debug)]
pub(super) struct Equivalence {
    /// p of a difference within the margin.
    pub(super) within: f64,
    /// Two-sided p of a difference beyond it.
    pub(super) beyond: f64,
}

/// Tests both ends of a margin; `at` gives the tails of a shift.
pub(super) fn equivalence(
    margin: f64,
    at: impl Fn(f64) -> Result<Tails, String>,
) -> Result<Equivalence, String> {
    let (low, high) = (at(-margin)?, at(margin)?);
    Ok(Equivalence {
        within: low.greater.max(high.less),
        beyond: (2.0 * low.less.min(high.greater)).min(1.0),
    })
}

/// Whether an adjusted p shows equivalence.
pub(super) fn is_shown(adjusted_p: Option<f64>, options: &CompareOptions) -> bool {
    adjusted_p.is_some_and(|p| p < options.alpha)
}

fn margin_of(options: &CompareOptions) -> Option<f64> {
    options.margin.filter(|margin| *margin > 0.0 && margin.is_finite())
}

/// p of equivalence of two samples under the margin of the comparison, by the
/// test of their difference; none without a margin, or where it is not defined.
pub(super) fn of_samples(
    samples: &Samples,
    test: TestKind,
    options: &CompareOptions,
) -> Option<f64> {
    let method = SeedMethod::of_kind(test)?;
    let margin = margin_of(options)?;
    with_sample(samples, |sample| {
        equivalence(margin, |shift| tails(method, sample, shift)).ok().map(|found| found.within)
    })
}

/// The same of the estimate of a two-sided t test, by its own standard error.
pub(super) fn of_t(test: &Outcome<TTest>, options: &CompareOptions) -> Option<f64> {
    let (margin, test) = (margin_of(options)?, test.value()?);
    let at = |shift: f64| t_tails_of(test, options.confidence, shift);
    equivalence(margin, at).ok().map(|found| found.within)
}

/// The rule in words, for methods sections and notes.
pub fn equivalence_rule(options: &CompareOptions) -> String {
    format!(
        "two one-sided tests at {}, {}-adjusted over the tests of equivalence (for one t test: \
         the {} interval within the margin)",
        options.alpha,
        options.adjustment.title(),
        percent(1.0 - 2.0 * options.alpha)
    )
}
