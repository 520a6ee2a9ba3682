"""Commands that change the picture in steps, and that act on such a job."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from drag.config import DragConfig
from drag.request import DragRequest
from faces.expression import Expression


@dataclass(frozen=True, eq=False)
class Adjust:
    """Do an expression from beginning to end: detect, plan, drag, detect again, report.

    Attributes:
        face: (x, y) px of a click on the face that is meant; None means the largest.
        mask: [H, W] float32, used where `automatic_mask` is off; None lets everything move.
    """

    epoch: int
    expression: Expression
    strength: float
    detector: str
    automatic_mask: bool
    face: tuple[float, float] | None = None
    mask: npt.NDArray[np.float32] | None = None


@dataclass(frozen=True, eq=False)
class Drag:
    """Drag points by hand."""

    epoch: int
    request: DragRequest
    config: DragConfig


@dataclass(frozen=True)
class Retune:
    """Other options for the drag of that epoch, from its next step on."""

    epoch: int
    config: DragConfig


@dataclass(frozen=True, eq=False)
class Regrip:
    """Other places for the points, targets or mask of the drag of that epoch, from its next step on."""

    epoch: int
    request: DragRequest


@dataclass(frozen=True)
class Pace:
    """Let the job of an epoch do so many steps more and then wait: 0 pauses it. None: go on to the end."""

    epoch: int
    steps: int | None


@dataclass(frozen=True)
class Stop:
    """End every job of an older epoch within one step."""

    epoch: int


Command = Adjust | Drag | Retune | Regrip | Pace | Stop
