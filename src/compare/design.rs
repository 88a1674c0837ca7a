//! Paired, independent or partly paired, and why.
//!
//! Runs of one seed share their training subset, their order and their
//! augmentation, so their difference is free of what the seed alone decides:
//! where sides share their seeds, the seeds are pairs. What is done is stated:
//!
//! - *shared*: the shared seeds are pairs, all others are left out.
//! - *independent*: all runs of both sides, as if no seed were shared.
//! - *partial*: pairs and single runs together, by the t test of partially
//!   overlapping samples ([`crate::stats::partially_overlapping`]).
//! - *auto*: shared where both sides have two thirds of their runs in pairs (a few
//!   were lost); independent below two pairs; else partial, and for tests of
//!   ranks and arrangements, which have no such form, independent.

use super::types::Design;
use crate::scores::{Cell, Unit};
use crate::spec::{DesignChoice, TestFamily};
use crate::stats::t_summary::Summary;

/// The two samples that are compared.
pub(super) struct Samples {
    pub(super) design: Design,
    pub(super) why: String,
    pub(super) sides: Sides,
    pub(super) unit: Unit,
    pub(super) notes: Vec<String>,
}

/// What is known of the two sides.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Sides {
    /// Single values; in the same order of seeds when the design is paired.
    Values { level: Vec<f64>, reference: Vec<f64> },
    /// Values of shared seeds, in their order, and of the other ones.
    Partial { level: Vec<f64>, reference: Vec<f64>, only_level: Vec<f64>, only_reference: Vec<f64> },
    /// Mean, standard deviation and n.
    Summaries { level: Summary, reference: Summary },
}

impl Sides {
    /// Number of runs on each side.
    pub(super) fn n(&self) -> [usize; 2] {
        match self {
            Self::Values { level, reference } => [level.len(), reference.len()],
            Self::Partial { level, reference, only_level, only_reference } => {
                [level.len() + only_level.len(), reference.len() + only_reference.len()]
            }
            Self::Summaries { level, reference } => [level.n, reference.n],
        }
    }

    /// All values of each side.
    pub(super) fn values(&self) -> Option<[Vec<f64>; 2]> {
        match self {
            Self::Values { level, reference } => Some([level.clone(), reference.clone()]),
            Self::Partial { level, reference, only_level, only_reference } => Some([
                level.iter().chain(only_level).copied().collect(),
                reference.iter().chain(only_reference).copied().collect(),
            ]),
            Self::Summaries { .. } => None,
        }
    }
}

/// The samples of two cells, as paired as the choice and the seeds allow.
pub(super) fn samples(
    level: &Cell,
    reference: &Cell,
    choice: DesignChoice,
    family: TestFamily,
) -> Samples {
    if level.summary.is_some() || reference.summary.is_some() {
        return summaries(level, reference);
    }
    let shared: Vec<u64> =
        level.seeds.iter().copied().filter(|seed| reference.value_of(*seed).is_some()).collect();
    match decided(choice, family, shared.len(), [level.values.len(), reference.values.len()]) {
        Design::Paired => paired(level, reference, &shared),
        Design::Partial => partial(level, reference, &shared),
        Design::Independent | Design::Summary => independent(level, reference, choice, &shared),
    }
}

/// Of the runs of a side this share must have a partner for the others to be lost
/// ones.
const MOSTLY: f64 = 2.0 / 3.0;

fn decided(choice: DesignChoice, family: TestFamily, shared: usize, n: [usize; 2]) -> Design {
    let mostly = n.iter().all(|n| shared as f64 >= MOSTLY * *n as f64 - 1e-9);
    let whole = n.iter().all(|n| shared == *n);
    match choice {
        DesignChoice::Shared => Design::Paired,
        DesignChoice::Independent => Design::Independent,
        _ if shared < 2 => Design::Independent,
        DesignChoice::Partial if whole => Design::Paired,
        DesignChoice::Partial => Design::Partial,
        DesignChoice::Auto if mostly => Design::Paired,
        DesignChoice::Auto if family == TestFamily::T => Design::Partial,
        DesignChoice::Auto => Design::Independent,
    }
}

/// Whether seeds that are followed over several cells are pairs; there is no
/// partly paired form of that.
pub(super) fn pairs_up(choice: DesignChoice, shared: usize, n: [usize; 2]) -> bool {
    match choice {
        DesignChoice::Shared => shared >= 2,
        DesignChoice::Independent => false,
        DesignChoice::Auto | DesignChoice::Partial => {
            decided(DesignChoice::Auto, TestFamily::T, shared, n) == Design::Paired
        }
    }
}

fn paired(level: &Cell, reference: &Cell, shared: &[u64]) -> Samples {
    let pick = |cell: &Cell| shared.iter().filter_map(|seed| cell.value_of(*seed)).collect();
    let units = level.unit.word();
    let one = level.unit.singular();
    let notes =
        [left_out(level, "the level", shared), left_out(reference, "the reference", shared)];
    Samples {
        design: Design::Paired,
        why: format!(
            "both sides have values of the same {} {units}, compared {one} by {one}",
            shared.len()
        ),
        sides: Sides::Values { level: pick(level), reference: pick(reference) },
        unit: level.unit,
        notes: notes.into_iter().flatten().collect(),
    }
}

fn partial(level: &Cell, reference: &Cell, shared: &[u64]) -> Samples {
    let pick = |cell: &Cell| shared.iter().filter_map(|seed| cell.value_of(*seed)).collect();
    let rest = |cell: &Cell| {
        let pairs = cell.seeds.iter().zip(&cell.values);
        let alone = pairs.filter(|(seed, _)| !shared.contains(seed));
        alone.map(|(_, value)| *value).collect::<Vec<f64>>()
    };
    let (only_level, only_reference) = (rest(level), rest(reference));
    let units = level.unit.word();
    Samples {
        design: Design::Partial,
        why: format!(
            "{} {units} are on both sides, {} on the level's alone and {} on the reference's: pairs \
             and single values are used together",
            shared.len(),
            only_level.len(),
            only_reference.len()
        ),
        sides: Sides::Partial {
            level: pick(level),
            reference: pick(reference),
            only_level,
            only_reference,
        },
        unit: level.unit,
        notes: Vec::new(),
    }
}

fn independent(level: &Cell, reference: &Cell, choice: DesignChoice, shared: &[u64]) -> Samples {
    let units = level.unit.word();
    let why = match (choice, shared.len()) {
        (DesignChoice::Independent, _) => {
            "runs were declared independent samples, with possibly unequal variances".into()
        }
        (_, 0) => format!(
            "the sides share no {units}, so their runs are independent samples with possibly \
             unequal variances"
        ),
        (_, 1) => format!(
            "the sides share one {} only, so their runs are independent samples with possibly \
             unequal variances",
            level.unit.singular()
        ),
        (_, n) => format!(
            "the sides share {n} {units} only, and a test of ranks or arrangements cannot use pairs \
             and single values together: all are taken as independent samples (--design shared \
             takes the pairs alone)"
        ),
    };
    Samples {
        design: Design::Independent,
        why,
        sides: Sides::Values { level: level.values.clone(), reference: reference.values.clone() },
        unit: level.unit,
        notes: Vec::new(),
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
        unit: level.unit,
        notes: Vec::new(),
    }
}

/// More than this many are counted, not named.
const MOST_NAMED: usize = 12;

fn left_out(cell: &Cell, name: &str, shared: &[u64]) -> Option<String> {
    let rest: Vec<String> = cell
        .seeds
        .iter()
        .filter(|seed| shared.binary_search(seed).is_err())
        .map(ToString::to_string)
        .collect();
    let units = if rest.len() == 1 { cell.unit.singular() } else { cell.unit.word() };
    let named = match rest.len() {
        0 => return None,
        n if n > MOST_NAMED || cell.unit != Unit::Seeds => format!("{n} {units}"),
        _ => format!("{units} {}", rest.join(", ")),
    };
    let have = if rest.len() == 1 { "has no partner and is" } else { "have no partner and are" };
    Some(format!("{named} of {name} {have} left out of the test"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(seeds: std::ops::Range<u64>) -> Cell {
        let values = seeds.clone().map(|seed| 0.5 + 0.01 * seed as f64).collect();
        Cell { seeds: seeds.collect(), values, ..Cell::default() }
    }

    fn design(a: std::ops::Range<u64>, b: std::ops::Range<u64>, choice: DesignChoice) -> Design {
        samples(&cell(a), &cell(b), choice, TestFamily::T).design
    }

    #[test]
    fn a_few_lost_runs_leave_pairs_and_a_part_shared_uses_all() {
        use DesignChoice::{Auto, Independent, Partial, Shared};
        assert_eq!(design(0..5, 0..5, Auto), Design::Paired);
        assert_eq!(design(0..5, 0..4, Auto), Design::Paired);
        assert_eq!(design(0..5, 3..8, Auto), Design::Partial);
        assert_eq!(design(0..5, 5..9, Auto), Design::Independent);
        assert_eq!(design(0..5, 3..8, Shared), Design::Paired);
        assert_eq!(design(0..5, 0..5, Independent), Design::Independent);
        assert_eq!(design(0..5, 0..4, Partial), Design::Partial);
        let ranks = samples(&cell(0..5), &cell(3..8), Auto, TestFamily::Wilcoxon);
        assert_eq!((ranks.design, ranks.sides.n()), (Design::Independent, [5, 5]));
        assert!(ranks.why.contains("--design shared"), "{}", ranks.why);
    }
}
