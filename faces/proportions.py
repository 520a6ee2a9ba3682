"""A face's own axes and lengths, in which movements and measures are given: never in px.

Down is from brow to chin, square to the line between the eyes; right is along that line, towards the
picture's right; out is away from the middle of the face, to either side.
"""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from faces.landmarks import MIRRORED

Points = NDArray[np.float64]
Unit = Literal["eye_width", "eye_distance", "mouth_width", "nose_width", "face_height", "jaw_width"]

# Between which landmarks a unit is measured. An eye's width is that of the eye on the landmark's own side.
_ENDS: dict[str, tuple[int, int]] = {
    "eye_distance": (36, 45),
    "mouth_width": (48, 54),
    "nose_width": (31, 35),
    "face_height": (27, 8),
    "jaw_width": (0, 16),
}
_LEFT_EYE, _RIGHT_EYE = (36, 39), (42, 45)

# On which side of the face a landmark lies: -1 the picture's left, 0 the middle, 1 its right.
_LEFT = (*range(8), *range(17, 22), 31, 32, *range(36, 42), 48, 49, 50, 58, 59, 60, 61, 67)
SIDES: NDArray[np.float64] = np.zeros(68)
SIDES[list(_LEFT)] = -1.0
SIDES[[MIRRORED[index] for index in _LEFT]] = 1.0
SIDES.flags.writeable = False


def face_down(p: Points) -> Points:
    """Find the direction from brow to chin: a unit vector [2], square to the line between the eyes."""
    along = p[42:48].mean(axis=0) - p[36:42].mean(axis=0)
    down = np.array([-along[1], along[0]])
    length = float(np.linalg.norm(down))
    return down / length if length > 1e-9 else np.array([0.0, 1.0])


def face_right(p: Points) -> Points:
    """Find the direction from the left eye to the right one, as the picture shows them: a unit vector [2]."""
    down = face_down(p)
    return np.array([down[1], -down[0]])


def lengths(p: Points, unit: str, landmarks: tuple[int, ...]) -> Points:
    """Measure a unit for landmarks: [K, 1] px, the same for all but an eye's width.

    Args:
        p: [68, 2] px.
        unit: one of Unit.
        landmarks: K indices.
    """
    if unit != "eye_width":
        first, second = _ENDS[unit]
        return np.full((len(landmarks), 1), float(np.linalg.norm(p[second] - p[first])))
    left, right = (float(np.linalg.norm(p[b] - p[a])) for a, b in (_LEFT_EYE, _RIGHT_EYE))
    sides = SIDES[list(landmarks)]
    return np.where(sides < 0, left, np.where(sides > 0, right, (left + right) / 2))[:, None]
