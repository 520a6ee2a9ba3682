"""Commands about recipes and directions. The window does these itself: they are quick."""

from dataclasses import dataclass
from pathlib import Path

from faces.expressions import Library
from faces.stack import Layer


@dataclass(frozen=True, eq=False)
class WriteRecipe:
    """Write a stack as a recipe."""

    epoch: int
    path: Path
    layers: tuple[Layer, ...]


@dataclass(frozen=True, eq=False)
class WriteDirection:
    """Write what an edit does to w."""

    epoch: int
    path: Path
    layer: Layer
    sha256: str


@dataclass(frozen=True, eq=False)
class ReadStackFile:
    """Read a recipe or a direction, for a network of that shape (num_ws, w_dim)."""

    epoch: int
    path: Path
    library: Library
    shape: tuple[int, int]
    sha256: str


Command = WriteRecipe | WriteDirection | ReadStackFile
