//! What is odd about the masks of a segmentation data set.

use super::{Finding, Severity, add, support};
use crate::data::dataset::{Dataset, Split};
use crate::data::mask::Planes;

/// Structures that no image of a split shows, and how many images lack one.
pub(super) fn structures(dataset: &Dataset, findings: &mut Vec<Finding>) {
    for split in Split::ALL {
        for (class, name) in dataset.classes.iter().enumerate() {
            let (there, all) = support(dataset, class, split);
            if all == 0 || there == all {
                continue;
            }
            if there > 0 {
                let text = format!("{} of {all} {split} images show no `{name}`", all - there);
                add(findings, Severity::Note, text);
                continue;
            }
            let (severity, what) = match split {
                Split::Train => (
                    Severity::Error,
                    "it cannot be learned; leave the structure out or divide the cases otherwise",
                ),
                Split::Val => {
                    (Severity::Warning, "the choice of the best epoch sees false alarms alone")
                }
                Split::Test => (Severity::Warning, "its metrics see false alarms alone"),
            };
            add(findings, severity, format!("no {split} image shows `{name}`: {what}"));
        }
    }
    unseen(dataset, findings);
}

/// Images of which the field of view leaves next to nothing.
fn unseen(dataset: &Dataset, findings: &mut Vec<Finding>) {
    const LEAST: f64 = 0.05;
    let few = |index: &usize| {
        let Some(mask) = dataset.mask(*index) else { return false };
        let (width, height) = dataset.file_size(*index).unwrap_or((dataset.size, dataset.size));
        let shown = if dataset.is_native() {
            f64::from(width) * f64::from(height)
        } else {
            mask.len() as f64
        };
        let counted = mask.iter().filter(|bits| **bits & Planes::COUNTS != 0).count();
        (counted as f64) < LEAST * shown
    };
    let few: Vec<String> =
        (0..dataset.len()).filter(few).map(|index| dataset.cases[index].id.clone()).collect();
    if !few.is_empty() {
        let text = format!(
            "the field of view of {} images holds less than 5 % of their pixels: {}; look at its \
             masks",
            few.len(),
            super::named(&few)
        );
        add(findings, Severity::Warning, text);
    }
}
