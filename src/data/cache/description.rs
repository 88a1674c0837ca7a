//! What a cache file says of its cases, as JSON.
//!
//! The layout is that of format 1 and does not follow the types of this crate:
//! a case has `labels`, the numbers that stand for what is true of it. What came
//! later may be missing.

use serde::{Deserialize, Serialize};

use super::format::Meta;
use crate::data::dataset::{Case, Split};
use crate::data::masked::MaskTable;
use crate::data::truth::Truth;
use crate::spec::Target;

/// [`Meta`] as it lies in the file; the order of the keys is the file's.
#[derive(Serialize, Deserialize)]
pub(super) struct Description {
    name: String,
    data_hash: String,
    classes: Vec<String>,
    target: Target,
    channels: u32,
    size: u32,
    cases: Vec<StoredCase>,
    notes: Vec<String>,
    pixel_hashes: Vec<String>,
    block_hashes: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pixel_notes: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    masks: Option<MaskTable>,
}

#[derive(Serialize, Deserialize)]
struct StoredCase {
    id: String,
    patient: String,
    split: Split,
    labels: Vec<f32>,
}

impl From<Meta> for Description {
    fn from(meta: Meta) -> Self {
        let stored = |case: Case| StoredCase {
            labels: case.truth.numbers(),
            id: case.id,
            patient: case.patient,
            split: case.split,
        };
        Self {
            name: meta.name,
            data_hash: meta.data_hash,
            classes: meta.classes,
            target: meta.target,
            channels: meta.channels,
            size: meta.size,
            cases: meta.cases.into_iter().map(stored).collect(),
            notes: meta.notes,
            pixel_hashes: meta.pixel_hashes,
            block_hashes: meta.block_hashes,
            pixel_notes: meta.pixel_notes,
            masks: meta.masks,
        }
    }
}

impl TryFrom<Description> for Meta {
    type Error = String;

    fn try_from(found: Description) -> Result<Self, String> {
        let (target, classes) = (found.target, found.classes.len());
        let case = |stored: StoredCase| {
            let truth = Truth::from_numbers(target, classes, &stored.labels)
                .map_err(|reason| format!("contradicts itself: case `{}`: {reason}", stored.id))?;
            Ok(Case { id: stored.id, patient: stored.patient, split: stored.split, truth })
        };
        Ok(Self {
            cases: found.cases.into_iter().map(case).collect::<Result<_, String>>()?,
            name: found.name,
            data_hash: found.data_hash,
            classes: found.classes,
            target: found.target,
            channels: found.channels,
            size: found.size,
            notes: found.notes,
            pixel_hashes: found.pixel_hashes,
            block_hashes: found.block_hashes,
            pixel_notes: found.pixel_notes,
            masks: found.masks,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As version 0.1.0 wrote it.
    const WRITTEN: &str = r#"{"name":"t","data_hash":"h","classes":["a","b"],"target":"multi-label","channels":1,"size":2,"cases":[{"id":"x","patient":"p","split":"train","labels":[1.0,0.0]}],"notes":[],"pixel_hashes":["1"],"block_hashes":["2"]}"#;

    #[test]
    fn the_layout_is_that_of_the_first_version() {
        let meta = Meta::try_from(serde_json::from_str::<Description>(WRITTEN).expect("JSON"));
        let meta = meta.expect("a description");
        assert_eq!(meta.cases[0].truth, Truth::of_each([true, false]));
        let again = serde_json::to_string(&Description::from(meta)).expect("JSON");
        assert_eq!(again, WRITTEN);
    }

    #[test]
    fn labels_of_another_target_are_damage() {
        let text = WRITTEN.replace("multi-label", "multi-class");
        let found = serde_json::from_str::<Description>(&text).expect("JSON");
        let error = Meta::try_from(found).map(|_| ()).expect_err("an error");
        assert!(error.contains("`x`") && error.contains("MultiClass"), "{error}");
    }
}
