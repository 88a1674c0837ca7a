//! Tests that answer one question together: which they are, and their adjusted p.

use super::pairs::distinct;
use super::types::{CompareOptions, ComparisonRow};
use crate::scores::Block;
use crate::spec::{FamilyAdjustment, FamilyScope};
use crate::stats::adjust::adjust;

/// Fills the adjusted p family by family, and gives the families with their
/// sizes. An infinite statistic has no p that is shown, but it was tested: it
/// stays in its family, as one that is rejected.
pub(super) fn adjust_families(
    rows: &mut [ComparisonRow],
    counts: &[bool],
    options: &CompareOptions,
) -> Vec<(String, usize)> {
    let names = distinct(rows.iter().map(|row| row.family.clone()));
    let mut families = Vec::with_capacity(names.len());
    for name in names {
        let of: Vec<usize> = (0..rows.len()).filter(|at| rows[*at].family == name).collect();
        let p: Vec<f64> = of
            .iter()
            .map(|at| rows[*at].p.unwrap_or(if counts[*at] { 0.0 } else { f64::NAN }))
            .collect();
        let size = p.iter().filter(|p| !p.is_nan()).count();
        let method = options.adjustment.method();
        let adjusted = method.map_or_else(|| p.clone(), |method| adjust(&p, method));
        for (at, adjusted) in of.into_iter().zip(adjusted) {
            let row = &mut rows[at];
            row.adjusted_p = row.p.and(Some(adjusted)).filter(|p| !p.is_nan());
            row.family_size = size;
        }
        adjust_equivalence(rows, &name, options.adjustment);
        families.push((name, size));
    }
    families
}

/// Tests of equivalence are adjusted by themselves, in families that are cut as
/// those of the differences are.
fn adjust_equivalence(rows: &mut [ComparisonRow], family: &str, adjustment: FamilyAdjustment) {
    let of = |row: &&mut ComparisonRow| row.family == family;
    let p: Vec<Option<f64>> = rows.iter_mut().filter(of).map(|row| row.equivalence_p).collect();
    for (row, p) in rows.iter_mut().filter(of).zip(adjusted(p.into_iter(), adjustment)) {
        row.adjusted_equivalence_p = p;
    }
}

/// The family of a test.
pub(super) fn family_of(block: &Block, sides: [&str; 2], options: &CompareOptions) -> String {
    let metric = options.metric.title();
    match options.family {
        FamilyScope::Metric => format!("{metric}, all comparisons"),
        FamilyScope::Task => format!("{metric} on {}", block.task()),
        FamilyScope::Question => format!("{metric}, {} against {}", sides[0], sides[1]),
    }
}

/// The p-values of one family, adjusted; none where there is none.
pub(super) fn adjusted(
    p: impl Iterator<Item = Option<f64>>,
    adjustment: FamilyAdjustment,
) -> Vec<Option<f64>> {
    let p: Vec<f64> = p.map(|p| p.unwrap_or(f64::NAN)).collect();
    let adjusted = adjustment.method().map_or(p.clone(), |method| adjust(&p, method));
    adjusted.into_iter().map(|p| (!p.is_nan()).then_some(p)).collect()
}

/// Why nothing can become significant, each reason once with its count.
pub(super) fn cannot_be_found(rows: &[ComparisonRow]) -> Vec<String> {
    let reasons = distinct(rows.iter().filter_map(|row| row.cannot.as_ref()));
    let told = reasons.into_iter().map(|reason| {
        let count = rows.iter().filter(|row| row.cannot.as_ref() == Some(reason)).count();
        format!("{count} of {} comparisons: {reason}", rows.len())
    });
    told.collect()
}
