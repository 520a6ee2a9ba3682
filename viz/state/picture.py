"""The picture's place among all that the network can draw, and the way that the last edit took to it."""

from dataclasses import dataclass

from drag.path import EditPath
from drag.request import FloatArray
from faces.stack import Layer
from viz.state.jobs import JobKind, Outcome


@dataclass(frozen=True, eq=False)
class Edit:
    """An edit that has run.

    Attributes:
        kind: by hand, or an expression.
        title: as the person knows it.
        path: the way that w took.
        place: where on it the picture is, counted in its states; the last one right after the edit.
        outcome: how it ended.
    """

    kind: JobKind
    title: str
    path: EditPath
    place: float
    outcome: Outcome | None = None


@dataclass(frozen=True, eq=False)
class PictureState:
    """Which w is shown.

    While an edit runs, all of this is as it was when it began.

    Attributes:
        w: [num_ws, w_dim] float32, read-only; None until the first frame of a new picture tells it.
        own_w: the w that the settings of the Latent panel alone give, before any edit; None until known.
        edit: the last edit of this picture; None if there was none.
        stack: all its edits, and those that wait to be done on it.
    """

    w: FloatArray | None = None
    own_w: FloatArray | None = None
    edit: Edit | None = None
    stack: tuple[Layer, ...] = ()

    @property
    def edited(self) -> bool:
        """Whether anything was edited, and can be filmed."""
        return self.edit is not None or any(layer.done for layer in self.stack)
