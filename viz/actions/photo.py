"""Actions on a photograph."""

from dataclasses import dataclass

from viz.state.photo import PhotoState


@dataclass(frozen=True)
class OpenPhoto:
    """Read a photograph: from a dialog, or a drop."""

    path: str


@dataclass(frozen=True, eq=False)
class ChangePhoto:
    """Another face, budget, or side of the photograph is wanted."""

    photo: PhotoState


@dataclass(frozen=True)
class BringIn:
    """Bring the chosen face into the generator."""


@dataclass(frozen=True)
class SavePhoto:
    """Write the photograph; an empty path takes a free name in the folder of Capture."""

    path: str = ""


Action = OpenPhoto | ChangePhoto | BringIn | SavePhoto
