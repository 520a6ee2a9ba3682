"""Commands about a photograph."""

from dataclasses import dataclass
from pathlib import Path

from dnnlib.photo_record import PhotoRecord


@dataclass(frozen=True)
class OpenPhoto:
    """Read a photograph, and find its faces."""

    epoch: int
    path: Path
    detector: str


@dataclass(frozen=True)
class Invert:
    """Bring a face of the photograph into the generator; `face` counts from the largest."""

    epoch: int
    face: int
    budget: str


@dataclass(frozen=True)
class PutBack:
    """Show the photograph with the present picture in it."""

    epoch: int
    whole_face: bool


@dataclass(frozen=True)
class SavePhoto:
    """Write the photograph with the present picture in it."""

    epoch: int
    path: Path


@dataclass(frozen=True, eq=False)
class TakeUp:
    """Go on with the photograph of a project; the picture of it is asked for right after."""

    epoch: int
    record: PhotoRecord
    whole_face: bool


Command = OpenPhoto | Invert | PutBack | SavePhoto | TakeUp
