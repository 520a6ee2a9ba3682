"""News of the keeper: projects written and read, and work that was left."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from viz.projects.leftover import Leftover
    from viz.projects.reading import Project
    from viz.state.history import History


@dataclass(frozen=True, eq=False)
class ProjectWritten:
    """A project was written: the work as it was then is safe."""

    epoch: int
    path: Path
    history: "History"


@dataclass(frozen=True, eq=False)
class ProjectRead:
    """A project was read; no path: it is work that was left unsaved."""

    epoch: int
    path: Path | None
    project: "Project"


@dataclass(frozen=True)
class WorkFound:
    """What work was left unsaved, the newest first."""

    leftovers: tuple["Leftover", ...]


News = ProjectWritten | ProjectRead | WorkFound
