"""What the worker needs of a session for photographs; headless/photo_desk.py has it."""

from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from dnnlib.latents import Latent
from dnnlib.photo_record import PhotoRecord
from dnnlib.photos import Photo
from faces.landmarks import Face

if TYPE_CHECKING:  # It brings torch, which the window opens without.
    from faces.photograph import PhotographFaces

Picture = npt.NDArray[np.uint8]


class Sitting(Protocol):
    """A face of a photograph, in the generator."""

    @property
    def latent(self) -> Latent:
        """What it is drawn from."""


class Photographs(Protocol):
    """A photograph, its faces, one of them in the generator, and edits put back."""

    whole_face: bool
    photo: Photo | None
    small: Picture | None

    @property
    def faces(self) -> Sequence[Face]:
        """The faces that were found, in the photograph's own pixels."""

    @property
    def in_front(self) -> bool:
        """Whether the picture that is shown is of the face in the photograph."""

    @property
    def draws(self) -> bool:
        """Whether the network draws portraits, so that a face becomes a drawn one."""

    def open(self, path: Path) -> tuple[Photo, Picture]:
        """Read a photograph; give it, and the same for the screen."""

    def look(self, wish: str, progress: Callable[[str, float], None]) -> "PhotographFaces":
        """Find its faces, largest first."""

    def invert(self, face: Face, budget: str) -> Generator[Any, None, None]:
        """Bring a face into the generator, state by state."""

    def settle(self, face: Face, step: Any) -> Sitting:
        """Go on with a state of that; the session goes to it."""

    def record(self) -> PhotoRecord:
        """Give what has to be remembered of the face that was brought in."""

    def take_up(self, record: PhotoRecord) -> Sitting:
        """Go on with a face that was brought in before; nothing is looked for again."""

    def put_back(self, frame: Picture) -> Photo:
        """Give the photograph with an edited frame in it."""

    def preview(self, frame: Picture) -> Picture:
        """Give the same for the screen."""
