"""News of recipes and directions."""

from dataclasses import dataclass
from pathlib import Path

from faces.stack import Layer


@dataclass(frozen=True, eq=False)
class StackRead:
    """A file was read.

    Attributes:
        layers: edits that have not run.
        whole: they are a recipe, which takes the stack's place; otherwise a direction, which goes onto it.
        remark: what a person should know; else empty.
    """

    epoch: int
    path: Path
    layers: tuple[Layer, ...]
    whole: bool
    remark: str = ""


News = StackRead
