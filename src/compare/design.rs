//! Paired or independent, and why.

use super::types::{Cell, Design};

/// The two samples that are compared.
pub(super) struct Samples {
    pub(super) design: Design,
    pub(super) test: &'static str,
    pub(super) why: String,
    pub(super) level: Vec<f64>,
    pub(super) reference: Vec<f64>,
    pub(super) notes: Vec<String>,
}

/// Pairs the values by seed where at least two seeds are on both sides.
///
/// Runs of one seed share their training subset, their order and their
/// augmentation, so their difference is free of what the seed alone decides.
pub(super) fn samples(level: &Cell, reference: &Cell) -> Samples {
    let value = |cell: &Cell, seed: u64| {
        cell.seeds.binary_search(&seed).ok().map(|index| cell.values[index])
    };
    let shared: Vec<u64> =
        level.seeds.iter().copied().filter(|seed| value(reference, *seed).is_some()).collect();
    if shared.len() < 2 {
        return Samples {
            design: Design::Independent,
            test: "Welch t test",
            why: format!(
                "the sides share {} seeds, so their runs are independent samples with possibly \
                 unequal variances",
                shared.len()
            ),
            level: level.values.clone(),
            reference: reference.values.clone(),
            notes: Vec::new(),
        };
    }
    let pick = |cell: &Cell| shared.iter().filter_map(|seed| value(cell, *seed)).collect();
    let left_out = |cell: &Cell, name: &str| {
        let rest: Vec<String> = cell
            .seeds
            .iter()
            .filter(|seed| !shared.contains(seed))
            .map(ToString::to_string)
            .collect();
        (!rest.is_empty()).then(|| {
            format!(
                "seeds {} of {name} have no partner and are left out of the test",
                rest.join(", ")
            )
        })
    };
    let notes = [left_out(level, "the level"), left_out(reference, "the reference")];
    Samples {
        design: Design::Paired,
        test: "paired t test",
        why: format!(
            "both sides have runs with the same {} seeds, compared seed by seed",
            shared.len()
        ),
        level: pick(level),
        reference: pick(reference),
        notes: notes.into_iter().flatten().collect(),
    }
}
