"""One state of a projection, as a front sees it."""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from dnnlib.errors import EditorError
from training.generator import GeneratorBase
from training.projection_stages import draw
from training.tuned import with_weights

StageName = Literal["start", "w", "w+", "tuning"]
Picture = npt.NDArray[np.uint8]


class ProjectionError(EditorError):
    """A photograph cannot be brought into this generator."""


@dataclass(frozen=True, eq=False)
class ProjectionStep:
    """One state of a projection.

    Attributes:
        stage: "start", "w", "w+" or "tuning".
        done: steps done; what a stage did not need counts as done.
        total: steps in all.
        w: [num_ws, w_dim] float32, detached.
        distance: how far its picture is from the photograph; comparable within a stage.
        best: nothing came nearer before in this stage; each stage begins with the best of the one before.
        seconds_left: what the rest will take, as far as is known; None before the first steps.
        ended: why this is the last step, e.g. "done"; None if it is not. The last step is the best state.
        message: one line for a person.
        original: the generator that was handed in.
        weights: what tuning has changed of it, empty before that stage.
    """

    stage: StageName
    done: int
    total: int
    w: Tensor
    distance: float
    best: bool
    seconds_left: float | None
    ended: str | None
    message: str
    original: GeneratorBase = field(repr=False)
    weights: dict[str, Tensor] = field(default_factory=dict, repr=False)
    _kept: dict[str, object] = field(default_factory=dict, repr=False)

    @property
    def generator(self) -> GeneratorBase:
        """What draws this state: the original, or a tuned copy, which is made when it is first asked for."""
        if not self.weights:
            return self.original
        if "generator" not in self._kept:
            self._kept["generator"] = with_weights(self.original, self.weights)
        found = self._kept["generator"]
        assert isinstance(found, GeneratorBase)
        return found

    def frame(self) -> Picture:
        """Draw this state: uint8 RGB [H, W, 3]. It is drawn when first asked for, and kept."""
        if "frame" not in self._kept:
            rgb = self._kept.pop("rgb", None)
            if not isinstance(rgb, Tensor) or rgb.shape[2] != self.original.image_size[0]:
                with torch.no_grad():
                    rgb = draw(self.generator, self.w[None])
            self._kept["frame"] = as_pixels(rgb)
        found = self._kept["frame"]
        assert isinstance(found, np.ndarray)
        return found


def as_pixels(rgb: Tensor) -> Picture:
    """Turn a picture [1, 3, H, W], about -1..1, into uint8 [H, W, 3]."""
    pixels = (rgb[0] * 127.5 + 128).clamp(0, 255).to(torch.uint8)
    return np.asarray(pixels.permute(1, 2, 0).contiguous().cpu().numpy())
