"""What is going on, how it ended, and what is to be read."""

from dataclasses import dataclass
from enum import Enum

from faces.stack import Layer
from viz.answers import Planned, Progress, Report
from viz.state.points import Mask, PointPair


class JobKind(Enum):
    """What the worker is busy with, as far as it has a Stop."""

    ADJUST = "adjust"
    DRAG = "drag"
    FILM = "film"
    PHOTO = "photo"
    INVERT = "invert"

    @property
    def changes_picture(self) -> bool:
        """Whether the picture is another one afterwards; what is beside it runs on when one asks for that."""
        return self not in (JobKind.FILM, JobKind.PHOTO)


@dataclass(frozen=True, eq=False)
class Job:
    """A job under way.

    Attributes:
        plan: what an expression has set for itself, once it has.
        stopping: it was asked to end, and will after this step.
        pausing: it was asked to wait, or to do one step and then wait.
        paused: it waits.
        layer: which edit it does, where that is known beforehand.
        place: where in the stack that is; None: it is new.
        rest: which of the stack are to be done after it.
        pairs, mask: those it goes on with unless they are changed while it waits.
    """

    epoch: int
    kind: JobKind
    title: str
    plan: Planned | None = None
    progress: Progress | None = None
    stopping: bool = False
    pausing: bool = False
    paused: bool = False
    layer: Layer | None = None
    place: int | None = None
    rest: tuple[int, ...] = ()
    pairs: tuple[PointPair, ...] = ()
    mask: Mask | None = None


@dataclass(frozen=True)
class Curve:
    """How the last edit went, or goes: at each step, the greatest distance left, px, and the loss.

    NaN where a step has no such figure. A long one is thinned out.
    """

    steps: tuple[int, ...] = ()
    distances: tuple[float, ...] = ()
    losses: tuple[float, ...] = ()


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
