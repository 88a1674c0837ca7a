//! Patients and the strata they belong to: what splits and label fractions
//! keep in proportion.

use std::collections::BTreeMap;

use super::truth::{Label, Truth};
use crate::spec::Target;

/// Number of strata: two for a binary target, one per class for a multi-class
/// target, one per class and one for "none" for a multi-label target.
pub(super) fn count(target: Target, classes: usize) -> usize {
    match target {
        Target::Binary => 2,
        Target::MultiClass => classes,
        Target::MultiLabel | Target::Segmentation => classes + 1,
    }
}

/// Strata of one case, ascending.
fn of(truth: &Truth) -> Vec<usize> {
    match truth {
        Truth::Class(class) => vec![*class],
        Truth::Classes(there) => {
            let positive: Vec<usize> =
                (0..there.len()).filter(|&class| there[class] == Label::Known(true)).collect();
            if positive.is_empty() { vec![there.len()] } else { positive }
        }
    }
}

/// A patient: what is kept together.
#[derive(Debug)]
pub(super) struct Patient {
    /// Indices of the cases.
    pub(super) cases: Vec<usize>,
    /// Strata with the number of cases in each, ascending.
    pub(super) strata: Vec<(usize, u32)>,
}

impl Patient {
    pub(super) fn in_stratum(&self, stratum: usize) -> bool {
        self.strata.iter().any(|&(s, _)| s == stratum)
    }
}

/// Groups cases, given as (index, patient, truth), into patients in the order
/// of their names: the order of the cases has no influence.
pub(super) fn patients<'a>(
    cases: impl IntoIterator<Item = (usize, &'a str, &'a Truth)>,
) -> Vec<Patient> {
    let mut groups: BTreeMap<&str, (Vec<usize>, BTreeMap<usize, u32>)> = BTreeMap::new();
    for (index, patient, truth) in cases {
        let (cases, strata) = groups.entry(patient).or_default();
        cases.push(index);
        for stratum in of(truth) {
            *strata.entry(stratum).or_default() += 1;
        }
    }
    groups
        .into_values()
        .map(|(cases, strata)| Patient { cases, strata: strata.into_iter().collect() })
        .collect()
}
