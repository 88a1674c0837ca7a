"""A checkpoint into timm's ConvNeXt-B with `torch.load` and `load_state_dict`.

Prints one line of JSON: seconds, and the MiB by which the process grew
meanwhile, at most.
"""

import json
import sys
import time

import torch

from parity import build


def memory(field):
    with open("/proc/self/status") as status:
        line = next(line for line in status if line.startswith(field))
    return int(line.split()[1]) / 1024


def main():
    network, _ = build("convnext_base")
    with open("/proc/self/clear_refs", "w") as peak:
        peak.write("5")
    before = memory("VmRSS:")
    begin = time.perf_counter()
    network.load_state_dict(torch.load(sys.argv[1], map_location="cpu", weights_only=True))
    seconds = time.perf_counter() - begin
    print(json.dumps({"seconds": seconds, "memory_mib": memory("VmHWM:") - before}))


main()
