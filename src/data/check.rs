//! The data check: what is odd about a data set, said before training.

mod structures;

use std::collections::{BTreeMap, BTreeSet};

use super::dataset::{Dataset, Split};
use super::error::{listed, visible};
use super::near;
use crate::records::{DataFacts, Division};
use crate::spec::{Duplicates, Target};

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Good to know.
    Note,
    /// Results can be computed but not taken at face value.
    Warning,
    /// Results would be wrong or cannot be computed: do not train.
    Error,
}

/// One thing found by [`check`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// What, how often, where, and the way out.
    pub text: String,
}

/// Most case names in one finding.
const NAMED: usize = 8;

/// [`check_with`] for a task that states nothing of duplicates.
pub fn check(dataset: &Dataset) -> Vec<Finding> {
    check_with(dataset, Duplicates::Error)
}

/// Looks for duplicates, patients in two splits, classes that cannot be
/// learned or scored, constant images and empty splits; adds what the reader of
/// the data noticed. Worst findings first.
///
/// What is an error and what a warning:
/// * The same image in train and test is an error unless the task allows it,
///   since the test then asks for what was learned by heart. Between train and
///   val or val and test it is a warning: it biases the choice of the best
///   epoch, not the score of a case by itself.
/// * Nearly the same image in two splits is a warning: somebody has to look.
/// * A patient in two splits is a warning: splits by shares never do that, and
///   a source's own split column may have its reasons, but the report must say
///   so.
/// * A class without a positive training case is an error, without one in test
///   a warning (its AUC is undefined and reported as such).
///
/// Files that cannot be read never get here: [`prepare`](super::prepare)
/// lists them all as one error.
pub fn check_with(dataset: &Dataset, policy: Duplicates) -> Vec<Finding> {
    let mut findings = Vec::new();
    empty_splits(dataset, &mut findings);
    duplicates(dataset, policy, &mut findings);
    near_duplicates(dataset, &mut findings);
    patients(dataset, &mut findings);
    if dataset.target == Target::Segmentation {
        structures::structures(dataset, &mut findings);
    } else {
        supports(dataset, &mut findings);
    }
    constant_images(dataset, &mut findings);
    for note in &dataset.notes {
        add(&mut findings, Severity::Note, note.clone());
    }
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    findings
}

fn add(findings: &mut Vec<Finding>, severity: Severity, text: String) {
    findings.push(Finding { severity, text: visible(text) });
}

fn empty_splits(dataset: &Dataset, findings: &mut Vec<Finding>) {
    let tests_only = |facts: &DataFacts| facts.division == Division::TestsOnly;
    if dataset.facts.as_ref().is_some_and(tests_only) && !dataset.is_empty() {
        return;
    }
    for split in Split::ALL {
        if !dataset.cases.iter().any(|case| case.split == split) {
            let (severity, why) = match split {
                Split::Val => (Severity::Warning, "the best epoch and early stopping need them"),
                Split::Train | Split::Test => (Severity::Error, "there must be some"),
            };
            add(findings, severity, format!("there are no {split} cases; {why}"));
        }
    }
}

/// Cases with equal pixels, in groups, in the order of the cases.
fn groups_of_equal_pixels(dataset: &Dataset) -> Vec<Vec<usize>> {
    let mut groups: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for index in 0..dataset.len() {
        groups.entry(dataset.pixel_hash(index)).or_default().push(index);
    }
    let mut groups: Vec<Vec<usize>> =
        groups.into_values().filter(|group| group.len() > 1).collect();
    groups.sort_unstable();
    groups
}

fn duplicates(dataset: &Dataset, policy: Duplicates, findings: &mut Vec<Finding>) {
    let groups = groups_of_equal_pixels(dataset);
    let in_split = |group: &[usize], split: Split| -> Option<usize> {
        group.iter().copied().find(|&i| dataset.cases[i].split == split)
    };
    let pairs =
        [(Split::Train, Split::Test), (Split::Val, Split::Test), (Split::Train, Split::Val)];
    for (first, second) in pairs {
        let examples: Vec<String> = groups
            .iter()
            .filter_map(|group| in_split(group, first).zip(in_split(group, second)))
            .map(|(a, b)| format!("{} = {}", dataset.cases[a].id, dataset.cases[b].id))
            .collect();
        if examples.is_empty() {
            continue;
        }
        let (severity, way) = match ((first, second), policy) {
            ((Split::Train, Split::Test), Duplicates::Allow) => {
                (Severity::Warning, "the study file allows it; scores may be too high")
            }
            ((Split::Train, Split::Test), _) => (
                Severity::Error,
                "keep each in one split: write duplicates = \"drop-from-train\" in the task (the \
                 training images are left out, the test set stays as it is) or \"allow\", or let \
                 `data check` write a clean manifest (--write-clean FILE)",
            ),
            _ => (Severity::Warning, "keep each in one split"),
        };
        add(
            findings,
            severity,
            format!(
                "{} images are in {first} and, pixel by pixel, in {second} too: {}; {way}",
                examples.len(),
                named(&examples)
            ),
        );
    }
    within_split(dataset, &groups, findings);
    contradictions(dataset, &groups, findings);
}

/// Images that are in two splits but for scale, compression or position.
fn near_duplicates(dataset: &Dataset, findings: &mut Vec<Finding>) {
    let mut by_splits: BTreeMap<(Split, Split), Vec<near::Pair>> = BTreeMap::new();
    let all = near::pairs(dataset);
    let images: BTreeSet<usize> = all.iter().flat_map(|pair| [pair.a, pair.b]).collect();
    let partners = 2.0 * all.len() as f64 / images.len().max(1) as f64;
    // A copy has one original. Where images have several partners, images of this
    // kind are more likely alike, as photographs of the fundus are.
    let alike = partners >= 2.0 && images.len() > 4;
    for pair in all {
        let of = |index: usize| dataset.cases[index].split;
        by_splits.entry((of(pair.a), of(pair.b))).or_default().push(pair);
    }
    for ((first, second), pairs) in by_splits {
        let images: BTreeSet<usize> = pairs.iter().map(|pair| pair.a).collect();
        let examples: Vec<String> = pairs
            .iter()
            .map(|pair| {
                let (a, b) = (&dataset.cases[pair.a].id, &dataset.cases[pair.b].id);
                match pair.position.words() {
                    "" => format!("{a} ~ {b}"),
                    moved => format!("{a} ~ {b} ({moved})"),
                }
            })
            .collect();
        let way = match (first, second) {
            (Split::Train, Split::Test) => {
                "look at them; if they are copies, write duplicates = \"drop-from-train\" in the task"
            }
            _ => "look at them; if they are copies, keep each in one split",
        };
        if alike {
            let text = format!(
                "{} images of {first} are hard to tell from images of {second} once scaled down \
                 (correlation of {} or more in what differs between images), but so are others of \
                 this set, each from {partners:.0} on average: images of this kind are alike, or \
                 there are many copies of each; look at a few: {}",
                images.len(),
                near::LEAST_CORRELATION,
                named(&examples)
            );
            add(findings, Severity::Note, text);
            continue;
        }
        let text = format!(
            "{} images of {first} are nearly the same as images of {second} (rescaled, compressed \
             again, mirrored or turned; correlation of {} or more in what differs between images): \
             {}; {way}",
            images.len(),
            near::LEAST_CORRELATION,
            named(&examples)
        );
        add(findings, Severity::Warning, text);
    }
}

fn within_split(dataset: &Dataset, groups: &[Vec<usize>], findings: &mut Vec<Finding>) {
    let mut extra: BTreeMap<Split, usize> = BTreeMap::new();
    for group in groups {
        let mut seen = BTreeSet::new();
        for &index in group {
            let split = dataset.cases[index].split;
            if !seen.insert(split) {
                *extra.entry(split).or_default() += 1;
            }
        }
    }
    for (split, count) in extra {
        let text = format!("{count} {split} images repeat another {split} image pixel by pixel");
        add(findings, Severity::Note, text);
    }
}

fn contradictions(dataset: &Dataset, groups: &[Vec<usize>], findings: &mut Vec<Finding>) {
    let examples: Vec<String> = groups
        .iter()
        .filter(|group| {
            let truth = |index: usize| &dataset.cases[index].truth;
            group.iter().any(|&index| truth(index).contradicts(truth(group[0])))
        })
        .map(|group| {
            let ids: Vec<&str> =
                group.iter().take(3).map(|&i| dataset.cases[i].id.as_str()).collect();
            ids.join(" = ")
        })
        .collect();
    if !examples.is_empty() {
        let text = format!(
            "{} images appear more than once with different labels: {}; correct the labels",
            examples.len(),
            named(&examples)
        );
        add(findings, Severity::Warning, text);
    }
}

fn patients(dataset: &Dataset, findings: &mut Vec<Finding>) {
    let mut splits: BTreeMap<&str, BTreeSet<Split>> = BTreeMap::new();
    for case in &dataset.cases {
        splits.entry(&case.patient).or_default().insert(case.split);
    }
    let straddling: Vec<String> = splits
        .iter()
        .filter(|(_, splits)| splits.len() > 1)
        .map(|(patient, splits)| {
            let splits: Vec<&str> = splits.iter().map(|split| split.name()).collect();
            format!("{patient} ({})", splits.join(", "))
        })
        .collect();
    if !straddling.is_empty() {
        let text = format!(
            "{} patients are in more than one split: {}; scores may be too high; leave the split \
             column out to divide by patient",
            straddling.len(),
            named(&straddling)
        );
        add(findings, Severity::Warning, text);
    }
}

/// Number of cases of a class in a split, and of cases in that split of which
/// it is known.
fn support(dataset: &Dataset, class: usize, split: Split) -> (usize, usize) {
    let of_split = dataset.cases.iter().filter(|case| case.split == split);
    of_split.filter(|case| case.truth.knows(class)).fold((0, 0), |(positive, all), case| {
        (positive + usize::from(case.truth.has(class)), all + 1)
    })
}

fn supports(dataset: &Dataset, findings: &mut Vec<Finding>) {
    for split in Split::ALL {
        let mut none = Vec::new();
        let mut everywhere = Vec::new();
        for (class, name) in dataset.classes.iter().enumerate() {
            match support(dataset, class, split) {
                (_, 0) if !dataset.cases.iter().any(|case| case.split == split) => {}
                (0, _) => none.push(name.as_str()),
                (positive, all) if positive == all => everywhere.push(name.as_str()),
                _ => {}
            }
        }
        for name in &none {
            let (severity, what) = match split {
                Split::Train => (
                    Severity::Error,
                    "it cannot be learned; leave the class out or divide the cases otherwise",
                ),
                Split::Val => (Severity::Warning, "the choice of the best epoch ignores it"),
                Split::Test => (Severity::Warning, "its AUC is undefined and is reported so"),
            };
            add(findings, severity, format!("class `{name}` has no {split} case: {what}"));
        }
        for name in everywhere {
            let what = match split {
                Split::Train => "there is nothing to tell it from",
                Split::Val => "the validation loss says little",
                Split::Test => "its AUC is undefined and is reported so",
            };
            let severity = if split == Split::Train { Severity::Error } else { Severity::Warning };
            let text = format!("every {split} case is of class `{name}`: {what}");
            add(findings, severity, text);
        }
    }
}

fn constant_images(dataset: &Dataset, findings: &mut Vec<Finding>) {
    let constant: Vec<String> = (0..dataset.len())
        .filter(|&index| {
            let image = dataset.image(index);
            let channels = dataset.channels as usize;
            image.chunks_exact(channels).all(|pixel| pixel == &image[..channels])
        })
        .map(|index| dataset.cases[index].id.clone())
        .collect();
    if !constant.is_empty() {
        let text = format!(
            "{} images are one flat color: {}; check the files",
            constant.len(),
            named(&constant)
        );
        add(findings, Severity::Warning, text);
    }
}

pub(super) fn named(names: &[String]) -> String {
    let shown = listed(&names[..names.len().min(NAMED)], ", ");
    if names.len() > NAMED { format!("{shown} and {} more", names.len() - NAMED) } else { shown }
}

#[cfg(test)]
mod tests;
