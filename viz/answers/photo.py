"""News of a photograph: what it shows, and that a face of it is in the generator."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from dnnlib.latents import Latent
from dnnlib.photo_record import PhotoRecord
from faces.landmarks import Face

Picture = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class PhotoOpened:
    """A photograph was read, and looked through.

    Attributes:
        picture: for the screen, uint8 [h, w, 3].
        size: (height, width) of the photograph itself, px.
        faces: in the pixels of `picture`, largest first.
        note: what a person should know.
        drawn: whether the network draws portraits, so that a face becomes a drawn one.
    """

    epoch: int
    path: Path
    picture: Picture
    size: tuple[int, int]
    faces: tuple[Face, ...]
    note: str
    drawn: bool


@dataclass(frozen=True, eq=False)
class Inverted:
    """A face is in the generator, drawn from `latent`; None: it came to nothing. `message` is one line."""

    epoch: int
    latent: Latent | None
    message: str
    seconds: float = 0.0
    record: PhotoRecord | None = None


@dataclass(frozen=True, eq=False)
class PutBack:
    """The photograph with the present picture in it, for the screen."""

    epoch: int
    picture: Picture


@dataclass(frozen=True, eq=False)
class TakenUp:
    """The photograph of a project is there again; `picture`, `size`, `faces`, `drawn` as in PhotoOpened."""

    epoch: int
    record: PhotoRecord
    picture: Picture
    size: tuple[int, int]
    faces: tuple[Face, ...]
    drawn: bool


News = PhotoOpened | Inverted | PutBack | TakenUp
