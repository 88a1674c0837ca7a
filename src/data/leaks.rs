//! Training images that are in the test set too.

use std::collections::{BTreeMap, BTreeSet};

use super::dataset::{Dataset, Split};
use super::near;
use crate::records::Division;

/// Cases that are to be left out of training.
#[derive(Debug, Default)]
pub(super) struct Leaks {
    /// Pixel by pixel in the test set.
    exact: BTreeSet<usize>,
    /// Nearly so.
    near: BTreeSet<usize>,
}

impl Leaks {
    pub(super) fn has(&self, index: usize) -> bool {
        self.exact.contains(&index) || self.near.contains(&index)
    }

    pub(super) fn len(&self) -> usize {
        self.exact.len() + self.near.len()
    }

    /// All of them, ascending.
    pub(super) fn all(&self) -> BTreeSet<usize> {
        self.exact.union(&self.near).copied().collect()
    }

    /// In numbers: 5 exactly, 2 nearly.
    pub(super) fn words(&self) -> String {
        format!("{} pixel by pixel, {} nearly", self.exact.len(), self.near.len())
    }

    /// What was done about them.
    pub(super) fn note(&self) -> String {
        format!(
            "{} images were left out of training because they are in the test set ({}), as the \
             study file states; the test set is as it was",
            self.len(),
            self.words()
        )
    }
}

/// The training cases whose image is in the test set, exactly or nearly; also
/// validation cases, where these were taken from the source's training cases.
pub(super) fn in_train(dataset: &Dataset, division: Division) -> Leaks {
    let from_train = |index: usize| match dataset.cases[index].split {
        Split::Train => true,
        Split::Val => division != Division::Own,
        Split::Test => false,
    };
    let mut tested: BTreeMap<&str, usize> = BTreeMap::new();
    for index in dataset.indices(Split::Test) {
        tested.insert(dataset.pixel_hash(index), index);
    }
    let exact: BTreeSet<usize> = (0..dataset.len())
        .filter(|&index| from_train(index) && tested.contains_key(dataset.pixel_hash(index)))
        .collect();
    let near = near::pairs(dataset)
        .into_iter()
        .filter(|pair| dataset.cases[pair.b].split == Split::Test && from_train(pair.a))
        .map(|pair| pair.a)
        .filter(|index| !exact.contains(index))
        .collect();
    Leaks { exact, near }
}

/// Identities of the training images that are in the test set, and the same in
/// words; for a manifest without them.
pub fn leaking(dataset: &Dataset) -> (BTreeSet<String>, String) {
    let division = dataset.facts.as_ref().map_or(Division::Own, |facts| facts.division);
    let leaks = in_train(dataset, division);
    let ids = leaks.all().into_iter().map(|index| dataset.cases[index].id.clone()).collect();
    (ids, leaks.words())
}
