"""Commands that write files."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class SaveFilm:
    """Write the last edit as a GIF, frame by frame from the path that w took."""

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


Command = SaveFilm | WritePicture | WriteLatent | ReadLatent
