"""Actions on the stack of edits."""

from dataclasses import dataclass

from faces.stack import Layer


@dataclass(frozen=True, eq=False)
class ChangeLayer:
    """Use more or less of an edit, or none of it."""

    index: int
    layer: Layer


@dataclass(frozen=True)
class MoveLayer:
    """Put an edit at another place."""

    index: int
    to: int


@dataclass(frozen=True)
class RemoveLayer:
    """Take an edit out."""

    index: int


@dataclass(frozen=True)
class ClearStack:
    """Take all edits out."""


@dataclass(frozen=True)
class JoinLayers:
    """Let the expressions that are on be done at once."""


@dataclass(frozen=True)
class ReplayStack:
    """Do all edits that are on anew, on the picture as it is without them."""


@dataclass(frozen=True)
class SaveRecipe:
    """Write the stack as a recipe; an empty path: into the folder of Capture, under a new name."""

    path: str = ""


@dataclass(frozen=True)
class SaveDirection:
    """Write what an edit does to w as a direction; the path as for a recipe."""

    index: int
    path: str = ""


@dataclass(frozen=True)
class OpenStackFile:
    """Read a recipe (.json) in place of the stack, or a direction (.npz) onto it."""

    path: str


@dataclass(frozen=True)
class TypeStackPath:
    """The path box was typed into."""

    text: str


Action = (
    ChangeLayer
    | MoveLayer
    | RemoveLayer
    | ClearStack
    | JoinLayers
    | ReplayStack
    | SaveRecipe
    | SaveDirection
    | OpenStackFile
    | TypeStackPath
)
