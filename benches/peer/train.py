"""The training of one study file as a plain PyTorch loop.

Same network (torchvision's, or timm's for Swin and ConvNeXt, with the same drop
path, or segmentation_models.pytorch's U-Net), batch, optimiser, threads and number of images;
the images are bytes held in memory. What PyTorch can be told beside its defaults
is asked for by options: bf16 autocast, channels last, the fused optimiser; that
its allocator keeps memory, by the environment. Prints one line of JSON: training
images per second over all epochs, and the peak resident memory in bytes.
"""

import argparse
import json
import time
import tomllib

import torch

# The phantom's findings.
OUTPUTS = 5
# Of its anatomy: lungs and heart.
STRUCTURES = 2
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


# Drop path as ours, where a network has one.
TIMM = {
    "swin_tiny": ("swin_tiny_patch4_window7_224", {"drop_path_rate": 0.1}),
    "convnext_tiny": ("convnext_tiny", {"drop_path_rate": 0.0}),
}


def build(backbone):
    # Imported where it is used: each takes memory.
    if backbone in TIMM:
        import timm

        name, options = TIMM[backbone]
        return timm.create_model(name, num_classes=OUTPUTS, **options)
    import torchvision

    return getattr(torchvision.models, backbone)(num_classes=OUTPUTS)


def build_unet(backbone):
    import segmentation_models_pytorch

    return segmentation_models_pytorch.Unet(backbone, encoder_weights=None, classes=STRUCTURES)


def dice_and_bce(logits, truth):
    """Cross-entropy plus one minus the soft Dice of the batch, mean over structures."""
    p = logits.sigmoid()
    both = (p * truth).sum((0, 2, 3))
    dice = (2 * both + 1) / (p.sum((0, 2, 3)) + truth.sum((0, 2, 3)) + 1)
    cross = torch.nn.functional.binary_cross_entropy_with_logits(logits, truth)
    return cross + (1 - dice).mean()


def peak_memory():
    with open("/proc/self/status") as status:
        line = next(line for line in status if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("study")
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--bf16", action="store_true")
    parser.add_argument("--channels-last", action="store_true")
    parser.add_argument("--fused", action="store_true")
    args = parser.parse_args()
    with open(args.study, "rb") as file:
        study = tomllib.load(file)
    recipe = study["recipe"]
    task = study["tasks"]["findings"]
    phantom, masks = task["phantom"], task["target"] == "segmentation"
    backbone = next(iter(study["models"].values()))["backbone"]
    size, batch = recipe["image_size"], recipe["batch_size"]

    torch.set_num_threads(args.threads)
    torch.manual_seed(0)

    def cases(n):
        images = torch.randint(0, 256, (n, 1, size, size), dtype=torch.uint8)
        shape = (n, STRUCTURES, size, size) if masks else (n, OUTPUTS)
        return images, torch.randint(0, 2, shape).float()

    train, val = cases(phantom["train"]), cases(phantom["val"])
    scale = torch.tensor([1 / (255 * s) for s in STD]).view(1, 3, 1, 1)
    shift = torch.tensor([-m / s for m, s in zip(MEAN, STD)]).view(1, 3, 1, 1)
    network = build_unet(backbone) if masks else build(backbone)
    layout = torch.channels_last if args.channels_last else torch.contiguous_format
    network = network.to(memory_format=layout)
    # None is PyTorch's own choice: on a CPU one operator after the other.
    fused = True if args.fused else None
    optimizer = torch.optim.AdamW(
        network.parameters(), lr=2e-4, weight_decay=0.01, fused=fused
    )

    def output(images):
        images = (images.float() * scale + shift).contiguous(memory_format=layout)
        with torch.autocast("cpu", torch.bfloat16, enabled=args.bf16):
            logits = network(images)
        return logits.float()

    criterion = dice_and_bce if masks else torch.nn.BCEWithLogitsLoss()

    seconds = 0.0
    for _ in range(recipe["epochs"]):
        begin = time.perf_counter()
        network.train()
        total = torch.zeros(())
        for cases_of_step in torch.randperm(len(train[0])).split(batch):
            loss = criterion(output(train[0][cases_of_step]), train[1][cases_of_step])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.detach() * len(cases_of_step)
        total.item()
        seconds += time.perf_counter() - begin
        network.eval()
        with torch.no_grad():
            for images, labels in zip(
                val[0].split(recipe["eval_batch_size"]), val[1].split(recipe["eval_batch_size"])
            ):
                criterion(output(images), labels).item()
    print(
        json.dumps(
            {
                "images_per_second": recipe["epochs"] * phantom["train"] / seconds,
                "peak_memory": peak_memory(),
                "torch": torch.__version__,
            }
        )
    )


if __name__ == "__main__":
    main()
