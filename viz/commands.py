"""What the window asks of the worker: frozen commands, each with an epoch that grows from command to command.

An answer carries the epoch of its command, so that the window can tell old news from new.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from drag.config import DragConfig
from drag.request import DragRequest


@dataclass(frozen=True)
class Load:
    """Read a checkpoint; the old network stays until the new one is there."""

    epoch: int
    path: Path


@dataclass(frozen=True)
class Generate:
    """Show the picture of a seed. The newest one replaces those that wait."""

    epoch: int
    seed: int
    psi: float
    label: int = 0


@dataclass(frozen=True)
class Glance:
    """See whether there seems to be a face, if nobody wants anything for a moment."""

    epoch: int


@dataclass(frozen=True)
class Detect:
    """Find the faces in the picture that is shown."""

    epoch: int
    detector: str


@dataclass(frozen=True, eq=False)
class Adjust:
    """Do an expression from beginning to end: detect, plan, drag, detect again, report.

    Attributes:
        face: (x, y) px of a click on the face that is meant; None means the largest.
        mask: [H, W] float32, used where `automatic_mask` is off; None lets everything move.
    """

    epoch: int
    expression: str
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


@dataclass(frozen=True)
class SaveFilm:
    """Write the last edit as a GIF, frame by frame from the path that w took."""

    epoch: int
    path: Path


@dataclass(frozen=True)
class Stop:
    """End every job of an older epoch within one step."""

    epoch: int


@dataclass(frozen=True)
class Fetch:
    """Bring a published checkpoint to this machine. For the fetcher, not the worker."""

    epoch: int
    name: str


@dataclass(frozen=True)
class CancelFetch:
    """End the fetch that is under way. For the fetcher."""

    epoch: int


@dataclass(frozen=True, eq=False)
class WritePicture:
    """Write a picture as PNG. The window does this itself: it is quick, and need not wait for a job."""

    epoch: int
    path: Path
    picture: npt.NDArray[np.uint8]


Command = (
    Load
    | Generate
    | Glance
    | Detect
    | Adjust
    | Drag
    | Retune
    | SaveFilm
    | Stop
    | Fetch
    | CancelFetch
    | WritePicture
)
