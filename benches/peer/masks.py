"""Overlap and surface metrics of masks by MONAI and medpy.

`make FOLDER` writes pairs of masks (blobs of every size, touching borders, some apart,
some equal) with their spacing, and what the two libraries make of them. `compare FOLDER`
prints, as one line of JSON, the largest difference of each metric in `ours.json`,
relative to the reference or absolute where that is below one.
"""

import json
import pathlib
import sys

import numpy as np

PAIRS, TOLERANCE = 200, 2.0


def blobs(rng, shape):
    """A union of ellipses, roughened at its border."""
    y, x = np.mgrid[: shape[0], : shape[1]]
    mask = np.zeros(shape, bool)
    for _ in range(rng.integers(1, 4)):
        cy, cx = rng.uniform(0, shape[0]), rng.uniform(0, shape[1])
        ry, rx = rng.uniform(2, shape[0] / 3), rng.uniform(2, shape[1] / 3)
        mask |= ((y - cy) / ry) ** 2 + ((x - cx) / rx) ** 2 + rng.normal(0, 0.05, shape) < 1
    if not mask.any():
        mask[shape[0] // 2, shape[1] // 2] = True
    return mask


def pairs():
    rng = np.random.default_rng(0)
    for number in range(PAIRS):
        shape = tuple(int(n) for n in rng.integers(24, 160, 2))
        spacing = [1.0, 1.0] if number % 2 else [float(s) for s in rng.uniform(0.2, 3.0, 2)]
        reference = blobs(rng, shape)
        # Most predictions are the reference moved and roughened; some have nothing to do with it.
        moved = np.roll(reference, rng.integers(-6, 7, 2), (0, 1)) ^ (rng.random(shape) < 0.003)
        prediction = [moved, blobs(rng, shape), reference][(number % 10 > 6) + (number % 10 > 8)]
        yield (prediction if prediction.any() else reference), reference, spacing


def by_medpy(prediction, reference, spacing):
    from medpy.metric import binary

    masks = (prediction, reference)
    return {
        "dice (medpy)": binary.dc(*masks),
        "iou (medpy)": binary.jc(*masks),
        "hausdorff (medpy)": binary.hd(*masks, voxelspacing=spacing),
        "hd95 pooled (medpy)": binary.hd95(*masks, voxelspacing=spacing),
        "average distance (medpy)": binary.asd(*masks, voxelspacing=spacing),
        "average symmetric (medpy)": binary.assd(*masks, voxelspacing=spacing),
    }


def by_monai(prediction, reference, spacing):
    import torch
    from monai import metrics

    p, r = (torch.tensor(mask[None, None].astype(np.float32)) for mask in (prediction, reference))
    near = dict(include_background=True, spacing=spacing)
    far = metrics.compute_hausdorff_distance
    return {
        "dice (MONAI)": metrics.compute_dice(p, r).item(),
        "iou (MONAI)": metrics.compute_iou(p, r).item(),
        "hausdorff (MONAI)": far(p, r, **near).item(),
        "hd95 directed (MONAI)": far(p, r, percentile=95, **near).item(),
        "average distance (MONAI)": metrics.compute_average_surface_distance(p, r, **near).item(),
        "average symmetric (MONAI)": metrics.compute_average_surface_distance(
            p, r, symmetric=True, **near
        ).item(),
        "surface Dice (MONAI)": metrics.compute_surface_dice(
            p, r, class_thresholds=[TOLERANCE], include_background=True, spacing=spacing
        ).item(),
    }


def make(folder):
    masks, theirs = [], []
    for prediction, reference, spacing in pairs():
        masks.append(
            {
                "shape": prediction.shape,
                "spacing": spacing,
                "tolerance": TOLERANCE,
                "prediction": prediction.astype(int).ravel().tolist(),
                "reference": reference.astype(int).ravel().tolist(),
            }
        )
        both = (prediction, reference, spacing)
        theirs.append({k: float(v) for k, v in (by_medpy(*both) | by_monai(*both)).items()})
    (folder / "masks.json").write_text(json.dumps(masks))
    (folder / "theirs.json").write_text(json.dumps(theirs))
    print("{}")


def compare(folder):
    ours, theirs = (json.loads((folder / f"{n}.json").read_text()) for n in ("ours", "theirs"))
    worst = {}
    for a, b in zip(ours, theirs, strict=True):
        for metric, value in b.items():
            apart = abs(a[metric] - value) / max(1.0, abs(value))
            worst[metric] = max(worst.get(metric, 0.0), apart)
    print(json.dumps({"pairs": len(theirs), "worst": worst}))


if __name__ == "__main__":
    {"make": make, "compare": compare}[sys.argv[1]](pathlib.Path(sys.argv[2]))
