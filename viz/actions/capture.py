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
    """Write the last edit as GIF."""


Action = ChangeCapture | SavePicture | SaveEditFilm
