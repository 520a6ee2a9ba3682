"""All that the window knows: frozen dataclasses. A panel reads them, viz/editor.py makes new ones."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

import numpy as np
import numpy.typing as npt

from drag.config import DragConfig
from faces.expressions import EXPRESSIONS
from faces.landmarks import Face, choose_face
from viz.answers import Fetching, Frame, NetworkInfo, Planned, Progress, Report
from viz.catalogue import Offer

Mask = npt.NDArray[np.float32]
AUTOMATIC = "auto"
DETECTORS = (AUTOMATIC, "bundled", "face-alignment")

# ----------------------------------------------------------------------------
# What each panel shows and sets.


@dataclass(frozen=True)
class NetworkState:
    """What is loaded, and what is being loaded.

    `typed` is what stands in the path box; `loading` the path that is being read, by the command of
    `loading_epoch`; `nearby` are other checkpoints in the folder.
    """

    typed: str = ""
    loaded: NetworkInfo | None = None
    loading: Path | None = None
    loading_epoch: int = 0
    nearby: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Fetch:
    """A download under way, by the command of `epoch`."""

    epoch: int
    name: str
    progress: Fetching | None = None
    cancelling: bool = False


@dataclass(frozen=True)
class DownloadState:
    """What there is to fetch, which of it is looked at, and what is being fetched."""

    offers: tuple[Offer, ...] = ()
    chosen: str = ""
    fetch: Fetch | None = None


@dataclass(frozen=True)
class LatentState:
    """Which picture: the seed of z, truncation psi, and the class, for a network that knows classes."""

    seed: int = 18
    psi: float = 0.7
    label: int = 0


@dataclass(frozen=True, eq=False)
class FaceState:
    """Settings of Face Adjustments, and what was found and done last.

    `faces` belong to the picture shown; None means that nobody looked. `click` (x, y) px chooses among
    several. `glimpse` is whether a face was seen at the last glance, which was at this picture if `glanced`:
    what it says stands until the next one, so that nothing jumps while somebody runs through seeds.
    `last_mask` is the mask that the last expression made for itself.
    """

    strengths: Mapping[str, float] = field(default_factory=lambda: dict.fromkeys(EXPRESSIONS, 1.0))
    detector: str = AUTOMATIC
    show_landmarks: bool = False
    automatic_mask: bool = True
    faces: tuple[Face, ...] | None = None
    glimpse: bool | None = None
    glanced: bool = False
    click: tuple[float, float] | None = None
    outcome: "Outcome | None" = None
    last_mask: Mask | None = None

    @property
    def there(self) -> bool:
        """Whether there may be a face to work on: nobody has looked and found none."""
        return bool(self.faces) if self.faces is not None else self.glimpse is not False

    @property
    def chosen(self) -> Face | None:
        """The face that is meant, if one was found."""
        return choose_face(list(self.faces), self.click) if self.faces else None


class Tool(Enum):
    """What the left mouse button does on the picture."""

    POINTS = "points"
    BRUSH = "brush"


@dataclass(frozen=True)
class PointPair:
    """A handle point and its target, (x, y) px; no target yet right after the first click."""

    point: tuple[float, float]
    target: tuple[float, float] | None = None


@dataclass(frozen=True, eq=False)
class DragState:
    """Points, mask and options of a drag by hand.

    Attributes:
        mask: [H, W] float32, 1 = may move; None: everything may.
        brush_radius: px of the picture.
        brush_moves: the brush paints what may move; otherwise what is held.
    """

    pairs: tuple[PointPair, ...] = ()
    mask: Mask | None = None
    show_mask: bool = True
    tool: Tool = Tool.POINTS
    brush_radius: float = 12.0
    brush_moves: bool = True
    config: DragConfig = field(default_factory=DragConfig)


@dataclass(frozen=True)
class CaptureState:
    """Where pictures and films go."""

    folder: str = "out"
    saved: Path | None = None


# ----------------------------------------------------------------------------
# What is going on.


class JobKind(Enum):
    """What the worker is busy with, as far as it has a Stop."""

    ADJUST = "adjust"
    DRAG = "drag"
    FILM = "film"


@dataclass(frozen=True, eq=False)
class Job:
    """A job under way; `plan` is what an expression has set for itself, once it has."""

    epoch: int
    kind: JobKind
    title: str
    plan: Planned | None = None
    progress: Progress | None = None
    stopping: bool = False


@dataclass(frozen=True)
class Outcome:
    """How the last edit ended."""

    kind: JobKind
    title: str
    reason: str
    message: str
    steps: int
    seconds: float
    report: Report | None = None


@dataclass(frozen=True)
class Banner:
    """An error, or (not severe) a remark, until it is dismissed."""

    number: int
    text: str
    severe: bool = True


@dataclass(frozen=True, eq=False)
class EditorState:
    """The whole.

    Attributes:
        epoch: of the last command sent.
        picture_epoch: of the command that the picture belongs to; frames of others are old.
        waiting: what the worker waits for, if it said so last.
        edits: how many edits the picture has behind it since its seed.
    """

    network: NetworkState = field(default_factory=NetworkState)
    downloads: DownloadState = field(default_factory=DownloadState)
    latent: LatentState = field(default_factory=LatentState)
    face: FaceState = field(default_factory=FaceState)
    drag: DragState = field(default_factory=DragState)
    capture: CaptureState = field(default_factory=CaptureState)
    frame: Frame | None = None
    job: Job | None = None
    banners: tuple[Banner, ...] = ()
    notice: str = ""
    waiting: str = ""
    epoch: int = 0
    picture_epoch: int = 0
    edits: int = 0

    @property
    def image_size(self) -> tuple[int, int] | None:
        """(height, width) of the picture shown, px."""
        if self.frame is None:
            return None
        height, width = self.frame.picture.shape[:2]
        return height, width

    @property
    def complete_pairs(self) -> tuple[PointPair, ...]:
        """The points that have a target."""
        return tuple(pair for pair in self.drag.pairs if pair.target is not None)

    @property
    def busy(self) -> bool:
        """Whether a job runs; editing points and mask waits for it."""
        return self.job is not None

    @property
    def ready(self) -> bool:
        """Whether an edit can begin: there is a picture, and nothing is under way."""
        return self.frame is not None and not self.busy and self.network.loading is None
