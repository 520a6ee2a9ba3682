"""How landmarks move for an expression: the vocabulary in which the table (faces/table/*.toml) is written.

A movement is data. From landmarks and a strength it gives offsets; those of an expression's movements are
added up, each seen from the face as it was. Amounts are relative to the face (an eye's width, the mouth's,
the distance from an axis), never in px, so that a movement scales, shifts and turns with the face.
"""

import dataclasses
import math
from typing import ClassVar, Protocol

import numpy as np

from faces.landmarks import MIRRORED
from faces.proportions import SIDES, Points, Unit, face_down, face_right, lengths

Indices = tuple[int, ...]
Pairs = tuple[tuple[int, int], ...]


class Movement(Protocol):
    """One kind of movement, with its figures."""

    @property
    def moving(self) -> Indices:
        """The landmarks that it moves."""

    def offsets(self, p: Points, strength: float) -> Points:
        """Say how far each of the landmarks p [68, 2] goes: [68, 2] px; nowhere at strength 0."""


def _split(pairs: Pairs) -> tuple[list[int], list[int]]:
    first, second = zip(*pairs, strict=True)
    return list(first), list(second)


def _flat(pairs: Pairs) -> Indices:
    return tuple(index for pair in pairs for index in pair)


# ----------------------------------------------------------------------------
# Movements of pairs: lids and lips.


@dataclasses.dataclass(frozen=True)
class Meet:
    """Let the two landmarks of each pair meet; past strength 1 there is nothing further to close.

    `share` is the part of the way that the first of a pair goes: 1 puts it onto the second.
    """

    kind: ClassVar[str] = "meet"
    pairs: Pairs
    share: float = 0.5

    @property
    def moving(self) -> Indices:
        """Both of a pair, unless the second one stays."""
        return _flat(self.pairs) if self.share < 1 else tuple(first for first, _ in self.pairs)

    def offsets(self, p: Points, strength: float) -> Points:
        """Go towards each other."""
        first, second = _split(self.pairs)
        found = np.zeros_like(p)
        way = min(strength, 1.0) * (p[second] - p[first])
        found[first] += self.share * way
        found[second] -= (1 - self.share) * way
        return found


@dataclasses.dataclass(frozen=True)
class Part:
    """Move the landmarks of each pair apart about their middle, each pair by itself.

    At strength 1 the gap grows by `by` of itself, or to `to` units. It grows by `least` units at least (a gap
    that is shut has nothing to grow by), and not past `most` units, but for `past` units that are granted to
    a gap that is wide already.
    """

    kind: ClassVar[str] = "part"
    pairs: Pairs
    by: float = 0.0
    to: float = 0.0
    least: float = 0.0
    most: float = math.inf
    past: float = 0.0
    unit: Unit = "eye_width"

    @property
    def moving(self) -> Indices:
        """Both of a pair."""
        return _flat(self.pairs)

    def offsets(self, p: Points, strength: float) -> Points:
        """Go away from each other."""
        first, second = _split(self.pairs)
        found = np.zeros_like(p)
        unit = lengths(p, self.unit, tuple(first))
        across = p[second] - p[first]
        gap = np.linalg.norm(across, axis=1, keepdims=True)
        # Lids that touch have no direction of their own: then down the face it is.
        away = np.where(gap > 1e-3 * unit, across / np.maximum(gap, 1e-9), face_down(p))
        grow = np.maximum(self.by * gap, self.to * unit - gap).clip(min=self.least * unit)
        grow = strength * np.minimum(grow, np.maximum(self.most * unit - gap, self.past * unit))
        found[first] -= 0.5 * grow * away
        found[second] += 0.5 * grow * away
        return found


@dataclasses.dataclass(frozen=True)
class Follow:
    """Landmarks that go along with an opening, by a share of it down the face; up if it is negative."""

    landmarks: Indices
    share: float


@dataclasses.dataclass(frozen=True)
class Open:
    """Open a gap down the face as a whole: at strength 1 to `to` units, by `least` units at least.

    The gap is the mean distance of the pairs; `follow` says who goes how far.
    """

    kind: ClassVar[str] = "open"
    pairs: Pairs
    follow: tuple[Follow, ...]
    to: float
    least: float = 0.0
    unit: Unit = "mouth_width"

    @property
    def moving(self) -> Indices:
        """All that follow."""
        return tuple(index for follow in self.follow for index in follow.landmarks)

    def offsets(self, p: Points, strength: float) -> Points:
        """Go down the face, or up."""
        first, second = _split(self.pairs)
        found = np.zeros_like(p)
        unit = float(lengths(p, self.unit, tuple(first)).mean())
        gap = float(np.linalg.norm(p[second] - p[first], axis=1).mean())
        grow = strength * max(self.to * unit - gap, self.least * unit) * face_down(p)
        for follow in self.follow:
            found[list(follow.landmarks)] += follow.share * grow
        return found


# ----------------------------------------------------------------------------
# Movements of any landmarks.


@dataclasses.dataclass(frozen=True)
class Shift:
    """Move landmarks along the face's axes, in units: down, right as the picture shows it, out to both sides.

    Negative figures go up, left and in. Landmarks in the middle of the face know no out.
    """

    kind: ClassVar[str] = "shift"
    landmarks: Indices
    down: float = 0.0
    right: float = 0.0
    out: float = 0.0
    unit: Unit = "eye_distance"

    @property
    def moving(self) -> Indices:
        """All of them."""
        return self.landmarks

    def offsets(self, p: Points, strength: float) -> Points:
        """Go along the axes."""
        chosen, found = list(self.landmarks), np.zeros_like(p)
        aside = (self.right + self.out * SIDES[chosen])[:, None] * face_right(p)
        found[chosen] += strength * lengths(p, self.unit, self.landmarks) * (aside + self.down * face_down(p))
        return found


@dataclasses.dataclass(frozen=True)
class Scale:
    """Stretch landmarks away from a centre: at 1 by `across` and `along` of their distance, less if negative.

    Along is down the face, or where `axis` points, which runs through its two landmarks; the centre is the
    middle of `about`, or the axis itself.
    """

    kind: ClassVar[str] = "scale"
    landmarks: Indices
    about: Indices = ()
    axis: tuple[int, int] | None = None
    across: float = 0.0
    along: float = 0.0

    @property
    def moving(self) -> Indices:
        """All of them."""
        return self.landmarks

    def offsets(self, p: Points, strength: float) -> Points:
        """Go away from the centre, or towards it."""
        chosen, found = list(self.landmarks), np.zeros_like(p)
        if self.axis is None:
            down = face_down(p)
        else:
            down = p[self.axis[1]] - p[self.axis[0]]
            down = down / max(float(np.linalg.norm(down)), 1e-9)
        centre = p[list(self.about)].mean(axis=0) if self.about or self.axis is None else p[self.axis[0]]
        away = p[chosen] - centre
        along = (away @ down)[:, None] * down
        found[chosen] += strength * (self.across * (away - along) + self.along * along)
        return found


@dataclasses.dataclass(frozen=True)
class Rotate:
    """Rotate landmarks about the middle of others: at 1 by `degrees`, clockwise as the picture shows it."""

    kind: ClassVar[str] = "rotate"
    landmarks: Indices
    about: Indices
    degrees: float

    @property
    def moving(self) -> Indices:
        """All of them."""
        return self.landmarks

    def offsets(self, p: Points, strength: float) -> Points:
        """Go round."""
        chosen, found = list(self.landmarks), np.zeros_like(p)
        angle = math.radians(self.degrees * strength)
        sine, cosine = math.sin(angle), math.cos(angle)
        away = p[chosen] - p[list(self.about)].mean(axis=0)
        found[chosen] += away @ np.array([[cosine, sine], [-sine, cosine]]) - away
        return found


# ----------------------------------------------------------------------------
# Movements of the whole face.

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
class Turn:
    """Turn the head about its upright axis: at 1 by `degrees`, towards the picture's right.

    Landmarks have no depth; each is given that of a usual head, so that the nose goes ahead of the eyes, and
    the eyes of the ears.
    """

    kind: ClassVar[str] = "turn"
    landmarks: Indices
    degrees: float

    @property
    def moving(self) -> Indices:
        """All of them."""
        return self.landmarks

    def offsets(self, p: Points, strength: float) -> Points:
        """Go sideways, what stands in front ahead."""
        chosen, found = list(self.landmarks), np.zeros_like(p)
        angle = math.radians(self.degrees * strength)
        right, unit = face_right(p), float(np.linalg.norm(p[45] - p[36]))
        away = (p[chosen] - p[36:48].mean(axis=0)) @ right
        aside = (math.cos(angle) - 1) * away + math.sin(angle) * unit * _DEPTHS[chosen]
        found[chosen] += aside[:, None] * right
        return found


@dataclasses.dataclass(frozen=True)
class Mirror:
    """Take landmarks towards the average of the face and its mirror image; past 1 there is nothing further.

    The mirror image is laid onto the face by the rigid motion that fits best (Procrustes), so that no axis
    needs to be known.
    """

    kind: ClassVar[str] = "mirror"
    landmarks: Indices

    @property
    def moving(self) -> Indices:
        """All of them."""
        return self.landmarks

    def offsets(self, p: Points, strength: float) -> Points:
        """Go half way to the mirror image."""
        chosen, found = list(self.landmarks), np.zeros_like(p)
        found[chosen] += 0.5 * min(strength, 1.0) * (mirror_image(p) - p)[chosen]
        return found


def mirror_image(p: Points) -> Points:
    """Mirror a face [68, 2] and lay it onto itself: the best rigid fit (Kabsch, 1976)."""
    mirrored = p[list(MIRRORED)] * (-1.0, 1.0)
    here, there = p - p.mean(axis=0), mirrored - mirrored.mean(axis=0)
    u, _, v = np.linalg.svd(there.T @ here)
    # A rotation, never a second reflection, which would put the face back on itself.
    u[:, -1] *= np.sign(np.linalg.det(u @ v))
    return np.asarray(there @ (u @ v) + p.mean(axis=0))


KINDS: dict[str, type] = {each.kind: each for each in (Meet, Part, Open, Shift, Scale, Rotate, Turn, Mirror)}
