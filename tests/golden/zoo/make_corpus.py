"""Writes corpus/: one small valid checkpoint per container.

Made with Python 3.11, torch 2.11.0, numpy 2.4.6, safetensors 0.8.0, dill 0.4.1.
bundle.zip is written by src/zoo/tests/writers (TensorFlow is not needed).
"""
import collections, sys, types
import dill, numpy as np, torch
from safetensors.torch import save_file

base = torch.arange(12, dtype=torch.float32)
state = collections.OrderedDict(
    [
        ("whole", base.view(3, 4)),
        ("part", base[2:8].view(2, 3)),
        ("turned", base.view(3, 4).t()),
        ("half", torch.tensor([1.5, -2.0], dtype=torch.float16)),
        ("brain", torch.tensor([1.5, -2.0], dtype=torch.bfloat16)),
        ("double", torch.tensor([0.1, 1e300], dtype=torch.float64)),
        ("count", torch.tensor(7, dtype=torch.int64)),
        ("flags", torch.tensor([True, False, True])),
        ("bytes", torch.tensor([1, 255], dtype=torch.uint8)),
        ("none", torch.zeros(0, 3)),
    ]
)
momentum = {"state": {0: {"buffer": torch.ones(2)}}, "param_groups": [{"lr": 0.1, "params": [0]}]}
whole = {"epoch": 3, "state_dict": state, "optimizer": momentum, "best": 0.5}
torch.save(whole, "corpus/torch_zip.pth")
torch.save(whole, "corpus/torch_legacy.pth", _use_new_zipfile_serialization=False)
save_file({k: v.contiguous().clone() for k, v in state.items()}, "corpus/plain.safetensors")

# BYOL's layout: a named tuple in a dict, Haiku's frozen dicts, numpy leaves.
haiku = types.ModuleType("haiku._src.data_structures")


class FlatMapping(dict):
    def __reduce__(self):
        return FlatMapping, (dict(self),)


FlatMapping.__module__, FlatMapping.__qualname__ = haiku.__name__, "FlatMapping"
haiku.FlatMapping = FlatMapping
parent = None
for name in ("haiku", "haiku._src", haiku.__name__):
    module = haiku if name == haiku.__name__ else types.ModuleType(name)
    sys.modules[name] = module
    if parent is not None:
        setattr(parent, name.rsplit(".")[-1], module)
    parent = module
State = collections.namedtuple("_ByolExperimentState", "online_params target_params online_state")
params = FlatMapping(
    {
        "net/~/conv": FlatMapping({"w": np.arange(24, dtype=np.float32).reshape(1, 2, 3, 4) - 3}),
        "net/~/norm": FlatMapping({"scale": np.asfortranarray(np.arange(6.0).reshape(2, 3))}),
    }
)
counts = FlatMapping({"net/~/norm": FlatMapping({"average": np.array([1, 2], dtype=">f4")})})
content = {"experiment_state": State(params, params, counts), "step": 5, "rng": None}
with open("corpus/byol.pkl", "wb") as file:
    dill.dump(content, file, protocol=2)
