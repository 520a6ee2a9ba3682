"""Actions of Face Adjustments."""

from dataclasses import dataclass

from viz.state import FaceState


@dataclass(frozen=True, eq=False)
class ChangeFace:
    """Other settings of Face Adjustments."""

    face: FaceState


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
class ReadExpressions:
    """Read the user's own expressions again."""


Action = ChangeFace | LookForFaces | ClickExpression | ReadExpressions | ResetFace
