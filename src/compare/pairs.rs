//! Which cells are compared with which: pairs of levels in blocks of all else.

use std::collections::BTreeMap;

use super::error::CompareError;
use super::types::CompareOptions;
use crate::scores::{Baselines, Cell, Factor, Factors};

/// The options with the factors decided, and fit for these cells.
pub(super) fn decided(
    cells: &[Cell],
    options: &CompareOptions,
) -> Result<CompareOptions, CompareError> {
    let factors = options.factors.or_varying(cells);
    check_factors(cells, &factors)?;
    check_baseline(cells, &factors, &options.baselines)?;
    Ok(CompareOptions { factors, ..options.clone() })
}

/// Why there is no pair of cells.
pub(super) fn nothing_to_compare(cells: &[Cell], options: &CompareOptions) -> String {
    let levels = distinct(cells.iter().map(|cell| options.factors.level(cell)));
    let noun = options.factors.noun();
    match &levels[..] {
        [] => format!("there is nothing to compare: {} has no results", options.metric),
        [none] if none.is_empty() => format!(
            "there is nothing to compare: the results have no column {noun}; say with --factor \
             what else to compare"
        ),
        [only] => format!("there is nothing to compare: there is one {noun} only, {only:?}"),
        _ if !options.baselines.is_empty() => format!(
            "there is nothing to compare: no {noun} stands beside the baseline where all other \
             factors are the same"
        ),
        several => format!(
            "there is nothing to compare: the {} levels of {noun} never stand side by side where \
             all other factors are the same; say with --factor what else to compare",
            several.len()
        ),
    }
}

/// A baseline that no cell has is a slip of the pen, not a wish for nothing.
fn check_baseline(
    cells: &[Cell],
    factors: &Factors,
    baselines: &Baselines,
) -> Result<(), CompareError> {
    if cells.is_empty() {
        return Ok(());
    }
    let unknown = |factor: String, got: &str, known: Vec<String>| {
        Err(CompareError::UnknownBaseline { factor, got: got.into(), known: known.join(", ") })
    };
    if let Some(level) = &baselines.level {
        let known = distinct(cells.iter().map(|cell| factors.level(cell)));
        if !known.contains(level) {
            return unknown(factors.noun(), level, known);
        }
    }
    for factor in factors.iter() {
        let Some(level) = baselines.by_factor.get(factor) else { continue };
        let known = distinct(cells.iter().map(|cell| factor.level(cell)));
        if !known.contains(level) {
            return unknown(factor.name().replace('_', " "), level, known);
        }
    }
    Ok(())
}

/// A factor that no cell has, or that never varies while all others stay, cannot
/// be compared.
fn check_factors(cells: &[Cell], factors: &Factors) -> Result<(), CompareError> {
    let Some(first) = cells.first() else { return Ok(()) };
    let known = [Factor::TASK, Factor::MODEL, Factor::INIT, Factor::LABEL_FRACTION].into_iter();
    let known: Vec<&str> =
        known.chain(first.others.iter().map(|(name, _)| name.as_str())).collect();
    match factors.iter().find(|factor| !known.contains(&factor.name())) {
        None => Ok(()),
        Some(factor) => {
            Err(CompareError::UnknownFactor { got: factor.name().into(), known: known.join(", ") })
        }
    }
}

/// In order of first appearance.
pub(super) fn distinct<T: PartialEq>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut known = Vec::new();
    for item in items {
        if !known.contains(&item) {
            known.push(item);
        }
    }
    known
}

/// Pairs (level, reference) within the same other factors: against the
/// baseline, or each later level against each earlier one.
pub(super) fn pairs<'a>(
    cells: &'a [Cell],
    factors: &Factors,
    baselines: &Baselines,
) -> Vec<(&'a Cell, &'a Cell)> {
    let mut blocks: Vec<Vec<(&Cell, String)>> = Vec::new();
    let mut index: BTreeMap<Vec<String>, usize> = BTreeMap::new();
    for cell in cells {
        let at = *index.entry(factors.block(cell).key()).or_insert_with(|| {
            blocks.push(Vec::new());
            blocks.len() - 1
        });
        blocks[at].push((cell, factors.level(cell)));
    }
    let mut pairs = Vec::new();
    for block in blocks {
        for (i, (cell, level)) in block.iter().enumerate() {
            match baselines.reference(factors, cell) {
                Some(name) if name == *level => {}
                Some(name) => {
                    let reference = block.iter().find(|(_, level)| *level == name);
                    pairs.extend(reference.map(|(reference, _)| (*cell, *reference)));
                }
                None => pairs.extend(block[..i].iter().map(|(reference, _)| (*cell, *reference))),
            }
        }
    }
    pairs
}
