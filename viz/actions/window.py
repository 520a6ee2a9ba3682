"""Actions on the window itself: its look, its panels, what part of the picture is seen."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from viz.state import ViewState, WindowState


@dataclass(frozen=True)
class ChangeWindow:
    """Another theme, other sizes, or the list of keys."""

    window: WindowState


@dataclass(frozen=True)
class ChangeView:
    """Another part is to be seen of what is on the stage, the picture or the photograph."""

    view: ViewState


@dataclass(frozen=True)
class Zoom:
    """See what is on the stage larger or smaller by a factor, around what is in the middle."""

    factor: float


@dataclass(frozen=True)
class ShowPanel:
    """Open a panel, or bring it to the front."""

    name: str


@dataclass(frozen=True)
class HidePanel:
    """Close a panel."""

    name: str


@dataclass(frozen=True)
class ResetLayout:
    """All panels where they were at the first start."""


@dataclass(frozen=True, eq=False)
class AskForFile:
    """Let a person choose a file or folder in a dialog of the system.

    Attributes:
        title: of the dialog.
        patterns: (words, patterns) of the files that are meant: ("Checkpoints", "*.pkl *.pt").
        then: makes an action of the path that was chosen.
        kind: "open", "save" or "folder".
        start: the path proposed.
    """

    title: str
    patterns: tuple[tuple[str, str], ...]
    then: Callable[[str], Any]
    kind: str = "open"
    start: str = ""


@dataclass(frozen=True)
class Tell:
    """Say in the status line what a key needs."""

    words: str


@dataclass(frozen=True)
class Quit:
    """Close the window."""


Action = ChangeWindow | ChangeView | Zoom | ShowPanel | HidePanel | ResetLayout | AskForFile | Tell | Quit
