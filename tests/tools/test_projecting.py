"""A photograph goes on where it was, unless what was kept is of no use."""

import copy
from typing import Any

import numpy as np
import torch

from tools.projecting import GeneratorProjector
from training.networks_stylegan2 import Generator
from training.projection_state import load_state

SMALL: dict[str, Any] = {
    "z_dim": 6, "c_dim": 0, "w_dim": 6, "img_resolution": 32, "img_channels": 3,
    "channel_base": 256, "channel_max": 16, "mapping_kwargs": {"num_layers": 1},
}  # fmt: skip


def test_what_was_kept_of_another_checkpoint_is_begun_anew_and_written_over(tmp_path):
    torch.manual_seed(0)
    first = Generator(**SMALL).eval().requires_grad_(False)
    first.source_sha256 = "ab" * 32
    other = copy.deepcopy(first)
    other.source_sha256 = "cd" * 32
    photo = np.random.default_rng(1).integers(0, 256, (32, 32, 3), dtype=np.uint8)
    keep = tmp_path / "kept" / "photo.state"
    for generator in (first, other):
        steps = GeneratorProjector(generator).project(photo, "quick", keep)
        begun = next(steps)
        next(steps)
        steps.close()
        assert begun.stage == "start" and "taken up" not in begun.message
        assert load_state(keep).generator_sha256 == generator.source_sha256
    # Its own, on the other hand, is gone on with.
    steps = GeneratorProjector(other).project(photo, "quick", keep)
    assert next(steps).done == 2
    steps.close()
