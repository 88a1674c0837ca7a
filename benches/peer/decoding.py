"""Images from files to 256 x 256 pixels, as the published code brings them there.

`make FOLDER` writes grey PNGs of 1024 x 1024 and colour JPEGs of 500 x 375 pixels, in
a folder per kind with a class folder inside. `measure FOLDER` opens each with PIL,
converts it to RGB and resizes it bilinearly (antialiased), on one core, and prints
images per second as one line of JSON.
"""

import json
import pathlib
import sys
import time

import numpy as np
from PIL import Image

COUNT, SIZE, ROUNDS = 48, 256, 3
KINDS = {"png": ("png", (1024, 1024), 1), "jpeg": ("jpg", (375, 500), 3)}


def image(rng, shape, channels):
    """Smooth shapes with some grain, about as hard to compress as a radiograph."""
    height, width = shape
    small = rng.uniform(40, 215, (height // 32 + 1, width // 32 + 1, channels))
    smooth = np.stack(
        [
            np.asarray(Image.fromarray(small[..., c].astype(np.float32)).resize((width, height), 3))
            for c in range(channels)
        ],
        -1,
    )
    grain = rng.normal(0, 3, (height, width, channels))
    return np.clip(smooth + grain, 0, 255).astype(np.uint8)


def make(folder):
    rng = np.random.default_rng(0)
    for name, (ending, shape, channels) in KINDS.items():
        for index in range(COUNT):
            place = folder / name / ("a" if index % 2 else "b")
            place.mkdir(parents=True, exist_ok=True)
            pixels = image(rng, shape, channels)
            picture = Image.fromarray(pixels[..., 0] if channels == 1 else pixels)
            picture.save(place / f"{index}.{ending}", **({"quality": 90} if channels == 3 else {}))
    print("{}")


def measure(folder):
    found = {}
    for name in KINDS:
        files = sorted((folder / name).rglob("*.*"))
        best = float("inf")
        for _ in range(ROUNDS):
            begin = time.perf_counter()
            for file in files:
                with Image.open(file) as picture:
                    np.asarray(picture.convert("RGB").resize((SIZE, SIZE), Image.BILINEAR))
            best = min(best, time.perf_counter() - begin)
        found[name] = len(files) / best
    print(json.dumps(found))


folder = pathlib.Path(sys.argv[2])
make(folder) if sys.argv[1] == "make" else measure(folder)
