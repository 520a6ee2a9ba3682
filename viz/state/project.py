"""The project: where the work is kept, and what work was left."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from viz.state.history import Moment

if TYPE_CHECKING:
    from viz.projects.leftover import Leftover


@dataclass(frozen=True, eq=False)
class ProjectState:
    """Where the work is kept.

    Attributes:
        path: of the project; None: it has no file yet.
        kept: the work as it is in that file.
        typed: what stands in the path box.
        doing: what is being done with a project, in words, by the command of `doing_epoch`; empty: nothing.
        recent: projects that were saved or opened, the newest first.
        leftovers: work that was left unsaved.
        put_off: what was left is not asked about any more.
    """

    path: Path | None = None
    kept: Moment | None = None
    typed: str = ""
    doing: str = ""
    doing_epoch: int = 0
    recent: tuple[Path, ...] = ()
    leftovers: tuple["Leftover", ...] = ()
    put_off: bool = False
