"""Actions that go back and forth in what was done."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Undo:
    """Take back the last thing that was done; while an edit runs, that edit."""


@dataclass(frozen=True)
class Redo:
    """Do again what was taken back last."""


@dataclass(frozen=True)
class GoToEntry:
    """Go to an entry of the history, counted from its oldest."""

    index: int


@dataclass(frozen=True)
class LetGo:
    """No mouse button and no key is down any more: a stroke or a pull is over."""


Action = Undo | Redo | GoToEntry | LetGo
