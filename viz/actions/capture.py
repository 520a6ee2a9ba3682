"""Actions that write pictures and films."""

from dataclasses import dataclass

from viz.state import CaptureState


@dataclass(frozen=True)
class ChangeCapture:
    """Another folder."""

    capture: CaptureState


@dataclass(frozen=True)
class SavePicture:
    """Write the picture shown as PNG."""


@dataclass(frozen=True)
class SaveEditFilm:
    """Write the last edit as a film, in the form that was chosen.

    `photo`: on the whole photograph; None: as was chosen for films.
    """

    photo: bool | None = None


@dataclass(frozen=True)
class SaveWindow:
    """Write a picture of the whole window as PNG."""


Action = ChangeCapture | SavePicture | SaveEditFilm | SaveWindow
