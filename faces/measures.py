"""How an expression is measured in 68 landmarks: one figure, in px or degrees."""

import dataclasses
import math
from typing import Literal

import numpy as np

from faces.movements import Pairs, mirror_image
from faces.proportions import Points, face_down, face_right

MeasureKind = Literal["distance", "rise", "shift", "angle", "asymmetry"]


@dataclasses.dataclass(frozen=True)
class Measure:
    """What an expression changes, from pairs of landmarks.

    `distance` is the mean distance of the pairs, less that of the pairs `against`; `rise` and `shift` are how
    far the second of a pair lies above the first, or to its right, along the face's own axes, in the mean;
    `angle` is by how many degrees the way from the first to the second is turned clockwise from the picture's
    horizontal; `asymmetry` is the mean distance of all landmarks from the mirror image of the face. The guide
    watches the pairs, whatever the kind, and those `besides`, which are not measured.
    """

    name: str
    pairs: Pairs
    kind: MeasureKind = "distance"
    against: Pairs = ()
    besides: Pairs = ()

    @property
    def watched(self) -> Pairs:
        """The pairs that a guide watches: those that are to change, and those that are to stay."""
        return (*self.pairs, *self.against, *self.besides)

    @property
    def unit(self) -> str:
        """What it is counted in."""
        return "°" if self.kind == "angle" else "px"

    def of(self, p: Points) -> float:
        """Measure landmarks [68, 2]."""
        first, second = (list(row) for row in zip(*self.pairs, strict=True))
        across = p[second] - p[first]
        match self.kind:
            case "distance":
                less = Measure(self.name, self.against).of(p) if self.against else 0.0
                return float(np.linalg.norm(across, axis=1).mean()) - less
            case "rise":
                return -float((across @ face_down(p)).mean())
            case "shift":
                return float((across @ face_right(p)).mean())
            case "angle":
                x, y = across.mean(axis=0)
                return math.degrees(math.atan2(y, x))
            case "asymmetry":
                return float(np.linalg.norm(p - mirror_image(p), axis=1).mean())
