"""The axis of a face, and what lies on its other side."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from faces.landmarks import MIRRORED

Point = tuple[float, float]


@dataclass(frozen=True)
class Axis:
    """A line: `through` (x, y) px lies on it, and `across` (x, y) is a unit vector at right angles to it."""

    through: Point
    across: Point

    def mirrored(self, point: Point) -> Point:
        """Give the point (x, y) px on the other side, as far away from the axis."""
        away = (point[0] - self.through[0]) * self.across[0] + (point[1] - self.through[1]) * self.across[1]
        return point[0] - 2 * away * self.across[0], point[1] - 2 * away * self.across[1]


def axis_of_face(landmarks: NDArray[Any]) -> Axis:
    """Find the axis of a face, however it is tilted.

    It is the line about which mirrored landmarks lie nearest to their counterparts, in the sense of least
    squares: it goes through the middle of all landmarks, and across it points the direction in which
    counterparts are farther apart than along it.

    Args:
        landmarks: [68, 2] (x, y) px.
    """
    points = np.asarray(landmarks, np.float64)
    middle = points.mean(axis=0)
    there, back = points - middle, points[list(MIRRORED)] - middle
    # Mirroring across the unit vector n is p - 2 (p·n) n: the error is least where n·C·n is, C = Σ p q'.
    products = there.T @ back
    _, vectors = np.linalg.eigh((products + products.T) / 2)
    across = vectors[:, 0] if vectors[0, 0] >= 0 else -vectors[:, 0]
    return Axis((float(middle[0]), float(middle[1])), (float(across[0]), float(across[1])))


def axis_of_picture(size: tuple[int, int]) -> Axis:
    """Give the upright line through the middle of a picture of (height, width) px."""
    return Axis(((size[1] - 1) / 2, (size[0] - 1) / 2), (1.0, 0.0))
