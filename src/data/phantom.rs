//! The built-in phantom: chest-like images whose contents are known.
//!
//! Every image is a function of (seed, split, index) and of the settings; it
//! is the same to the last bit on every machine (see `phantom/field.rs`).
//!
//! * *Source* tasks ([`PhantomLabels::Fine`] and [`PhantomLabels::Coarse`])
//!   show one structure in a chest: one of 12 [`TYPES`], which form the 4
//!   [`GROUPS`] of three. Both label the very same images, so that
//!   pretrainings on them differ in the labels alone.
//! * The *target* task ([`PhantomLabels::Finding`]) shows none or several of 5
//!   [`FINDINGS`] in patients with one to three images, beside look-alikes
//!   and devices that carry no label. A finding is mostly told from its
//!   look-alikes by what tells the *types* of one group apart, so fine labels
//!   can help where coarse ones do not. The two use separate random streams
//!   and share no image.

mod anatomy;
mod field;
mod scene;
mod structure;

use rayon::prelude::*;

use self::scene::Scene;
use super::dataset::Split;
use super::mask::{self, Planes};
use super::truth::Truth;
use crate::spec::{PhantomLabels, PhantomSpec};

pub(crate) use scene::VERSION;

/// Classes of [`PhantomLabels::Coarse`].
pub const GROUPS: [&str; 4] = ["nodule", "opacity", "pleura", "device"];

/// Classes of [`PhantomLabels::Fine`]; types `3 g`, `3 g + 1` and `3 g + 2`
/// belong to group `g`.
pub const TYPES: [&str; 12] = [
    "round nodule",
    "spiculated nodule",
    "nodule cluster",
    "lobar opacity",
    "patchy opacity",
    "reticular opacity",
    "effusion",
    "pneumothorax",
    "pleural thickening",
    "catheter",
    "pacemaker",
    "sternal wires",
];

/// Classes of [`PhantomLabels::Finding`].
pub const FINDINGS: [&str; 5] = ["mass", "consolidation", "fibrosis", "effusion", "pneumothorax"];

/// Structures of [`PhantomLabels::Anatomy`].
pub const ANATOMY: [&str; 2] = ["lungs", "heart"];

/// Which pixels of an image belong to one structure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mask {
    /// `right lung`, `left lung`, `heart` or one of [`TYPES`].
    pub structure: &'static str,
    /// The finding that the structure shows, one of [`FINDINGS`]; absent for
    /// anatomy, for look-alikes and in source tasks.
    pub finding: Option<&'static str>,
    /// Row by row, `size * size` values. Empty where the structure lies
    /// outside of the image or behind another part of the chest.
    pub pixels: Vec<bool>,
}

/// Names of the classes in label order.
pub fn classes(labels: PhantomLabels) -> &'static [&'static str] {
    match labels {
        PhantomLabels::Coarse => &GROUPS,
        PhantomLabels::Fine => &TYPES,
        PhantomLabels::Finding => &FINDINGS,
        PhantomLabels::Anatomy => &ANATOMY,
    }
}

/// Number of images in a split.
pub fn count(spec: &PhantomSpec, split: Split) -> u32 {
    match split {
        Split::Train => spec.train,
        Split::Val => spec.val,
        Split::Test => spec.test,
    }
}

/// Patient of an image; unique across splits. In source tasks every image is
/// of another patient.
pub fn patient(spec: &PhantomSpec, split: Split, index: u32) -> String {
    let (patient, _) = scene::patient_of(spec, split, index);
    format!("{split}-p{patient:05}")
}

/// What is true of an image: its class, or which findings are in it.
pub fn truth(spec: &PhantomSpec, split: Split, index: u32) -> Truth {
    match spec.labels {
        PhantomLabels::Fine => Truth::Class(scene::source_kind(spec, split, index)),
        PhantomLabels::Coarse => Truth::Class(scene::source_kind(spec, split, index) / 3),
        PhantomLabels::Finding => {
            let shown = scene::findings_of(spec, split, index);
            Truth::of_each((0..FINDINGS.len()).map(|i| shown.contains(&i)))
        }
        PhantomLabels::Anatomy => Truth::of_each(ANATOMY.map(|_| true)),
    }
}

/// The pixels of an image: grey, `size * size` bytes row by row.
pub fn image(spec: &PhantomSpec, split: Split, index: u32) -> Vec<u8> {
    Scene::new(spec, split, index).draw(spec.size)
}

/// The masks of an image: both lungs, the heart, then every structure in it.
pub fn masks(spec: &PhantomSpec, split: Split, index: u32) -> Vec<Mask> {
    Scene::new(spec, split, index).masks(spec.size)
}

/// The masks of [`ANATOMY`] in an image.
pub(super) fn planes(spec: &PhantomSpec, split: Split, index: u32) -> Planes {
    let mut planes = Planes::empty(spec.size, spec.size);
    for mask in masks(spec, split, index) {
        let structure = match mask.structure {
            "right lung" | "left lung" => 0,
            "heart" => 1,
            _ => continue,
        };
        let inside = mask.pixels.into_iter().map(u8::from).collect();
        planes.add(structure, &mask::Mask { width: spec.size, height: spec.size, inside });
    }
    planes
}

/// Some images of a split, drawn on all cores.
pub(crate) fn images(
    spec: &PhantomSpec,
    split: Split,
    indices: std::ops::Range<u32>,
) -> Vec<Vec<u8>> {
    indices.into_par_iter().map(|index| image(spec, split, index)).collect()
}

#[cfg(test)]
mod tests;
