"""One expression: where a click moves which landmarks, and how far it got."""

import dataclasses
import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dnnlib.errors import EditorError
from faces.landmarks import LID_PAIRS, Landmarks
from faces.measures import Measure
from faces.movements import Meet, Movement
from faces.proportions import Points

# Strengths beyond 1 exaggerate; past 3 no face follows.
MAX_STRENGTH = 3.0

# How far past the landmarks the picture may change, in eye distances (a face is 1.6), unless the row says it.
MARGIN = 0.09


class ExpressionError(EditorError):
    """An expression is unknown, or is asked for with a strength or landmarks that it cannot have."""


@dataclasses.dataclass(frozen=True)
class Expression:
    """One row of the table.

    `key` names it in files and on the command line, `title` on its button, `group` is the part of the panel
    where that stands, `help` says more. `moves` say where landmarks go, `measured` how far it got. `regions`
    are the parts of the face around which the picture may change, each given by its landmarks, and `margin`
    how far around, in eye distances; without regions all of the picture may. `free` landmarks follow of
    themselves (the chin when a mouth shuts): a guide neither moves nor holds them. `members` are the
    expressions, with their strengths, of one that does several at once.
    """

    key: str
    title: str
    moves: tuple[Movement, ...]
    measured: Measure
    regions: tuple[tuple[int, ...], ...]
    group: str = "own"
    help: str = ""
    free: tuple[int, ...] = ()
    margin: float = MARGIN
    members: "tuple[tuple[Expression, float], ...]" = ()

    @property
    def moving(self) -> tuple[int, ...]:
        """The landmarks that it sets targets for, in rising order."""
        return tuple(sorted({index for move in self.moves for index in move.moving}))

    @property
    def pairs(self) -> tuple[tuple[int, int], ...]:
        """The pairs of landmarks that measure it, which a guide watches."""
        return self.measured.watched

    @property
    def measure_name(self) -> str:
        """What is measured: lid aperture, mouth gap, jaw width, ..."""
        return self.measured.name

    @property
    def closes_lids(self) -> bool:
        """Whether it shuts an eye: there detectors are unsure, and the tracked lids are asked as well."""
        return set(self.measured.pairs) <= set(LID_PAIRS) and any(
            isinstance(move, Meet) for move in self.moves
        )

    def measure(self, landmarks: ArrayLike) -> float:
        """Measure this expression in landmarks [68, 2], px or degrees."""
        return self.measured.of(check_landmarks(landmarks))

    def targets(self, landmarks: ArrayLike, strength: float) -> tuple[NDArray[np.intp], Landmarks, Landmarks]:
        """Say which landmarks go where.

        Args:
            landmarks: [68, 2] (x, y) px.
            strength: 0 leaves the face as it is, 1 is the whole expression, up to 3 goes beyond.

        Returns:
            indices [K], points [K, 2] and targets [K, 2] float32 (x, y) px.
        """
        start = check_landmarks(landmarks)
        moved = self.moved(start, strength)
        indices = np.array(self.moving, dtype=np.intp)
        return indices, start[indices].astype(np.float32), moved[indices]

    def moved(self, landmarks: ArrayLike, strength: float) -> Landmarks:
        """Give all 68 landmarks [68, 2] float32 as they would be with the expression done."""
        start, strength = check_landmarks(landmarks), check_strength(strength)
        return sum((move.offsets(start, strength) for move in self.moves), start).astype(np.float32)


def check_landmarks(landmarks: ArrayLike) -> Points:
    """Copy landmarks to float64 [68, 2].

    Raises:
        ExpressionError: if they are not 68 finite points.
    """
    points = np.array(landmarks, dtype=np.float64)
    if points.shape != (68, 2) or not np.isfinite(points).all():
        raise ExpressionError(
            f"an expression needs 68 finite (x, y) landmarks; these are {list(points.shape)}"
        )
    return points


def check_strength(strength: float) -> float:
    """Return the strength as a float.

    Raises:
        ExpressionError: if it is not a number in 0..3.
    """
    if not (math.isfinite(strength) and 0 <= strength <= MAX_STRENGTH):
        raise ExpressionError(
            f"strength {strength:g}: expected 0 to {MAX_STRENGTH:g}; 1 is the whole expression"
        )
    return float(strength)
