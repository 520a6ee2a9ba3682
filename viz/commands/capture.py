"""Commands that write files."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from drag.path import EditPath
from viz.state.capture import FilmKind


@dataclass(frozen=True, eq=False)
class SaveFilm:
    """Write an edit as a film, frame by frame from the path that w took.

    Attributes:
        path: of the file, or of the folder of numbered pictures; it is not there yet.
        edit: the way of the edit.
        kind: the film's form.
        points: whether handles and targets are drawn on it.
        fps: frames a second.
        photo: each frame is the whole photograph with the edit in it, at the size of a screen.
    """

    epoch: int
    path: Path
    edit: EditPath
    kind: FilmKind = FilmKind.GIF
    points: bool = False
    fps: int = 15
    photo: bool = False


@dataclass(frozen=True)
class WriteWindow:
    """Write a picture of the window as PNG, of the next frame that is drawn."""

    epoch: int
    path: Path


@dataclass(frozen=True, eq=False)
class WritePicture:
    """Write a picture as PNG. The window does this itself: it is quick, and need not wait for a job."""

    epoch: int
    path: Path
    picture: npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class WriteLatent:
    """Write a latent: w [num_ws, w_dim] and, where they are known, z [z_dim] and its seed."""

    epoch: int
    path: Path
    w: npt.NDArray[np.float32]
    z: npt.NDArray[np.float32] | None = None
    seed: int | None = None


@dataclass(frozen=True)
class ReadLatent:
    """Read a latent from a file."""

    epoch: int
    path: Path


Command = SaveFilm | WriteWindow | WritePicture | WriteLatent | ReadLatent
