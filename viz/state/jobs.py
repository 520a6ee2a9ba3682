"""What is going on, how it ended, and what is to be read."""

from dataclasses import dataclass
from enum import Enum

from viz.answers import Planned, Progress, Report


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
