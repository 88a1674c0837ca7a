//! Keys and shapes of the originals, from the golden files.

use std::collections::BTreeMap;

use super::writers::Named;
use crate::zoo::target::{Target, is_computed};

const GOLDEN: [(&str, &str, &str); 13] = [
    ("resnet50", "fc.", include_str!("../../../tests/golden/models/resnet50.tsv")),
    ("resnet101", "fc.", include_str!("../../../tests/golden/models/resnet101.tsv")),
    ("resnet152", "fc.", include_str!("../../../tests/golden/models/resnet152.tsv")),
    ("densenet121", "classifier.", include_str!("../../../tests/golden/models/densenet121.tsv")),
    ("swin_tiny", "head.", include_str!("../../../tests/golden/models/swin_tiny.tsv")),
    ("swin_small", "head.", include_str!("../../../tests/golden/models/swin_small.tsv")),
    ("swin_base", "head.", include_str!("../../../tests/golden/models/swin_base.tsv")),
    ("convnext_tiny", "head.fc.", include_str!("../../../tests/golden/models/convnext_tiny.tsv")),
    ("convnext_small", "head.fc.", include_str!("../../../tests/golden/models/convnext_small.tsv")),
    ("convnext_base", "head.fc.", include_str!("../../../tests/golden/models/convnext_base.tsv")),
    ("deit_tiny", "head.", include_str!("../../../tests/golden/models/deit_tiny.tsv")),
    ("deit_small", "head.", include_str!("../../../tests/golden/models/deit_small.tsv")),
    ("deit_base", "head.", include_str!("../../../tests/golden/models/deit_base.tsv")),
];

/// Rows of a golden table.
pub(super) fn rows(text: &str) -> impl Iterator<Item = Vec<&str>> {
    text.lines().filter(|line| !line.starts_with('#')).map(|line| line.split('\t').collect())
}

/// A smaller axis, from 2 on; different lengths mostly stay different.
fn shrunk(d: usize) -> usize {
    if d == 1 { 1 } else { 2 + d * 7 % 5 }
}

/// The state dict of a backbone with its head, all axes shrunk; Swin's tables
/// are those of a window of 2.
pub(super) fn state_dict(backbone: &str) -> Vec<Named> {
    let (_, _, text) = GOLDEN.iter().find(|(name, ..)| *name == backbone).expect("a golden file");
    rows(text)
        .map(|row| {
            let name = row[0];
            if name.ends_with("relative_position_index") {
                return Named { name: name.into(), shape: vec![4, 4], values: index() };
            }
            if name.ends_with("attn_mask") {
                return Named { name: name.into(), shape: vec![1, 4, 4], values: mask() };
            }
            let shape: Vec<usize> = match row[1] {
                "scalar" => vec![],
                shape => shape.split('x').map(|d| shrunk(d.parse().expect("a size"))).collect(),
            };
            Named::new(name, &shape)
        })
        .collect()
}

/// Places of a window of 2 x 2 in relation to each other.
fn index() -> Vec<f32> {
    let places = [(0i32, 0i32), (0, 1), (1, 0), (1, 1)];
    let offset = |(a, b): ((i32, i32), (i32, i32))| ((a.0 - b.0 + 1) * 3 + a.1 - b.1 + 1) as f32;
    places.iter().flat_map(|a| places.iter().map(move |b| offset((*a, *b)))).collect()
}

/// In the only window all four places come from different corners.
fn mask() -> Vec<f32> {
    (0..16).map(|i| if i % 5 == 0 { 0.0 } else { -100.0 }).collect()
}

/// What the shrunk backbone expects.
pub(super) fn target(backbone: &str) -> Target {
    let (_, head, _) = GOLDEN.iter().find(|(name, ..)| *name == backbone).expect("a golden file");
    Target::new(head, state_dict(backbone).into_iter().map(|t| (t.name, t.shape)))
}

/// The values that must be found under the backbone's names.
pub(super) fn expected(backbone: &str) -> BTreeMap<String, Named> {
    let target = target(backbone);
    let wanted = |t: &Named| target.shapes.contains_key(&t.name) && !is_computed(&t.name);
    state_dict(backbone).into_iter().filter(wanted).map(|t| (t.name.clone(), t)).collect()
}
