"""What a person did: frozen records, made by the panels and the canvas, understood by viz/editor.py."""

from dataclasses import dataclass
from pathlib import Path

from viz.state import CaptureState, DragState, FaceState, LatentState

# ----------------------------------------------------------------------------
# A panel's settings changed.


@dataclass(frozen=True)
class ChangeLatent:
    """Another seed or psi: the picture follows."""

    latent: LatentState


@dataclass(frozen=True, eq=False)
class ChangeFace:
    """Other settings of Face Adjustments."""

    face: FaceState


@dataclass(frozen=True, eq=False)
class ChangeDrag:
    """Other points, mask, tool or options."""

    drag: DragState


@dataclass(frozen=True)
class ChangeCapture:
    """Another folder."""

    capture: CaptureState


@dataclass(frozen=True)
class TypePath:
    """The path box was typed into."""

    text: str


# ----------------------------------------------------------------------------
# Something is to be done.


@dataclass(frozen=True)
class OpenNetwork:
    """Load a checkpoint: from the path box, the list, or a drop."""

    path: str


@dataclass(frozen=True)
class ChooseOffer:
    """A published checkpoint was pointed at in the list."""

    name: str


@dataclass(frozen=True)
class StartDownload:
    """Fetch a published checkpoint, and open it."""

    name: str


@dataclass(frozen=True)
class CancelDownload:
    """End the download."""


@dataclass(frozen=True)
class LookForFaces:
    """Look closely for faces, by the detector that was chosen."""


@dataclass(frozen=True)
class ClickExpression:
    """An expression's button was clicked."""

    expression: str


@dataclass(frozen=True)
class ResetFace:
    """Back to the seed's own picture, without points and mask."""


@dataclass(frozen=True)
class StartDrag:
    """Drag the points to their targets."""


@dataclass(frozen=True)
class StopJob:
    """End what is running."""


@dataclass(frozen=True)
class Paint:
    """Draw the brush from one place to another, (x, y) px; with `erase` it does the opposite."""

    start: tuple[float, float]
    end: tuple[float, float]
    erase: bool = False


@dataclass(frozen=True)
class SavePicture:
    """Write the picture shown as PNG."""


@dataclass(frozen=True)
class SaveEditFilm:
    """Write the last edit as GIF."""


@dataclass(frozen=True)
class DismissBanner:
    """An error was read."""

    number: int


@dataclass(frozen=True)
class DropFiles:
    """Files were dropped on the window."""

    paths: tuple[Path, ...]


Action = (
    ChangeLatent
    | ChangeFace
    | ChangeDrag
    | ChangeCapture
    | TypePath
    | OpenNetwork
    | ChooseOffer
    | StartDownload
    | CancelDownload
    | LookForFaces
    | ClickExpression
    | ResetFace
    | StartDrag
    | StopJob
    | Paint
    | SavePicture
    | SaveEditFilm
    | DismissBanner
    | DropFiles
)
