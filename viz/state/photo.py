"""The photograph: what is in it, which face is meant, and what of it is seen."""

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import numpy as np
import numpy.typing as npt

from dnnlib.latents import GivenLatent
from dnnlib.photo_record import PhotoRecord
from faces.landmarks import Face
from viz.state.window import ViewState

BUDGETS = ("quick", "usual", "thorough")


class PhotoView(Enum):
    """What is on the stage: the generator's picture, the photograph with it, or as it was."""

    FACE = "face"
    AFTER = "after"
    BEFORE = "before"


@dataclass(frozen=True, eq=False)
class PhotoState:
    """A photograph.

    Attributes:
        path: None where none is open.
        picture: as it was, for the screen: uint8 [h, w, 3].
        size: (height, width) of the photograph itself, px.
        faces: in the pixels of `picture`, largest first.
        note: what a person should know.
        drawn: whether a face becomes a drawn one.
        chosen: which face is meant.
        budget: how long bringing it in may take, by name.
        whole_face: put the whole drawn face back, not only what changed.
        view: what is on the stage.
        seen: what part of it is seen, where it is the photograph.
        given: what the generator draws the face from; None until it was brought in.
        record: what a project remembers of it.
        before: the faces of photographs that were brought in before it: their pictures can be gone back to,
            but edits of them are put into a photograph no more.
        edited: the photograph with the present picture in it; None where nothing is to be seen.
    """

    path: Path | None = None
    picture: npt.NDArray[np.uint8] | None = None
    size: tuple[int, int] = (0, 0)
    faces: tuple[Face, ...] = ()
    note: str = ""
    drawn: bool = False
    chosen: int = 0
    budget: str = "usual"
    whole_face: bool = False
    view: PhotoView = PhotoView.FACE
    seen: ViewState = ViewState()
    given: GivenLatent | None = None
    record: PhotoRecord | None = None
    before: tuple[GivenLatent, ...] = ()
    edited: npt.NDArray[np.uint8] | None = None

    @property
    def face(self) -> Face | None:
        """The face that is meant."""
        return self.faces[self.chosen] if self.chosen < len(self.faces) else None

    @property
    def shown(self) -> npt.NDArray[np.uint8] | None:
        """What of the photograph is on the stage; None where the generator's picture is."""
        if self.view is PhotoView.FACE:
            return None
        return self.edited if self.view is PhotoView.AFTER and self.edited is not None else self.picture
