"""Movements of the whole face."""

import dataclasses
import math
from typing import ClassVar

import numpy as np

from faces.landmarks import MIRRORED
from faces.movements.kind import OfLandmarks
from faces.proportions import Points, face_right

# How far landmarks stand before the head's axis, which runs between the ears, in eye distances: about that
# of any head.
_DEPTHS = 0.85 + np.array(
    [
        *(-0.85, -0.80, -0.72, -0.62, -0.48, -0.30, -0.12, 0.02, 0.06),
        *(0.02, -0.12, -0.30, -0.48, -0.62, -0.72, -0.80, -0.85),
        *(-0.22, -0.06, 0.04, 0.09, 0.11, 0.11, 0.09, 0.04, -0.06, -0.22),
        *(0.12, 0.22, 0.33, 0.42, 0.14, 0.20, 0.24, 0.20, 0.14),
        *(-0.10, 0.02, 0.04, -0.01, 0.02, 0.01, -0.01, 0.04, 0.02, -0.10, 0.01, 0.02),
        *(0.02, 0.12, 0.18, 0.20, 0.18, 0.12, 0.02, 0.10, 0.16, 0.18, 0.16, 0.10),
        *(0.04, 0.14, 0.17, 0.14, 0.04, 0.14, 0.16, 0.14),
    ]
)


@dataclasses.dataclass(frozen=True)
class Turn(OfLandmarks):
    """Turn the head about its upright axis: at 1 by `degrees`, towards the picture's right.

    Landmarks have no depth; each is given that of a usual head, so that the nose goes ahead of the eyes, and
    the eyes of the ears.
    """

    kind: ClassVar[str] = "turn"
    degrees: float

    def ways(self, p: Points, strength: float) -> Points:
        """Go sideways, what stands in front ahead."""
        chosen = list(self.landmarks)
        angle = math.radians(self.degrees * strength)
        right, unit = face_right(p), float(np.linalg.norm(p[45] - p[36]))
        away = (p[chosen] - p[36:48].mean(axis=0)) @ right
        aside = (math.cos(angle) - 1) * away + math.sin(angle) * unit * _DEPTHS[chosen]
        return aside[:, None] * right


@dataclasses.dataclass(frozen=True)
class Mirror(OfLandmarks):
    """Take landmarks towards the average of the face and its mirror image; past 1 there is nothing further.

    The mirror image is laid onto the face by the rigid motion that fits best (Procrustes), so that no axis
    needs to be known.
    """

    kind: ClassVar[str] = "mirror"

    def ways(self, p: Points, strength: float) -> Points:
        """Go half way to the mirror image."""
        chosen = list(self.landmarks)
        return 0.5 * min(strength, 1.0) * (mirror_image(p) - p)[chosen]


def mirror_image(p: Points) -> Points:
    """Mirror a face [68, 2] and lay it onto itself: the best rigid fit (Kabsch, 1976)."""
    mirrored = p[list(MIRRORED)] * (-1.0, 1.0)
    here, there = p - p.mean(axis=0), mirrored - mirrored.mean(axis=0)
    u, _, v = np.linalg.svd(there.T @ here)
    # A rotation, never a second reflection, which would put the face back on itself.
    u[:, -1] *= np.sign(np.linalg.det(u @ v))
    return np.asarray(there @ (u @ v) + p.mean(axis=0))
