"""The training of one study file as a plain PyTorch loop.

Same network (torchvision's, or timm's for Swin and ConvNeXt, with the same drop
path, or segmentation_models.pytorch's U-Net), batch, optimiser, threads and number of images;
the images are bytes held in memory. What PyTorch can be told beside its defaults
is asked for by options: bf16 autocast, channels last, the fused optimiser; that
its allocator keeps memory, by the environment. On a GPU (`--device cuda`) also
TF32 and `--compile`, and images that a published loop would read with PIL and
augment with torchvision in other processes (`--loader pil`). With `--seconds N`
it trains for so long after some steps of warm-up, and does not validate. Prints
one line of JSON: training images per second over all epochs, and the peak
resident memory in bytes (of the GPU, what its allocator held).
"""

import argparse
import io
import itertools
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


class Drawers(torch.utils.data.Dataset):
    """Images as files that PIL opens, augmented by torchvision's classes."""

    def __init__(self, images, labels, size):
        from PIL import Image
        from torchvision import transforms

        self.files = []
        for image in images:
            file = io.BytesIO()
            Image.fromarray(image[0].numpy()).save(file, "png")
            self.files.append(file.getvalue())
        self.labels, self.image = labels, Image
        self.transform = transforms.Compose(
            [
                transforms.RandomResizedCrop(size),
                transforms.RandomHorizontalFlip(),
                transforms.ToTensor(),
                transforms.Normalize(MEAN, STD),
            ]
        )

    def __len__(self):
        return len(self.files)

    def __getitem__(self, at):
        image = self.image.open(io.BytesIO(self.files[at])).convert("RGB")
        return self.transform(image), self.labels[at]


def peak_memory(device):
    if device == "cuda":
        return torch.cuda.max_memory_reserved()
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
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    parser.add_argument("--tf32", action="store_true")
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--loader", choices=["memory", "pil"], default="memory")
    parser.add_argument("--seconds", type=float)
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
    device = args.device
    torch.backends.cuda.matmul.allow_tf32 = args.tf32
    torch.backends.cudnn.allow_tf32 = args.tf32

    def cases(n):
        images = torch.randint(0, 256, (n, 1, size, size), dtype=torch.uint8)
        shape = (n, STRUCTURES, size, size) if masks else (n, OUTPUTS)
        labels = torch.randint(0, 2, shape).float()
        return images.to(device), labels.to(device)

    train, val = cases(phantom["train"]), cases(phantom["val"])
    scale = torch.tensor([1 / (255 * s) for s in STD], device=device).view(1, 3, 1, 1)
    shift = torch.tensor([-m / s for m, s in zip(MEAN, STD)], device=device).view(1, 3, 1, 1)
    network = build_unet(backbone) if masks else build(backbone)
    layout = torch.channels_last if args.channels_last else torch.contiguous_format
    network = network.to(device, memory_format=layout)
    # None is PyTorch's own choice: on a CPU one operator after the other.
    fused = True if args.fused else None
    optimizer = torch.optim.AdamW(
        network.parameters(), lr=2e-4, weight_decay=0.01, fused=fused
    )

    forward = torch.compile(network) if args.compile else network

    def output(images):
        if images.dtype == torch.uint8:
            images = images.float() * scale + shift
        images = images.contiguous(memory_format=layout)
        with torch.autocast(device, torch.bfloat16, enabled=args.bf16):
            logits = forward(images)
        return logits.float()

    criterion = dice_and_bce if masks else torch.nn.BCEWithLogitsLoss()

    def step(images, labels):
        loss = criterion(output(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.detach() * len(images)

    def passes():
        """Batches without an end; those of a pass that are whole."""
        if args.loader == "memory":
            for _ in itertools.count():
                for of_step in torch.randperm(len(train[0]), device=device).split(batch):
                    if len(of_step) == batch:
                        yield train[0][of_step], train[1][of_step]
        drawers = Drawers(train[0].cpu(), train[1].cpu(), size)
        # A pass of a few batches would measure how workers start.
        sampler = torch.utils.data.RandomSampler(drawers, True, 1_000_000)
        loader = torch.utils.data.DataLoader(
            drawers, batch, sampler=sampler, num_workers=args.threads, pin_memory=device == "cuda"
        )
        for images, labels in loader:
            yield images.to(device, non_blocking=True), labels.to(device, non_blocking=True)

    def told(images_per_second):
        memory = peak_memory(device)
        figures = {"images_per_second": images_per_second, "peak_memory": memory}
        print(json.dumps({**figures, "torch": torch.__version__}))

    if args.seconds is not None:
        batches = passes()
        for _ in range(5):
            step(*next(batches)).item()
        begin, images = time.perf_counter(), 0
        while time.perf_counter() - begin < args.seconds:
            # The clock looks at what was done now and then, not at every step.
            for _ in range(4):
                loss = step(*next(batches))
                images += batch
            loss.item()
        return told(images / (time.perf_counter() - begin))

    seconds = 0.0
    for _ in range(recipe["epochs"]):
        begin = time.perf_counter()
        network.train()
        total = torch.zeros((), device=device)
        for of_step in torch.randperm(len(train[0]), device=device).split(batch):
            total += step(train[0][of_step], train[1][of_step])
        total.item()
        seconds += time.perf_counter() - begin
        network.eval()
        with torch.no_grad():
            for images, labels in zip(
                val[0].split(recipe["eval_batch_size"]), val[1].split(recipe["eval_batch_size"])
            ):
                criterion(output(images), labels).item()
    told(recipe["epochs"] * phantom["train"] / seconds)


if __name__ == "__main__":
    main()
