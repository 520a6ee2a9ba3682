"""The reference figures of ../shared/golden, and a few small ones beside the tests, as the tests use them."""

import json
import zlib
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch

from training import networks_stylegan2, networks_stylegan3
from training.generator import GeneratorBase

GOLDEN = Path(__file__).parents[3] / "shared" / "golden"
SMALL = Path(__file__).parent / "data" / "published_small.npz"

# Tolerances of the reference figures, relative to the largest value: see the README there.
IMAGE, GRADIENT, MAPPING = 2e-5, 1e-4, 1e-5

needs_golden = pytest.mark.skipif(
    not GOLDEN.is_dir(), reason="the reference figures are not beside the checkout"
)


class Published(NamedTuple):
    """What published code gave for one network: arrays, and what they are."""

    arrays: dict[str, np.ndarray]
    about: dict[str, Any]

    @classmethod
    def load(cls, name: str) -> "Published":
        with np.load(GOLDEN / f"{name}.npz", allow_pickle=False) as file:
            arrays = {key: file[key] for key in file.files}
        return cls(arrays, json.loads(str(arrays.pop("meta_json"))))

    def tensor(self, key: str) -> torch.Tensor:
        return torch.from_numpy(self.arrays[key]).float()

    def state(self) -> dict[str, torch.Tensor]:
        states = self.arrays
        if self.about["pkl"] == "stylegan2_256.pkl":
            with np.load(GOLDEN / "drag" / "net_stylegan2_256.npz", allow_pickle=False) as file:
                states = {key: file[key] for key in file.files}
        return {
            key.removeprefix("state/"): torch.from_numpy(value)
            for key, value in states.items()
            if key.startswith("state/")
        }

    def generator(self) -> GeneratorBase:
        generator = generator_class(self.about["pkl"])(**self.about["init_kwargs"])
        generator.load_state_dict(self.state())
        return generator.eval().requires_grad_(False)


def generator_class(name: str) -> Any:
    return (networks_stylegan3 if name.startswith("stylegan3") else networks_stylegan2).Generator


def difference(found: torch.Tensor, expected: np.ndarray | torch.Tensor) -> float:
    """Largest difference, relative to the largest value of what was expected."""
    expected = torch.as_tensor(expected)
    assert found.shape == expected.shape
    return float((found.detach() - expected).abs().max() / expected.abs().max())


def seeded_state(shapes: dict[str, tuple[int, ...]]) -> dict[str, torch.Tensor]:
    """Numbers for every tensor of a network, from its name alone, so that no weights need be stored.

    Filters, and the transform of StyleGAN3's input, are left out: they are what the network makes them.
    """
    state = {}
    for name, shape in shapes.items():
        if not name.endswith(("_filter", "input.transform")):
            random = np.random.RandomState(zlib.crc32(name.encode()))
            value: np.ndarray = np.asarray(random.randn(*shape))
            if name.startswith("mapping.fc") and name.endswith("weight"):
                value = value * 100
            if name.endswith("magnitude_ema"):
                value = np.abs(value) + 0.5
            if name.endswith("affine.bias"):
                value = 1 + 0.2 * value
            if name.endswith("input.affine.weight"):
                value = 0.1 * value
            state[name] = torch.from_numpy(np.asarray(value, dtype=np.float32))
    return state


SMALL_NETWORKS: dict[str, dict[str, Any]] = {
    "stylegan2_skip": {
        "c_dim": 2,
        "architecture": "skip",
        "conv_clamp": 3.0,
        "mapping_kwargs": {"num_layers": 3},
    },
    "stylegan2_resnet": {"architecture": "resnet", "mapping_kwargs": {"num_layers": 2, "layer_features": 10}},
    "stylegan2_orig": {"architecture": "orig", "use_noise": False, "mapping_kwargs": {"num_layers": 1}},
    "stylegan3_t": {"num_layers": 6, "margin_size": 4, "first_cutoff": 1.0, "first_stopband": 2.0},
    "stylegan3_r": {
        "num_layers": 6,
        "margin_size": 4,
        "first_cutoff": 1.0,
        "first_stopband": 2.0,
        "conv_kernel": 1,
        "use_radial_filters": True,
    },
}
for _kwargs in SMALL_NETWORKS.values():
    _kwargs |= {"z_dim": 8, "w_dim": 12, "img_resolution": 16, "img_channels": 3}
    _kwargs |= {"c_dim": _kwargs.get("c_dim", 0), "channel_base": 96, "channel_max": 10}
