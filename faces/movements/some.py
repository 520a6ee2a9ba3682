"""Movements of any landmarks."""

import dataclasses
import math
from typing import ClassVar

import numpy as np

from faces.movements.kind import Indices, OfLandmarks
from faces.proportions import SIDES, Points, Unit, face_down, face_right, lengths


@dataclasses.dataclass(frozen=True)
class Shift(OfLandmarks):
    """Move landmarks along the face's axes, in units: down, right as the picture shows it, out to both sides.

    Negative figures go up, left and in. Landmarks in the middle of the face know no out.
    """

    kind: ClassVar[str] = "shift"
    down: float = 0.0
    right: float = 0.0
    out: float = 0.0
    unit: Unit = "eye_distance"

    def ways(self, p: Points, strength: float) -> Points:
        """Go along the axes."""
        chosen = list(self.landmarks)
        aside = (self.right + self.out * SIDES[chosen])[:, None] * face_right(p)
        return strength * lengths(p, self.unit, self.landmarks) * (aside + self.down * face_down(p))


@dataclasses.dataclass(frozen=True)
class Scale(OfLandmarks):
    """Stretch landmarks away from a centre: at 1 by `across` and `along` of their distance, less if negative.

    Along is down the face, or where `axis` points, which runs through its two landmarks; the centre is the
    middle of `about`, or the axis itself.
    """

    kind: ClassVar[str] = "scale"
    about: Indices = ()
    axis: tuple[int, int] | None = None
    across: float = 0.0
    along: float = 0.0

    def ways(self, p: Points, strength: float) -> Points:
        """Go away from the centre, or towards it."""
        chosen = list(self.landmarks)
        if self.axis is None:
            down = face_down(p)
        else:
            down = p[self.axis[1]] - p[self.axis[0]]
            down = down / max(float(np.linalg.norm(down)), 1e-9)
        centre = p[list(self.about)].mean(axis=0) if self.about or self.axis is None else p[self.axis[0]]
        away = p[chosen] - centre
        along = (away @ down)[:, None] * down
        return strength * (self.across * (away - along) + self.along * along)


@dataclasses.dataclass(frozen=True)
class Rotate(OfLandmarks):
    """Rotate landmarks about the middle of others: at 1 by `degrees`, clockwise as the picture shows it."""

    kind: ClassVar[str] = "rotate"
    about: Indices
    degrees: float

    def ways(self, p: Points, strength: float) -> Points:
        """Go round."""
        chosen = list(self.landmarks)
        angle = math.radians(self.degrees * strength)
        sine, cosine = math.sin(angle), math.cos(angle)
        away = p[chosen] - p[list(self.about)].mean(axis=0)
        return away @ np.array([[cosine, sine], [-sine, cosine]]) - away
