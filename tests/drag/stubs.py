"""A generator of 32 px that needs no training: a patterned sheet of rubber that w pulls at two places."""

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from drag.types import Cut, GuideReading, Parts


class StubTaps(NamedTuple):
    features: Tensor | None
    rgb: Tensor | None
    margin: int = 0
    cut: Parts | None = None


class RubberSheet:
    """Components 0 and 1 of w, averaged over layers, shift the sheet about `LEFT` by `GAIN` px in x and y.

    Components 2 and 3 do so about `RIGHT`. So the truth is known: LEFT goes to LEFT + GAIN · w[0:2].
    """

    LEFT = (10.0, 16.0)
    RIGHT = (22.0, 16.0)
    GAIN = 50.0

    def __init__(
        self, size: int = 32, channels: int = 12, width: float = 4.0, width_px: int | None = None
    ) -> None:
        self.num_ws = 6
        self.w_dim = 8
        self.image_size = (size, width_px or size)
        self.num_blocks = 4
        self.scale = size / 32
        self.width = width * self.scale
        self.calls = 0
        random = torch.Generator().manual_seed(0)
        self.waves = torch.randn(channels, 2, generator=random) * 0.35 / self.scale
        self.phases = torch.rand(channels, generator=random) * 6.28

    def resolution(self, block: int) -> tuple[int, int]:
        factor = 2 ** (self.num_blocks - 1 - block)
        return self.image_size[0] // factor, self.image_size[1] // factor

    def features(self, ws: Tensor, height: int, width: int) -> Tensor:
        """Compute the pattern [1, C, height, width], sampled at the centres of cells."""
        self.calls += 1
        w = ws[0].mean(dim=0)
        rows = (torch.arange(height) + 0.5) * (self.image_size[0] / height) - 0.5
        columns = (torch.arange(width) + 0.5) * (self.image_size[1] / width) - 0.5
        place = torch.stack(torch.meshgrid(columns, rows, indexing="xy"), dim=-1)
        pulled = place
        for at, shift in ((self.LEFT, w[0:2]), (self.RIGHT, w[2:4])):
            middle = torch.tensor(at) * self.scale + self.GAIN * self.scale * shift
            near = torch.exp(-(place - middle).square().sum(dim=-1, keepdim=True) / (2 * self.width**2))
            pulled = pulled - near * self.GAIN * self.scale * shift
        return torch.sin(pulled @ self.waves.t() + self.phases).permute(2, 0, 1)[None]

    def synthesis(self, ws: Tensor, noise_mode: str = "const") -> Tensor:
        return 0.9 * self.features(ws, *self.image_size)[:, :3]

    def taps(
        self,
        ws: Tensor,
        feature_block: int | None = None,
        rgb_resolution: int | None = None,
        noise_mode: str = "const",
        cut: Cut | None = None,
    ) -> StubTaps:
        features = None if feature_block is None else self.features(ws, *self.resolution(feature_block))
        if rgb_resolution is None:
            return StubTaps(features, None)
        share = rgb_resolution / self.image_size[0]
        return StubTaps(features, F.interpolate(self.synthesis(ws), scale_factor=share, mode="area"))

    def start(self) -> Tensor:
        return torch.zeros(self.num_ws, self.w_dim)


class PatternGuide:
    """Wants the picture to look like the one that another w makes; knows the handle if told how."""

    def __init__(self, generator: RubberSheet, wanted: Tensor, resolution: int = 32, tolerance: float = 0.1):
        self.resolution = resolution
        self.tolerance = tolerance
        self.wanted = F.interpolate(generator.synthesis(wanted[None]), size=resolution, mode="area")
        self.first: Tensor | None = None
        self.points = torch.empty(0, 2)
        self.asked = 0

    def __call__(self, rgb: Tensor) -> GuideReading:
        assert rgb.shape[2] == self.resolution
        self.asked += 1
        difference = (rgb - self.wanted).square().mean()
        self.first = difference.detach() if self.first is None else self.first
        loss = difference / self.first
        return GuideReading(loss, self.points, loss.detach().sqrt())
