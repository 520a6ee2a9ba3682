"""How a photograph stands on its way into a generator, for whoever watches it: no torch is needed."""

from typing import Protocol

import numpy as np
import numpy.typing as npt


class ProjectionState(Protocol):
    """One state on the way; the last one is the best."""

    @property
    def stage(self) -> str:
        """Which part of the way: "start", "w", "w+" or "tuning"."""

    @property
    def done(self) -> int:
        """Steps so far."""

    @property
    def total(self) -> int:
        """Steps in all."""

    @property
    def best(self) -> bool:
        """Whether none came nearer before in this stage."""

    @property
    def seconds_left(self) -> float | None:
        """What the rest will take, where that is known."""

    @property
    def ended(self) -> str | None:
        """Why this is the last one; None if it is not."""

    @property
    def message(self) -> str:
        """One line for a person."""

    def frame(self) -> npt.NDArray[np.uint8]:
        """Draw it: uint8 [H, W, 3]."""
