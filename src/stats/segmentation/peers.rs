//! `cargo xtask parity masks`: metrics of pairs of masks that a peer measures too.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;

use super::{MaskPair, dice, iou, surface_distances};

#[derive(Deserialize)]
struct Given {
    shape: Vec<usize>,
    spacing: Vec<f64>,
    tolerance: f64,
    prediction: Vec<u8>,
    reference: Vec<u8>,
}

/// Each metric under the name of the convention that it is compared with.
fn measured(given: &Given) -> BTreeMap<&'static str, f64> {
    let mask = |values: &[u8]| values.iter().map(|value| *value == 1).collect();
    let (prediction, reference) = (mask(&given.prediction), mask(&given.reference));
    let pair = MaskPair::new(prediction, reference, &given.shape, &given.spacing);
    let pair = pair.value().expect("two masks");
    let surface = surface_distances(pair);
    let surface = surface.value().expect("two surfaces");
    let [dice, iou] = [dice(pair), iou(pair)].map(|found| *found.any().expect("a value"));
    BTreeMap::from([
        ("dice (medpy)", dice),
        ("dice (MONAI)", dice),
        ("iou (medpy)", iou),
        ("iou (MONAI)", iou),
        ("hausdorff (medpy)", surface.hausdorff()),
        ("hausdorff (MONAI)", surface.hausdorff()),
        ("hd95 pooled (medpy)", surface.robust_hausdorff_pooled(0.95)),
        ("hd95 directed (MONAI)", surface.robust_hausdorff_directed(0.95)),
        ("average distance (medpy)", surface.average()),
        ("average distance (MONAI)", surface.average()),
        ("average symmetric (medpy)", surface.average_symmetric()),
        ("average symmetric (MONAI)", surface.average_symmetric()),
        ("surface Dice (MONAI)", surface.surface_overlap(given.tolerance)),
    ])
}

#[test]
#[ignore = "needs a folder of the peer's making"]
fn masks_of_a_peer() {
    let folder = std::env::var_os("TRANSFOLIO_PEER_MASKS").expect("a folder");
    let folder = Path::new(&folder);
    let text = fs::read(folder.join("masks.json")).expect("masks");
    let given: Vec<Given> = serde_json::from_slice(&text).expect("JSON");
    let ours: Vec<_> = given.iter().map(measured).collect();
    fs::write(folder.join("ours.json"), serde_json::to_vec(&ours).expect("JSON")).expect("written");
}
