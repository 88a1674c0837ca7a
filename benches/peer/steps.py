"""Twenty steps of another library's network on a few images, from equal weights.

`list` prints the networks; `make NETWORK FOLDER` writes images, what is true of them,
a manifest, a study file and the network's initial weights, takes the steps and writes
their losses. `compare FOLDER` prints, as one line of JSON, by how much the losses that
were written to `ours.json` differ, relatively.

In 64 bits: in 32 the two programs begin with losses that agree to 1.7e-7, and a step
of a U-Net makes a thousand times as much of the rounding before it. Nothing is drawn
in a step: dropout and drop path are off on both sides.
"""

import json
import pathlib
import sys

import numpy as np
from PIL import Image

import parity

STEPS, RATE = 20, 1e-3
UNET = "unet"
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
TASKS = {
    "segmentation": 'target = "segmentation"\nlabels = ["mask"]',
    "multi-label": f'target = "multi-label"\nlabels = {[f"l{i}" for i in range(parity.CLASSES)]}',
}
STUDY = """[study]
name = "steps"
seeds = [0]
[tasks.disc]
source = "manifest"
path = "manifest.csv"
{task}
[models.net]
backbone = "{backbone}"
{decoder}
[inits.random]
random = true
[recipe]
optimizer = "adamw"
schedule = "constant"
learning_rate = {rate}
batch_size = {images}
epochs = {steps}
image_size = {size}
augmentation = "none"
memory_format = "contiguous"
precision = "f64"
{loss}
"""


def names():
    # The head of MobileNetV2 draws; as the encoder of a U-Net it is compared.
    classifiers = [name for name in (*parity.TORCHVISION, *parity.TIMM) if name != "mobilenet_v2"]
    return [UNET, *classifiers]


def pictures(count, size):
    """Discs on noise, and where they are."""
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:size, :size]
    low, high = 0.3125 * size, 0.6875 * size
    for _ in range(count):
        cx, cy, r = rng.uniform(low, high), rng.uniform(low, high), rng.uniform(size / 8, size * 0.28)
        mask = (x - cx) ** 2 + (y - cy) ** 2 < r**2
        noise = rng.normal(0, 25, (size, size))
        yield np.clip(90 + 60 * mask + noise, 0, 255).astype(np.uint8), mask


def build(name, folder):
    import safetensors.torch

    if name == UNET:
        import segmentation_models_pytorch

        network = segmentation_models_pytorch.Unet("mobilenet_v2", encoder_weights=None, classes=1)
        state = network.state_dict()
        weights = {k: v for k, v in state.items() if not k.endswith("num_batches_tracked")}
        safetensors.torch.save_file(weights, folder / "weights.safetensors")
        return network
    network, _ = parity.build(name)
    parity.save(name, network, folder / "weights.pth")
    return network


def write(folder, found, masks, labels):
    """The files of the study; those of the validation and test cases are other images."""
    head = "image,mask,split" if masks else "image,split," + ",".join(f"l{i}" for i in range(labels.shape[1]))
    rows = [head]
    splits = ["train"] * len(found) + ["val", "test"]
    images = [image for image, _ in found] + [255 - found[0][0], 255 - found[1][0]]
    for index, (image, split) in enumerate(zip(images, splits)):
        of = index % len(found)
        Image.fromarray(image).save(folder / f"{index}.png")
        if masks:
            Image.fromarray(found[of][1].astype(np.uint8) * 255).save(folder / f"{index}_mask.png")
            rows.append(f"{index}.png,{index}_mask.png,{split}")
        else:
            rows.append(f"{index}.png,{split}," + ",".join(str(int(v)) for v in labels[of]))
    (folder / "manifest.csv").write_text("\n".join(rows) + "\n")


def make(name, folder):
    import torch

    from train import dice_and_bce

    masks = name == UNET
    # Windows and patches tile the native size; batch norm wants some images.
    count, size = (2, 224) if name in parity.TIMM else (8, 64)
    torch.manual_seed(0)
    torch.set_num_threads(1)
    network = build(name, folder)
    found = list(pictures(count, size))
    labels = np.random.default_rng(1).integers(0, 2, (count, parity.CLASSES))
    # A class without a case, or with nothing else, is refused.
    labels[1] = 1 - labels[0]
    write(folder, found, masks, labels)
    study = STUDY.format(
        task=TASKS["segmentation" if masks else "multi-label"].replace("'", '"'),
        backbone="mobilenet_v2" if masks else name,
        decoder='decoder = "unet"' if masks else "",
        loss='loss = "dice+bce"' if masks else "",
        rate=RATE,
        images=count,
        steps=STEPS,
        size=size,
    )
    (folder / "study.toml").write_text(study)

    network.double().train()
    for module in network.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
        if hasattr(module, "drop_prob"):
            module.drop_prob = 0.0
    batch = torch.tensor(np.stack([image for image, _ in found])).double()
    batch = batch[:, None].repeat(1, 3, 1, 1) / 255
    mean, std = (torch.tensor(v, dtype=torch.float64).view(1, 3, 1, 1) for v in (MEAN, STD))
    batch = (batch - mean) / std
    if masks:
        criterion, truth = dice_and_bce, torch.tensor(np.stack([m for _, m in found])).double()[:, None]
    else:
        criterion, truth = torch.nn.BCEWithLogitsLoss(), torch.tensor(labels).double()
    optimizer = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=0.01)
    losses = []
    for _ in range(STEPS):
        loss = criterion(network(batch), truth)
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


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["list"]:
            print(json.dumps(names()))
        case ["make", name, folder]:
            make(name, pathlib.Path(folder))
        case ["compare", folder]:
            compare(pathlib.Path(folder))
