"""What the worker says: frames, of which only the newest counts, and news, of which nothing is lost."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from drag.request import FloatArray
from faces.landmarks import Face
from viz.catalogue import Offer

Picture = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Frame:
    """A picture, uint8 [H, W, 3]; `step` counts from 0 in an edit."""

    epoch: int
    picture: Picture
    step: int = 0


@dataclass(frozen=True)
class NetworkInfo:
    """The network that is loaded: where from, its sizes (pictures in px), and how many classes it knows."""

    path: Path
    title: str
    sha256: str
    width: int
    height: int
    num_ws: int
    w_dim: int
    num_blocks: int
    c_dim: int = 0


@dataclass(frozen=True)
class Loaded:
    """A checkpoint was read and is used from now on; `nearby` are others in its folder."""

    epoch: int
    network: NetworkInfo
    nearby: tuple[Path, ...] = ()


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


@dataclass(frozen=True, eq=False)
class Planned:
    """What an expression is going to do, before its first step."""

    epoch: int
    face: Face
    points: FloatArray
    targets: FloatArray
    mask: FloatArray | None


@dataclass(frozen=True, eq=False)
class Progress:
    """How a job stands.

    Attributes:
        done: steps, or frames of a film, so far.
        total: at most so many.
        share: of the way that is done, 0..1; None where only the steps count.
        distance: of the handle that is farthest from its target, px; None if there is none.
        rate: steps a second, 0 before the first.
        points: [N, 2] where the handles are now.
    """

    epoch: int
    done: int
    total: int
    share: float | None = None
    distance: float | None = None
    rate: float = 0.0
    points: FloatArray | None = None


@dataclass(frozen=True)
class Report:
    """What an expression came to.

    Attributes:
        measure: what is measured: lid aperture, mouth gap, jaw width.
        before: at the start, px; `asked` and `achieved` likewise. None: no face was found at the end.
        share: of the way from `before` to `asked`.
        tracked: achieved by the account of the drag's own points, px.
        drift: mean absolute change outside the mask, 0..255.
    """

    measure: str
    before: float
    asked: float
    achieved: float | None
    share: float | None
    tracked: float | None
    drift: float


@dataclass(frozen=True, eq=False)
class Ended:
    """A drag or an expression is over.

    Attributes:
        reason: one of drag.types.EndReason's values.
        message: one line for a person.
        faces: found in the picture afterwards, where anybody looked.
    """

    epoch: int
    reason: str
    message: str
    steps: int
    seconds: float
    report: Report | None = None
    faces: tuple[Face, ...] | None = None


@dataclass(frozen=True)
class Saved:
    """A file was written."""

    epoch: int
    path: Path


@dataclass(frozen=True)
class Offered:
    """What there is to fetch, and what of it is here."""

    offers: tuple[Offer, ...]


@dataclass(frozen=True)
class Fetching:
    """How a download stands: bytes so far, bytes in all if the server said, bytes a second."""

    epoch: int
    got: int
    total: int | None
    rate: float = 0.0


@dataclass(frozen=True)
class Fetched:
    """A download is over; no path: it was cancelled."""

    epoch: int
    path: Path | None


@dataclass(frozen=True)
class Waiting:
    """What the worker waits for, in one line; so until it says something else."""

    message: str


@dataclass(frozen=True)
class Remark:
    """Something a person should know, in one line; nothing has failed."""

    message: str


@dataclass(frozen=True)
class Failed:
    """A command could not be done; one line says why."""

    epoch: int
    message: str


News = (
    Loaded
    | Glimpsed
    | Detected
    | Planned
    | Progress
    | Ended
    | Saved
    | Offered
    | Fetching
    | Fetched
    | Waiting
    | Remark
    | Failed
)
