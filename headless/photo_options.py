"""What is done with a photograph, written once: the command line's options and fields of photo.json."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from dnnlib.options import check_options, option


@dataclass(frozen=True)
class PhotoOptions:
    """Which photograph, which face in it, and how long it may take to bring that into the generator."""

    photo: Path | None = option(None, "a photograph: the expression is done to a face in it")
    which_face: int = option(1, "which of its faces, counted from the largest", low=1, high=1000)
    budget: Literal["quick", "usual", "thorough"] = option("usual", "how near the drawn face is to come")
    film: Literal["gif", "mp4"] = option("gif", "the form of the film of the whole photograph")
    whole_face: bool = option(False, "put the whole drawn face into the photograph, not only what changed")

    def __post_init__(self) -> None:
        check_options(self)
