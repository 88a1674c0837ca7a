//! Paired or independent, and why.

use super::types::Design;
use crate::scores::Cell;
use crate::stats::t_summary::Summary;

/// The two samples that are compared.
pub(super) struct Samples {
    pub(super) design: Design,
    pub(super) why: String,
    pub(super) sides: Sides,
    pub(super) notes: Vec<String>,
}

/// What is known of the two sides.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Sides {
    /// Single values; in the same order of seeds when the design is paired.
    Values { level: Vec<f64>, reference: Vec<f64> },
    /// Mean, standard deviation and n.
    Summaries { level: Summary, reference: Summary },
}

impl Sides {
    /// Number of runs on each side.
    pub(super) fn n(&self) -> [usize; 2] {
        match self {
            Self::Values { level, reference } => [level.len(), reference.len()],
            Self::Summaries { level, reference } => [level.n, reference.n],
        }
    }
}

/// Pairs the values by seed where at least two seeds are on both sides.
///
/// Runs of one seed share their training subset, their order and their
/// augmentation, so their difference is free of what the seed alone decides.
pub(super) fn samples(level: &Cell, reference: &Cell) -> Samples {
    if level.summary.is_some() || reference.summary.is_some() {
        return summaries(level, reference);
    }
    let shared: Vec<u64> =
        level.seeds.iter().copied().filter(|seed| reference.value_of(*seed).is_some()).collect();
    if shared.len() < 2 {
        return Samples {
            design: Design::Independent,
            why: format!(
                "the sides share {} seeds, so their runs are independent samples with possibly \
                 unequal variances",
                shared.len()
            ),
            sides: Sides::Values {
                level: level.values.clone(),
                reference: reference.values.clone(),
            },
            notes: Vec::new(),
        };
    }
    let pick = |cell: &Cell| shared.iter().filter_map(|seed| cell.value_of(*seed)).collect();
    let notes =
        [left_out(level, "the level", &shared), left_out(reference, "the reference", &shared)];
    Samples {
        design: Design::Paired,
        why: format!(
            "both sides have runs with the same {} seeds, compared seed by seed",
            shared.len()
        ),
        sides: Sides::Values { level: pick(level), reference: pick(reference) },
        notes: notes.into_iter().flatten().collect(),
    }
}

/// At least one side is a published mean: its runs cannot be paired.
fn summaries(level: &Cell, reference: &Cell) -> Samples {
    Samples {
        design: Design::Summary,
        why: "a side is known by mean, standard deviation and n alone, so runs cannot be paired; \
              if they were paired, the true p is likely smaller"
            .into(),
        sides: Sides::Summaries { level: level.summarized(), reference: reference.summarized() },
        notes: Vec::new(),
    }
}

fn left_out(cell: &Cell, name: &str, shared: &[u64]) -> Option<String> {
    let rest: Vec<String> =
        cell.seeds.iter().filter(|seed| !shared.contains(seed)).map(ToString::to_string).collect();
    (!rest.is_empty()).then(|| {
        format!("seeds {} of {name} have no partner and are left out of the test", rest.join(", "))
    })
}
