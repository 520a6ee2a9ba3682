"""News of an edit: what it sets out to do, how it stands, what it came to."""

from dataclasses import dataclass

from drag.path import EditPath
from drag.request import FloatArray
from faces.landmarks import Face


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
        loss: of the step, if it has one.
        words: what else is to be said, e.g. how long it will take.
    """

    epoch: int
    done: int
    total: int
    share: float | None = None
    distance: float | None = None
    rate: float = 0.0
    points: FloatArray | None = None
    loss: float | None = None
    words: str = ""


@dataclass(frozen=True)
class Paused:
    """A job waits, as it was asked to; it goes on when it is told to."""

    epoch: int


@dataclass(frozen=True)
class MemberReport:
    """What one of several expressions at once came to; as in Report."""

    title: str
    measure: str
    unit: str
    before: float
    asked: float
    achieved: float | None
    share: float | None


@dataclass(frozen=True)
class Report:
    """What an expression came to.

    Attributes:
        measure: what is measured: lid aperture, mouth gap, jaw width.
        before: at the start, px; `asked` and `achieved` likewise. None: no face was found at the end.
        share: of the way from `before` to `asked`.
        tracked: achieved by the account of the drag's own points, px.
        drift: mean absolute change outside the mask, 0..255.
        unit: of the measure: px or °.
        closed: whether eyes that were to be shut are, in words.
        members: of several expressions at once, what each came to.
    """

    measure: str
    before: float
    asked: float
    achieved: float | None
    share: float | None
    tracked: float | None
    drift: float
    unit: str = "px"
    closed: str = ""
    members: tuple[MemberReport, ...] = ()


@dataclass(frozen=True, eq=False)
class Ended:
    """A drag or an expression is over.

    Attributes:
        reason: one of drag.types.EndReason's values.
        message: one line for a person.
        faces: found in the picture afterwards, where anybody looked.
        path: the way that w took.
    """

    epoch: int
    reason: str
    message: str
    steps: int
    seconds: float
    report: Report | None = None
    faces: tuple[Face, ...] | None = None
    path: EditPath | None = None


News = Planned | Progress | Paused | Ended
