"""How a checkpoint is to be opened: on which device, whom to tell how it goes, and when to leave off."""

from collections.abc import Callable
from dataclasses import dataclass


def _unheard(stage: str, done: int, total: int) -> None:
    pass


@dataclass(frozen=True)
class Opening:
    """One opening.

    Attributes:
        device: "auto", "cpu", "cuda" or "mps".
        tell: called with what is being done, bytes of it that are done, and bytes in all (0: nobody knows).
            It raises dnnlib.errors.CancelledError once a person has ended it.
    """

    device: str = "auto"
    tell: Callable[[str, int, int], None] = _unheard
