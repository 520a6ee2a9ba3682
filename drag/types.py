"""The words in which the engine is spoken to: what it needs, what it is asked, and what it answers."""

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from dnnlib.errors import EditorError
from drag.config import DragConfig
from drag.request import DragRequest, FloatArray, RequestError

__all__ = [
    "DragConfig",
    "DragError",
    "DragRequest",
    "DragStep",
    "EndReason",
    "FloatArray",
    "Generator",
    "Guide",
    "GuideReading",
    "RequestError",
    "Taps",
]


class DragError(EditorError):
    """A drag broke down: the generator or the loss gave something that is not a number."""


# ----------------------------------------------------------------------------
# What the engine needs: a generator.


# Rectangles (top, left, bottom, right) that are wanted, and up to which height whole maps are wanted besides.
Cut = tuple[tuple[tuple[int, int, int, int], ...], int]


class Parts(Protocol):
    """Rectangles of what was asked for, and the highest maps below them that are whole."""

    @property
    def parts(self) -> tuple[Tensor, ...]:
        """One [N, C, *size] for each rectangle: features, or pictures if no features were asked for."""

    @property
    def features(self) -> Tensor:
        """Whole features [N, C, h, w] of a lower block."""

    @property
    def rgb(self) -> Tensor | None:
        """The whole picture [N, 3, r, r] of that block; None if features were asked for."""


class Taps(Protocol):
    """What was tapped from inside a generator; any tuple with these names will do."""

    @property
    def features(self) -> Tensor | None:
        """Features of the block asked for, [N, C, h, w], before toRGB; None if not asked for."""

    @property
    def rgb(self) -> Tensor | None:
        """The picture at the resolution asked for, [N, 3, r, r], about -1..1; None if not asked for."""

    @property
    def margin(self) -> int:
        """How many cells of the features, on every side, lie beyond the picture; 0 for StyleGAN2."""

    @property
    def cut(self) -> Parts | None:
        """The rectangles that were asked for; features and rgb are None then. None: they are whole."""


class Generator(Protocol):
    """The part of a generator that the engine sees; StyleGAN2, StyleGAN3, or a stub of 32 px."""

    @property
    def num_ws(self) -> int:
        """How many layers take a w."""

    @property
    def w_dim(self) -> int:
        """Components of one w."""

    @property
    def image_size(self) -> tuple[int, int]:
        """(height, width) of the picture, px."""

    @property
    def num_blocks(self) -> int:
        """How many feature blocks can be tapped."""

    @property
    def synthesis(self) -> Callable[..., Tensor]:
        """Called as `synthesis(ws [N, num_ws, w_dim], noise_mode="const")` -> [N, 3, H, W], about -1..1."""

    def taps(
        self,
        ws: Tensor,
        feature_block: int | None = None,
        rgb_resolution: int | None = None,
        noise_mode: str = "const",
        cut: Cut | None = None,
    ) -> Taps:
        """Give features and picture from inside, differentiable in ws, computing only as far as needed.

        `cut` says which rectangles of the features (in cells), or of the picture (in px) if no features are
        asked for, will be read. A generator that can compute those alone gives them; any other gives all.
        """


# ----------------------------------------------------------------------------
# What the engine takes besides: guides.


class GuideReading(NamedTuple):
    """What a guide makes of a picture.

    Attributes:
        loss: scalar, differentiable; least where the guide is content: about 0 there and 1 at the start.
        points: [N, 2] (x, y) px of the whole picture, detached: where the request's handles are, in their
            order. A row of NaN, or no rows at all: the guide does not know.
        remaining: scalar, detached: the share of the way that is left, 0 = there, 1 = nothing done, the
            largest over the handles.
        gone: scalar, differentiable, or None where the guide cannot tell: how far this picture is along the
            way, 0 = as the first one, 1 = there. It makes sense of any picture, not only of those near the
            first.
    """

    loss: Tensor
    points: Tensor
    remaining: Tensor
    gone: Tensor | None = None


class Guide(Protocol):
    """A differentiable term on the picture that somebody else owns."""

    @property
    def resolution(self) -> int:
        """Side in px of the picture it wants to see; at most the image's own."""

    @property
    def tolerance(self) -> float:
        """It is content when `remaining` is at most this."""

    def __call__(self, rgb: Tensor) -> GuideReading:
        """Judge a picture [N, 3, resolution, resolution], about -1..1; N is 1."""


# ----------------------------------------------------------------------------
# What the engine answers.


class EndReason(enum.Enum):
    """Why a drag ended."""

    REACHED = "reached"
    STEP_LIMIT = "step limit"
    STALLED = "stalled"
    OSCILLATING = "oscillating"
    STOPPED = "stopped"
    NOTHING_TO_DO = "nothing to do"


@dataclass(frozen=True, eq=False)
class DragStep:
    """One state of a drag, and how it stands there.

    Attributes:
        index: 0 is the start, before anything moved.
        w: [num_ws, w_dim] float32, detached.
        points: [N, 2] float32 (x, y) px, where the handles are now.
        distances: [N] float32 px, from each handle to its target.
        remaining: share of the way that is left, 1 at the start, 0 at the end.
        loss: the whole loss in this state.
        losses: its terms by name, weighted; they add up to the loss.
        ended: why this is the last step; None if it is not.
        message: one line for a person.
        best: no earlier state came nearer.
        synthesis: makes the frame.
    """

    index: int
    w: Tensor
    points: FloatArray
    distances: FloatArray
    remaining: float
    loss: float
    losses: Mapping[str, float]
    ended: EndReason | None
    message: str
    best: bool
    synthesis: Callable[..., Tensor] = field(repr=False)
    _frames: list[npt.NDArray[np.uint8]] = field(default_factory=list, repr=False)

    def frame(self) -> npt.NDArray[np.uint8]:
        """Draw this state: uint8 RGB [H, W, 3]. It is drawn when first asked for, and kept.

        Raises:
            DragError: the generator gives what is not a number.
        """
        if not self._frames:
            with torch.no_grad():
                image = self.synthesis(self.w[None], noise_mode="const")[0, :3]
                if not image.isfinite().all():
                    raise DragError(
                        "The picture holds what is not a number: the generator's weights are broken."
                    )
                pixels = (image * 127.5 + 128).clamp(0, 255).to(torch.uint8)
                self._frames.append(pixels.permute(1, 2, 0).contiguous().cpu().numpy())
        return self._frames[0]

    def stopped(self) -> "DragStep":
        """Make this the last step of a drag that the caller broke off."""
        steps = "1 step" if self.index == 1 else f"{self.index} steps"
        return replace(self, ended=EndReason.STOPPED, message=f"Stopped after {steps}.")
