"""What one edit is about, written once: the command line's options and the fields of edit.json."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from dnnlib.options import check_options, option
from faces.expressions import MAX_STRENGTH, read_library


@dataclass(frozen=True)
class EditOptions:
    """Which picture, and what to do with the face in it."""

    seed: int = option(18, "which picture", low=0, high=2**31 - 1)
    label: int = option(0, "which class, for a network that knows classes", low=0)
    psi: float = option(0.7, "truncation: 0 is the average face, 1 the full variety", low=-2.0, high=2.0)
    expression: str = option("close_eyes", "what to do", choices=tuple(read_library().expressions))
    strength: float = option(1.0, "how far: 1 is all the way", low=0.0, high=MAX_STRENGTH)
    detector: Literal["auto", "bundled", "face-alignment"] = option("auto", "what finds the landmarks")
    automatic_mask: bool = option(True, "let only the part move that the expression is about")

    def __post_init__(self) -> None:
        check_options(self)


@dataclass(frozen=True)
class RecipeOptions:
    """Several edits in place of one."""

    recipe: Path | None = option(None, "a recipe, as the Stack panel saves it: replayed on the picture")
