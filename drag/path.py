"""The way that w took in an edit, as plain arrays: what a scrubber, a slider and a film go along."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from drag.request import FloatArray

MOST_KEPT = 240  # States of one edit that are kept; 240 of a 1024 px face are 9 MB.


@dataclass(frozen=True, eq=False)
class EditPath:
    """The states of an edit that count, from where it started to where it ended. All arrays are read-only.

    Attributes:
        steps: [K] int32, ascending: which steps of the edit they are. K is at least 1.
        ws: [K, num_ws, w_dim] float32.
        points: [K, N, 2] float32 (x, y) px, where the handles were; N may be 0.
        targets: [N, 2] float32 (x, y) px.
    """

    steps: np.ndarray
    ws: FloatArray
    points: FloatArray
    targets: FloatArray

    def __post_init__(self) -> None:
        for array in (self.steps, self.ws, self.points, self.targets):
            array.flags.writeable = False

    @classmethod
    def of(
        cls,
        steps: Sequence[int],
        ws: Sequence[np.ndarray],
        points: Sequence[np.ndarray],
        targets: np.ndarray,
        most: int = MOST_KEPT,
    ) -> "EditPath":
        """Put the states of an edit together, at most so many: the first, the last, and evenly between.

        Args:
            steps: K numbers, ascending.
            ws: K of [num_ws, w_dim].
            points: K of [N, 2] (x, y) px; not a number where a handle was lost.
            targets: [N, 2] (x, y) px.
            most: at least 2.
        """
        kept = sorted({round(place) for place in np.linspace(0, len(steps) - 1, min(len(steps), most))})
        return cls(
            np.array([steps[place] for place in kept], np.int32),
            np.stack([np.array(ws[place], np.float32) for place in kept]),
            np.stack([np.array(points[place], np.float32).reshape(-1, 2) for place in kept]),
            np.array(targets, np.float32).reshape(-1, 2),
        )

    def __len__(self) -> int:
        """Count the states."""
        return len(self.steps)

    def w_at(self, place: float) -> FloatArray:
        """Give w [num_ws, w_dim] at a place counted in states; between two of them, on the straight line.

        At a whole place it is that state's w, exactly.
        """
        return _between(self.ws, place)

    def points_at(self, place: float) -> FloatArray:
        """Give where the handles were [N, 2], (x, y) px, at a place counted in states."""
        return _between(self.points, place)

    def evenly(self, least: int, most: int) -> list[float]:
        """Give places along the way, evenly by how far w moves, so that a film of them does not jump.

        As many as there are states, but at least and at most so many; one alone where nothing moves.
        """
        ways = np.linalg.norm(np.diff(self.ws, axis=0), axis=(1, 2))
        if ways.sum() == 0:
            return [float(len(self) - 1)]
        marks = np.concatenate([[0.0], np.cumsum(ways)])
        count = min(max(len(self), least), most)
        places = np.interp(np.linspace(0, marks[-1], count), marks, np.arange(len(self)))
        return [float(place) for place in places]


def _between(states: FloatArray, place: float) -> FloatArray:
    """Give what stands at a place of [K, ...], read-only."""
    place = min(max(place, 0.0), len(states) - 1.0)
    before = int(place)
    share = np.float32(place - before)
    if share == 0:
        return states[before]
    found: FloatArray = states[before] + share * (states[before + 1] - states[before])
    found.flags.writeable = False
    return found
