"""News of the picture: frames, and what was seen in them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dnnlib.latents import GivenLatent
from drag.request import FloatArray
from faces.landmarks import Face

Picture = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Frame:
    """A picture, uint8 [H, W, 3]; `step` counts from 0 in an edit.

    `w` [num_ws, w_dim] float32 is what it was drawn from; None for the steps of an edit, whose path tells it.
    `photograph`, uint8 [h, w, 3], is the photograph with this picture in it, where the picture is of one.
    `meant`, float32 [H, W], is then where its edits were meant to move something; None: everywhere.
    """

    epoch: int
    picture: Picture
    step: int = 0
    w: FloatArray | None = None
    photograph: Picture | None = None
    meant: npt.NDArray[np.float32] | None = None


@dataclass(frozen=True, eq=False)
class Drawn:
    """The picture of a w that was asked for beside the one that is shown; `w` is the very array asked for."""

    epoch: int
    w: FloatArray
    picture: Picture


@dataclass(frozen=True, eq=False)
class Detected:
    """The faces in the picture shown, the largest first."""

    epoch: int
    faces: tuple[Face, ...]


@dataclass(frozen=True)
class Glimpsed:
    """Whether there seems to be a face in the picture shown; a closer look may know better."""

    epoch: int
    face: bool


@dataclass(frozen=True)
class LatentRead:
    """A latent was read from a file; whether it fits the network is still to be seen."""

    epoch: int
    given: GivenLatent


News = LatentRead | Detected | Glimpsed | Drawn
