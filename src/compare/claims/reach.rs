//! Analyses that cannot decide a claim, whatever the runs show.

use super::evidence::{Basis, Evidence};
use super::judge::Analysis;
use crate::compare::design::Sides;
use crate::compare::families::adjusted;
use crate::text::p_value;

/// Why no p below `alpha` is possible with as many runs; none where one is.
///
/// Tests on ranks, signs and arrangements have a least p
/// ([`crate::stats::attainable`]); that of equivalence is one-sided and half of
/// it. `family` holds the p of the claims that are adjusted together, and the
/// place of this one: beside theirs the least p must still be below alpha when
/// it is adjusted. Cost: one adjustment.
pub(super) fn out_of_reach(
    basis: &Basis,
    analysis: &Analysis,
    equivalent: bool,
    (family, at): (&[Option<f64>], usize),
    alpha: f64,
) -> Option<String> {
    let (evidence, method) = (&basis.evidence, analysis.method);
    let sides = if equivalent { 0.5 } else { 1.0 };
    let least = sides * method.least_p(evidence);
    if least == 0.0 {
        return None;
    }
    let runs = runs(basis);
    if least >= alpha {
        let fewest = method.fewest(evidence, alpha / sides).map_or_else(String::new, |fewest| {
            let each =
                if matches!(evidence, Evidence::Seeds { .. }) { "" } else { " on each side" };
            format!("; {fewest}{each} are the fewest that could")
        });
        return Some(format!(
            "with {runs} its p is {} at the least and cannot fall below {alpha}{fewest}",
            exactly(least)
        ));
    }
    let mut p = family.to_vec();
    p[at] = Some(least);
    let adjusted = adjusted(p.into_iter(), analysis.adjustment).get(at).copied().flatten()?;
    (adjusted >= alpha).then(|| {
        format!(
            "with {runs} its p, adjusted beside the other claims, is {} at the least and cannot \
             fall below {alpha}",
            exactly(adjusted)
        )
    })
}

/// `0.0625`: what a p cannot fall below is no rounded number.
fn exactly(p: f64) -> String {
    if p < 1e-4 { p_value(Some(p)) } else { ((p * 1e4).round() / 1e4).to_string() }
}

/// `5 seeds`, `4 and 3 seeds`.
fn runs(basis: &Basis) -> String {
    let unit = basis.unit().word();
    match &basis.evidence {
        Evidence::Apart(Sides::Values { level, reference }) => {
            format!("{} and {} {unit}", level.len(), reference.len())
        }
        evidence => format!("{} {unit}", evidence.n()),
    }
}
