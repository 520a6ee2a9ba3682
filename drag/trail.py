"""Where handles were found in the states of a drag, so that they are looked for from the nearest of those.

A long step may lose a handle, and is then taken back: the search must not begin where the handle was lost.
"""

from torch import Tensor

from drag.request import FloatArray


class Trail:
    """Remembers the states seen: shifts of w, and places of the handles."""

    def __init__(self) -> None:
        self._seen: list[tuple[Tensor, FloatArray]] = []

    def note(self, shift: Tensor, points: FloatArray) -> None:
        """Remember that at a shift [rows, k] the handles were at points [N, 2]."""
        self._seen.append((shift, points.copy()))

    def nearest(self, shift: Tensor) -> FloatArray:
        """Give the handles' places in the state nearest to a shift; at least one was noted."""
        return min(self._seen, key=lambda seen: float((seen[0] - shift).norm()))[1]
