"""Twenty steps of segmentation_models.pytorch's U-Net on eight images.

`make FOLDER` writes images, masks, a manifest, a study file and the network's initial
weights, takes the steps and writes their losses. `compare FOLDER` prints, as one line
of JSON, by how much the losses that were written to `ours.json` differ, relatively.

In 64 bits: in 32 the two programs begin with losses that agree to 1.7e-7, and a step
of such a network makes a thousand times as much of the rounding before it.
"""

import json
import pathlib
import sys

import numpy as np
from PIL import Image

STEPS, IMAGES, SIZE, RATE = 20, 8, 64, 1e-3
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
STUDY = f"""[study]
name = "steps"
seeds = [0]
[tasks.disc]
source = "manifest"
path = "manifest.csv"
target = "segmentation"
labels = ["mask"]
[models.net]
backbone = "mobilenet_v2"
decoder = "unet"
[inits.random]
random = true
[recipe]
optimizer = "adamw"
schedule = "constant"
learning_rate = {RATE}
batch_size = {IMAGES}
epochs = {STEPS}
image_size = {SIZE}
augmentation = "none"
memory_format = "contiguous"
loss = "dice+bce"
precision = "f64"
"""


def pictures():
    """Discs on noise, and where they are."""
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:SIZE, :SIZE]
    for _ in range(IMAGES):
        cx, cy, r = rng.uniform(20, 44), rng.uniform(20, 44), rng.uniform(8, 18)
        mask = (x - cx) ** 2 + (y - cy) ** 2 < r**2
        noise = rng.normal(0, 25, (SIZE, SIZE))
        yield np.clip(90 + 60 * mask + noise, 0, 255).astype(np.uint8), mask


def make(folder):
    import safetensors.torch
    import segmentation_models_pytorch
    import torch

    from train import dice_and_bce

    torch.manual_seed(0)
    torch.set_num_threads(1)
    network = segmentation_models_pytorch.Unet("mobilenet_v2", encoder_weights=None, classes=1)
    weights = {k: v for k, v in network.state_dict().items() if not k.endswith("num_batches_tracked")}
    safetensors.torch.save_file(weights, folder / "weights.safetensors")
    rows, images, masks = ["image,mask,split"], [], []
    for index, (image, mask) in enumerate(pictures()):
        Image.fromarray(image).save(folder / f"{index}.png")
        Image.fromarray(mask.astype(np.uint8) * 255).save(folder / f"{index}_mask.png")
        rows.append(f"{index}.png,{index}_mask.png,train")
        images.append(image)
        masks.append(mask)
    # Other images than those that are trained on.
    for split, image in (("val", 255 - images[0]), ("test", 255 - images[1])):
        Image.fromarray(image).save(folder / f"{split}.png")
        rows.append(f"{split}.png,0_mask.png,{split}")
    (folder / "manifest.csv").write_text("\n".join(rows) + "\n")
    (folder / "study.toml").write_text(STUDY)

    # Drawn in the network's own dropout: none of it is left on, as here.
    network.double().train()
    for module in network.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    batch = torch.tensor(np.stack(images)).double()[:, None].repeat(1, 3, 1, 1) / 255
    mean, std = (torch.tensor(v, dtype=torch.float64).view(1, 3, 1, 1) for v in (MEAN, STD))
    batch, truth = (batch - mean) / std, torch.tensor(np.stack(masks)).double()[:, None]
    optimizer = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=0.01)
    losses = []
    for _ in range(STEPS):
        loss = dice_and_bce(network(batch), truth)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    (folder / "theirs.json").write_text(json.dumps(losses))
    print("{}")


def compare(folder):
    ours, theirs = (json.loads((folder / f"{n}.json").read_text()) for n in ("ours", "theirs"))
    apart = [abs(a - b) / abs(b) for a, b in zip(ours, theirs, strict=True)]
    print(json.dumps({"steps": len(apart), "largest": max(apart), "first": theirs[0], "last": theirs[-1]}))


folder = pathlib.Path(sys.argv[2])
make(folder) if sys.argv[1] == "make" else compare(folder)
