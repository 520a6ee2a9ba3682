"""The five expressions: where a click moves which landmarks, and how far it got.

EXPRESSIONS is the table. To add an expression, write its row: which landmarks move, a function that says
where to (movements.py), and the pairs of landmarks whose distance measures it. Everything else (mask, guide,
button, report) follows from the row.
"""

import dataclasses
import math
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dnnlib.errors import EditorError
from faces import movements
from faces.landmarks import LID_PAIRS, LIP_PAIRS, Landmarks
from faces.movements import Points

Move = Callable[[Points, float], Points]

# Strengths beyond 1 exaggerate; past 3 no face follows.
MAX_STRENGTH = 3.0


class ExpressionError(EditorError):
    """An expression is unknown, or is asked for with a strength or landmarks that it cannot have."""


@dataclasses.dataclass(frozen=True)
class Expression:
    """One row of the table.

    `key` names it in files and on the command line, `title` on its button; `moving` are the landmarks that
    it sets targets for; `move(landmarks [68, 2], strength)` gives [68, 2] with those moved. `pairs` are what
    measures it: the mean distance of these pairs of landmarks, called `measure_name`. `regions` are the
    parts of the face around which the picture may change, each given by its landmarks. `free` landmarks
    follow of themselves (the chin when a mouth shuts): a guide neither moves nor holds them.
    """

    key: str
    title: str
    moving: tuple[int, ...]
    move: Move
    pairs: tuple[tuple[int, int], ...]
    measure_name: str
    regions: tuple[tuple[int, ...], ...]
    free: tuple[int, ...] = ()

    def measure(self, landmarks: ArrayLike) -> float:
        """Measure this expression in landmarks [68, 2]: lid aperture, mouth gap or jaw width, px."""
        points = check_landmarks(landmarks)
        first, second = (list(row) for row in zip(*self.pairs, strict=True))
        return float(np.linalg.norm(points[second] - points[first], axis=1).mean())

    def targets(self, landmarks: ArrayLike, strength: float) -> tuple[NDArray[np.intp], Landmarks, Landmarks]:
        """Say which landmarks go where.

        Args:
            landmarks: [68, 2] (x, y) px.
            strength: 0 leaves the face as it is, 1 is the whole expression, up to 3 goes beyond.

        Returns:
            indices [K], points [K, 2] and targets [K, 2] float32 (x, y) px.
        """
        start = check_landmarks(landmarks)
        moved = self.move(start.copy(), check_strength(strength))
        indices = np.array(self.moving, dtype=np.intp)
        return indices, start[indices].astype(np.float32), moved[indices].astype(np.float32)

    def moved(self, landmarks: ArrayLike, strength: float) -> Landmarks:
        """Give all 68 landmarks [68, 2] float32 as they would be with the expression done."""
        return self.move(check_landmarks(landmarks), check_strength(strength)).astype(np.float32)


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


# ----------------------------------------------------------------------------
# The table.

_LEFT_EYE, _RIGHT_EYE = tuple(range(36, 42)), tuple(range(42, 48))
_MOUTH, _LOWER_JAW = tuple(range(48, 68)), tuple(range(4, 13))

EXPRESSIONS: Mapping[str, Expression] = {
    row.key: row
    for row in (
        Expression(
            key="close_eyes",
            title="Close eyes",
            moving=(37, 38, 43, 44),
            move=movements.close_eyes,
            pairs=LID_PAIRS,
            measure_name="lid aperture",
            regions=(_LEFT_EYE, _RIGHT_EYE),
        ),
        Expression(
            key="big_eyes",
            title="Big eyes",
            moving=(37, 38, 40, 41, 43, 44, 46, 47),
            move=movements.big_eyes,
            pairs=LID_PAIRS,
            measure_name="lid aperture",
            regions=(_LEFT_EYE, _RIGHT_EYE),
        ),
        Expression(
            key="close_mouth",
            title="Close mouth",
            moving=(61, 62, 63, 65, 66, 67),
            move=movements.close_mouth,
            pairs=LIP_PAIRS,
            measure_name="mouth gap",
            regions=((*_MOUTH, *_LOWER_JAW),),
            free=(*range(48, 61), 64, *_LOWER_JAW),
        ),
        Expression(
            key="open_mouth",
            title="Open mouth",
            moving=(61, 62, 63, 65, 66, 67, 55, 56, 57, 58, 59, 8),
            move=movements.open_mouth,
            pairs=LIP_PAIRS,
            measure_name="mouth gap",
            regions=((*_MOUTH, *_LOWER_JAW),),
            free=(*range(48, 55), 60, 64, *_LOWER_JAW),
        ),
        Expression(
            key="slim_face",
            title="Slim face",
            moving=movements.JAW_SIDES,
            move=movements.slim_face,
            pairs=tuple((i, 16 - i) for i in range(1, 8)),
            measure_name="jaw width",
            regions=(tuple(range(17)),),
        ),
    )
}


def find_expression(key: str) -> Expression:
    """Look an expression up by its key, dashes or underscores.

    Raises:
        ExpressionError: if there is none of that name.
    """
    expression = EXPRESSIONS.get(key.replace("-", "_"))
    if expression is None:
        raise ExpressionError(
            f"expression {key!r}: there is none of that name; choose {', '.join(EXPRESSIONS)}"
        )
    return expression
