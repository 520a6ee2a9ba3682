"""A small generator to project into, and pictures to project, for tests."""

from typing import Any

import numpy as np
import torch

from training.networks_stylegan2 import Generator
from training.projection_stages import draw
from training.projection_step import as_pixels

SMALL: dict[str, Any] = {
    "z_dim": 6,
    "c_dim": 0,
    "w_dim": 6,
    "img_resolution": 32,
    "img_channels": 3,
    "channel_base": 256,
    "channel_max": 16,
    "mapping_kwargs": {"num_layers": 1, "activation": "linear", "lr_multiplier": 1.0},
}
TINY: dict[str, Any] = {"w_steps": 6, "plus_steps": 4, "tuning_steps": 4, "seeds": 4, "quick_floats": False}


def small_generator():
    torch.manual_seed(0)
    made = Generator(**SMALL).eval().requires_grad_(False)
    made.source_sha256 = "ab" * 32
    return made


def own_photo(generator):
    """Draw one of the generator's own pictures; with it goes its w."""
    w = generator.mapping(torch.randn(1, 6, generator=torch.Generator().manual_seed(5)))[0]
    return as_pixels(draw(generator, w[None])), w


def other_photo():
    return np.random.default_rng(1).integers(0, 256, (32, 32, 3), dtype=np.uint8)


def apart(first, second):
    return float(np.abs(first.astype(float) - second.astype(float)).mean())
