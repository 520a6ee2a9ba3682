"""Before and after: how they are shown, and what of before is known."""

from dataclasses import dataclass
from enum import Enum

from drag.request import FloatArray
from viz.answers.picture import Picture

MOST_KNOWN = 4


class CompareMode(Enum):
    """How before and after are shown."""

    OFF = "off"
    SPLIT = "split"
    DIFFERENCE = "difference"


class Against(Enum):
    """What counts as before."""

    EDIT = "edit"
    OWN = "own"


@dataclass(frozen=True, eq=False)
class CompareState:
    """How the picture is compared with what it was.

    Attributes:
        mode: side by side at a line, or what differs.
        against: as it was before the last edit, or before all edits.
        held: before is shown as long as a key or button is held.
        line: where the line of the split view is, 0..1 of the picture's width.
        known: pictures of some w, the newest last.
        asked: the w whose picture is being drawn; None: none is.
    """

    mode: CompareMode = CompareMode.OFF
    against: Against = Against.EDIT
    held: bool = False
    line: float = 0.5
    known: tuple[tuple[FloatArray, Picture], ...] = ()
    asked: FloatArray | None = None

    @property
    def active(self) -> bool:
        """Whether before is to be seen."""
        return self.held or self.mode is not CompareMode.OFF
