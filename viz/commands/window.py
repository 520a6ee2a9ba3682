"""Commands for the window itself: the worker never sees them."""

from dataclasses import dataclass

from viz.actions.window import AskForFile


@dataclass(frozen=True)
class FocusPanel:
    """Bring a panel to the front of those it shares its place with."""

    epoch: int
    name: str


@dataclass(frozen=True)
class ArrangePanels:
    """Put all panels where they were at the first start."""

    epoch: int


@dataclass(frozen=True, eq=False)
class OpenDialog:
    """Open a dialog of the system; the window goes on meanwhile."""

    epoch: int
    asked: AskForFile


@dataclass(frozen=True)
class CloseWindow:
    """End the program."""

    epoch: int


Command = FocusPanel | ArrangePanels | OpenDialog | CloseWindow
