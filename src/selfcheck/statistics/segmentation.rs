//! Overlap and surface metrics of masks.

use serde_json::Value;

use crate::selfcheck::case::{Got, numbers};
use crate::stats::segmentation::{MaskPair, dice, iou, surface_distances, surfel_distances};

/// The share of the robust Hausdorff distances.
const SHARE: f64 = 0.95;

pub(super) fn evaluate(input: &Value, _: &Value) -> Got {
    let (prediction, shape) = voxels(&input["a"]);
    let (reference, _) = voxels(&input["b"]);
    let pair = MaskPair::new(prediction, reference, &shape, &numbers(&input["spacing"]));
    let mut got = Got::flagged(&pair);
    let Some(masks) = pair.any() else { return got };
    got.put_outcome("dice", &dice(masks));
    got.put_outcome("iou", &iou(masks));
    got.put("volume_a", masks.predicted_voxels() as f64);
    got.put("volume_b", masks.reference_voxels() as f64);
    let tolerance = input["tolerance"].as_f64().unwrap_or(1.0);
    put_voxel_distances(&mut got, masks, tolerance);
    put_surfel_distances(&mut got, masks, tolerance);
    got
}

fn put_voxel_distances(got: &mut Got, masks: &MaskPair, tolerance: f64) {
    let outcome = surface_distances(masks);
    got.undefined |= outcome.any().is_none();
    let Some(d) = outcome.any() else { return };
    got.put("hd", d.hausdorff());
    got.put("hd_monai", d.hausdorff());
    got.put("hd95_medpy", d.robust_hausdorff_pooled(SHARE));
    got.put("hd95_monai", d.robust_hausdorff_directed(SHARE));
    got.put("asd_medpy", d.average());
    // medpy 0.5 pools both directions too.
    got.put("assd_medpy", d.average_symmetric());
    got.put("assd_pooled", d.average_symmetric());
    got.put("nsd_voxel", d.surface_overlap(tolerance));
}

fn put_surfel_distances(got: &mut Got, masks: &MaskPair, tolerance: f64) {
    let outcome = surfel_distances(masks);
    got.undefined |= outcome.any().is_none();
    let Some(d) = outcome.any() else { return };
    got.put("hd95_deepmind", d.robust_hausdorff(SHARE));
    got.put("nsd_deepmind", d.surface_dice(tolerance));
    got.put("asd_deepmind_gt_to_pred", d.average_to_prediction());
    got.put("asd_deepmind_pred_to_gt", d.average_to_reference());
}

/// Nested lists of 0 and 1, flat, with their shape.
fn voxels(value: &Value) -> (Vec<bool>, Vec<usize>) {
    let mut shape = Vec::new();
    let mut level: Vec<&Value> = vec![value];
    while level.first().is_some_and(|item| item.is_array()) {
        shape.push(level[0].as_array().map_or(0, Vec::len));
        level = level.into_iter().filter_map(Value::as_array).flatten().collect();
    }
    (level.into_iter().map(|v| v.as_f64().is_some_and(|v| v > 0.5)).collect(), shape)
}
