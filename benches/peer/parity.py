"""The same network with the same random weights in torchvision or timm.

`make NETWORK FOLDER` builds it, draws its weights, saves its state dict as the
public checkpoint of that network has it, and an input with the reference's
logits and pooled features. `compare FOLDER` prints, as one line of JSON, the
largest difference of `logits.npy` and `features.npy` from them, relative to the
standard deviation of the reference.
"""

import argparse
import json
import pathlib

import numpy as np

IMAGES, CLASSES, SIZE = 2, 14, 224
# Ours: the function that builds it.
TORCHVISION = [
    "resnet18", "resnet34", "resnet50", "resnet101", "resnet152", "wide_resnet50_2",
    "densenet121", "mobilenet_v2",
]
TIMM = {
    "swin_tiny": "swin_tiny_patch4_window7_224",
    "swin_small": "swin_small_patch4_window7_224",
    "swin_base": "swin_base_patch4_window7_224",
    "convnext_tiny": "convnext_tiny",
    "convnext_small": "convnext_small",
    "convnext_base": "convnext_base",
    "deit_tiny": "deit_tiny_patch16_224",
    "deit_small": "deit_small_patch16_224",
    "deit_base": "deit_base_patch16_224",
}


def build(name):
    """The network, and its pooled features as a function of images."""
    if name in TORCHVISION:
        import torchvision

        network = getattr(torchvision.models, name)(num_classes=CLASSES)
        head = "fc" if hasattr(network, "fc") else "classifier"
    else:
        import timm

        network = timm.create_model(TIMM[name], num_classes=CLASSES)
        head = "head.fc" if hasattr(network.head, "fc") else "head"
    return network.eval(), head


def draw(network):
    """Values that no layer hides: a fresh batch norm or layer scale is nearly
    the identity or nothing."""
    import torch

    with torch.no_grad():
        for key, value in network.state_dict().items():
            last = key.rsplit(".", 1)[-1]
            if last == "running_mean":
                value.normal_(0, 0.1)
            elif last == "running_var":
                value.uniform_(0.5, 1.5)
            elif last == "gamma":
                value.uniform_(0, 0.5)
            elif last == "bias":
                value.normal_(0, 0.05)
            elif last == "relative_position_bias_table":
                value.normal_(0, 0.5)


def official_swin(state):
    """timm's names to those of the official files: there the merging is the end
    of a stage, in timm the beginning of the next."""
    named = {}
    for key, value in state.items():
        parts = key.split(".")
        if parts[0] == "layers" and parts[2] == "downsample":
            parts[1] = str(int(parts[1]) - 1)
        if parts[:2] == ["head", "fc"]:
            parts.pop(1)
        named[".".join(parts)] = value
    return named


def save(name, network, path):
    import torch

    state = network.state_dict()
    if name.startswith("swin"):
        state = {"model": official_swin(state)}
    elif name.startswith("deit"):
        state = {"model": state}
    torch.save(state, path)


def make(name, folder):
    import torch

    torch.manual_seed(0)
    network, head = build(name)
    draw(network)
    save(name, network, folder / "weights.pth")
    images = torch.randn(IMAGES, 3, SIZE, SIZE)
    seen = {}
    module = network.get_submodule(head)
    module.register_forward_pre_hook(lambda _, inputs: seen.update(features=inputs[0]))
    with torch.no_grad():
        logits = network(images)
    np.save(folder / "input.npy", images.numpy())
    np.save(folder / "reference_logits.npy", logits.numpy())
    np.save(folder / "reference_features.npy", seen["features"].numpy())


def compare(folder):
    worst = {}
    for what in ("logits", "features"):
        ours = np.load(folder / f"{what}.npy").astype(np.float64)
        reference = np.load(folder / f"reference_{what}.npy").astype(np.float64)
        if ours.shape != reference.shape:
            raise SystemExit(f"{what}: shapes {ours.shape} and {reference.shape}")
        worst[what] = float(abs(ours - reference).max() / reference.std())
    print(json.dumps(worst))


def main():
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list")
    making = commands.add_parser("make")
    making.add_argument("network", choices=[*TORCHVISION, *TIMM])
    making.add_argument("folder", type=pathlib.Path)
    comparing = commands.add_parser("compare")
    comparing.add_argument("folder", type=pathlib.Path)
    args = parser.parse_args()
    if args.command == "list":
        print(json.dumps([*TORCHVISION, *TIMM]))
    elif args.command == "make":
        make(args.network, args.folder)
        print("{}")
    else:
        compare(args.folder)


if __name__ == "__main__":
    main()
