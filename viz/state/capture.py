"""Where pictures and films go, and in what form."""

from dataclasses import dataclass
from enum import Enum
from pathlib import Path


class FilmKind(Enum):
    """What a film of an edit is written as."""

    GIF = "gif"
    MP4 = "mp4"
    FRAMES = "frames"

    @property
    def suffix(self) -> str:
        """Of its file; frames go into a folder, which has none."""
        return "" if self is FilmKind.FRAMES else f".{self.value}"


@dataclass(frozen=True)
class CaptureState:
    """Where pictures and films go, and in what form.

    Attributes:
        folder: made if it is missing.
        saved: the file that was written last.
        film: as what films are written.
        points: whether handles and targets are drawn on a film.
        fps: frames a second of a film.
        photo: where the picture is of a photograph, the film is of the whole of it.
    """

    folder: str = "out"
    saved: Path | None = None
    film: FilmKind = FilmKind.GIF
    points: bool = False
    fps: int = 15
    photo: bool = True
